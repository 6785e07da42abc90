#include "api/service/day_sums.h"

#include <boost/json.hpp>

#include "api/service/json_rows.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::string_view kWords[] = {"ACCEPT", "HOLD", "REJECT"};

void count(std::map<std::string, std::int64_t>& counts, const std::string& name,
           std::int64_t times) {
    if ((counts[name] += times) <= 0) counts.erase(name);
}

}  // namespace

void VerdictSums::add(const std::string& word, const std::vector<std::string>& of_rules,
                      int times) {
    count(words, word, times);
    for (const auto& rule : of_rules) count(rules, rule, times);
}

void VerdictSums::add(const VerdictSums& other) {
    for (const auto& [word, times] : other.words) count(words, word, times);
    for (const auto& [rule, times] : other.rules) count(rules, rule, times);
}

json::object written(const DaySums& day) {
    json::array suppliers;
    for (const auto& [org, sums] : day) {
        if (sums.words.empty()) continue;
        json::object one{{"org", org}, {"rules", json::value_from(sums.rules)}};
        for (const auto& [word, times] : sums.words) one[word] = times;
        suppliers.emplace_back(std::move(one));
    }
    return {{"suppliers", std::move(suppliers)}};
}

DaySums read_day_sums(const json::object& row) {
    DaySums out;
    for (const auto& one : objects_in(row, "suppliers")) {
        auto& sums = out[text_in(one, "org")];
        for (const auto word : kWords)
            if (one.contains(word)) sums.words[std::string(word)] = number_in(one, word);
        const auto* rules = one.at("rules").if_object();
        for (const auto& rule : rules == nullptr ? json::object() : *rules)
            sums.rules[std::string(rule.key())] = number_in(*rules, rule.key());
    }
    return out;
}

std::string date_of(ledger::UnixSeconds time) {
    return ledger::to_iso8601(time).substr(0, 10);
}

}  // namespace reelproof::api
