#include "ledger/parts/test_results.h"

#include <algorithm>
#include <array>

#include "ledger/base/bytes.h"
#include "ledger/base/counted.h"
#include "ledger/base/csv.h"
#include "ledger/provenance/event_time.h"

namespace reelproof::ledger {

namespace {

constexpr std::size_t kLongestText = 100, kMostErrors = 100;
constexpr std::array<std::string_view, 7> kColumns{"serial", "test",   "result", "time",
                                                   "value",  "limits", "station"};
// Of these, that no file lacks.
constexpr std::size_t kNeeded = 4;

std::string folded(std::string_view text) {
    auto out = csv_trimmed(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// By column of the file: which of kColumns. Nothing, or what is wrong with the header.
std::string read_header(const std::vector<std::string>& fields, std::vector<std::size_t>& places) {
    for (const auto& field : fields) {
        const auto* known = std::find(kColumns.begin(), kColumns.end(), folded(field));
        const auto place = static_cast<std::size_t>(known - kColumns.begin());
        if (known == kColumns.end()) {
            std::string all;
            for (const auto name : kColumns) all.append(all.empty() ? "" : ", ").append(name);
            return "column " + std::to_string(places.size() + 1) + " is none of " + all;
        }
        if (std::find(places.begin(), places.end(), place) != places.end())
            return "column " + std::string(kColumns[place]) + " is there twice";
        places.push_back(place);
    }
    for (std::size_t place = 0; place < kNeeded; ++place)
        if (std::find(places.begin(), places.end(), place) == places.end())
            return "column " + std::string(kColumns[place]) + " is missing";
    return {};
}

// Nothing, or what is wrong with the row.
std::string read_row(const std::vector<std::size_t>& places, const std::vector<std::string>& fields,
                     TestResult& out) {
    if (fields.size() != places.size())
        return "it has " + counted(fields.size(), "column") + ", not " +
               std::to_string(places.size());
    std::array<std::string, kColumns.size()> texts;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        auto& text = texts[places[i]] = csv_without_guard(csv_trimmed(fields[i]));
        const std::string name(kColumns[places[i]]);
        if (text.size() > kLongestText || has_control_characters(text))
            return name + " must have at most " + counted(kLongestText, "byte") +
                   " and no control characters";
        if (text.empty() && places[i] < kNeeded) return name + " is empty";
    }
    auto& [serial, test, result, time, value, limits, station] = texts;
    const auto word = folded(result);
    out.passed = word == "pass" || word == "passed" || word == "ok";
    if (!out.passed && word != "fail" && word != "failed" && word != "nok")
        return "result must be pass or fail";
    const auto at = parse_event_time(time);
    if (!at) return "time must be like 2027-03-01T10:00:00+01:00";
    out.at = *at;
    out.serial = std::move(serial);
    out.test = std::move(test);
    out.value = std::move(value);
    out.limits = std::move(limits);
    out.station = std::move(station);
    return {};
}

}  // namespace

TestRows parse_test_results(std::string_view csv) {
    TestRows out;
    const auto wrong = [&](std::size_t row, std::string text) {
        out.errors.push_back({row, std::move(text)});
        out.results.clear();
    };
    if (!is_utf8(as_bytes(csv))) {
        wrong(1, "the file is no text in UTF-8");
        return out;
    }
    CsvRecords records(csv, csv_separator(csv));
    std::vector<std::size_t> places;
    for (std::size_t row = 1; !records.done() && out.errors.size() < kMostErrors; ++row) {
        const auto fields = records.next();
        if (!fields) {
            wrong(row, fields.error().message);
            return out;
        }
        if (fields->size() == 1 && csv_trimmed(fields->front()).empty()) continue;
        if (places.empty()) {
            if (auto trouble = read_header(*fields, places); !trouble.empty()) {
                wrong(row, std::move(trouble));
                return out;
            }
            continue;
        }
        TestResult one;
        if (auto trouble = read_row(places, *fields, one); !trouble.empty())
            wrong(row, std::move(trouble));
        else if (out.results.size() == kMostTestRows)
            wrong(row, "at most " + counted(kMostTestRows, "result") + " are taken at a time");
        else if (out.errors.empty())
            out.results.push_back(std::move(one));
    }
    if (places.empty() && out.errors.empty()) wrong(1, "the file is empty");
    return out;
}

}  // namespace reelproof::ledger
