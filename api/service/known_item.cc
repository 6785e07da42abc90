#include "api/service/known_item.h"

#include <algorithm>
#include <array>

#include <boost/json.hpp>

#include "api/service/json_rows.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::ItemFacts;

constexpr std::array<NamedFact, 9> kFacts{{{"manufacturer", &ItemFacts::manufacturer},
                                           {"mpn", &ItemFacts::mpn},
                                           {"lot", &ItemFacts::lot},
                                           {"date_code", &ItemFacts::date_code},
                                           {"date_code_kind", &ItemFacts::date_code_kind},
                                           {"country", &ItemFacts::country},
                                           {"msl", &ItemFacts::msl},
                                           {"serial", &ItemFacts::serial},
                                           {"customer_pn", &ItemFacts::customer_pn}}};

std::string text_or_none(const json::object& row, std::string_view name) {
    return row.contains(name) ? text_in(row, name) : std::string();
}

std::optional<std::int64_t> number_or_none(const json::object& row, std::string_view name) {
    if (!row.contains(name)) return std::nullopt;
    return number_in(row, name);
}

constexpr std::int64_t kNoNumber = -1;

std::optional<std::uint64_t> place(const std::int64_t* number) {
    if (number == nullptr || *number < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
}

std::vector<std::string> texts_or_none(const json::object& row, std::string_view name) {
    return row.contains(name) ? texts_in(row, name) : std::vector<std::string>();
}

}  // namespace

std::span<const NamedFact> item_facts() {
    return kFacts;
}

bool KnownItem::here(const std::string& org) const {
    return holder == org && in_transit_to.empty() &&
           status == to_string(ledger::ItemStatus::active);
}

Identified KnownItem::identified() const {
    return {key, id, issued, lot_level, facts, quantity, good_until, {}};
}

json::object written(const KnownItem& item) {
    json::object row(ledger::WipingMemory::get());
    row["key"] = ledger::to_hex(item.key.expose());
    row["issued"] = item.issued ? 1 : 0;
    row["lot_level"] = item.lot_level ? 1 : 0;
    for (const auto& [name, fact] : kFacts)
        if (!(item.facts.*fact).empty()) row[name] = item.facts.*fact;
    if (item.quantity) row["quantity"] = *item.quantity;
    if (item.good_until) row["good_until"] = *item.good_until;
    for (const auto& [name, text] :
         {std::pair<std::string_view, const std::string*>{"supplier", &item.supplier},
          {"status", &item.status},
          {"holder", &item.holder},
          {"in_transit_to", &item.in_transit_to},
          {"feeder", &item.feeder}})
        if (!text->empty()) row[name] = *text;
    if (item.remaining) row["remaining"] = *item.remaining;
    if (!item.of.empty()) row["of"] = json::value_from(item.of);
    if (!item.blocked_by.empty()) row["blocked_by"] = json::value_from(item.blocked_by);
    row["received"] = item.received;
    row["first_seen"] = item.first_seen;
    row["last_seen"] = item.last_seen;
    if (item.verdict)
        row["verdict"] = json::object{{"word", item.verdict->word},
                                      {"rules", json::value_from(item.verdict->rules)},
                                      {"place", item.verdict->place},
                                      {"supplier", item.verdict->supplier},
                                      {"at", item.verdict->at}};
    json::array terms, numbers;
    for (const auto& [term, number] : item.terms) {
        terms.emplace_back(term);
        numbers.emplace_back(number ? static_cast<std::int64_t>(*number) : kNoNumber);
    }
    row["terms"] = std::move(terms);
    row["numbers"] = std::move(numbers);
    row["recorded"] = item.recorded ? 1 : 0;
    if (item.stock) row["stock"] = static_cast<std::int64_t>(*item.stock);
    if (item.stranger) row["stranger"] = static_cast<std::int64_t>(*item.stranger);
    return row;
}

KnownItem read_known_item(std::string_view id, const json::object& row) {
    const auto key = ledger::from_hex(text_in(row, "key"), "key");
    if (!key || key->size() != 32)
        throw ledger::EnvironmentError("the store is damaged: an item of the index has no key");
    KnownItem item{std::string(id), ledger::ItemKey(*key), number_in(row, "issued") != 0,
                   number_in(row, "lot_level") != 0};
    for (const auto& [name, fact] : kFacts) item.facts.*fact = text_or_none(row, name);
    item.quantity = number_or_none(row, "quantity");
    item.good_until = number_or_none(row, "good_until");
    item.supplier = text_or_none(row, "supplier");
    item.status = text_or_none(row, "status");
    item.holder = text_or_none(row, "holder");
    item.in_transit_to = text_or_none(row, "in_transit_to");
    item.feeder = text_or_none(row, "feeder");
    item.remaining = number_or_none(row, "remaining");
    item.of = texts_or_none(row, "of");
    item.blocked_by = texts_or_none(row, "blocked_by");
    item.received = number_in(row, "received");
    item.first_seen = number_in(row, "first_seen");
    item.last_seen = number_in(row, "last_seen");
    if (const auto* verdict = row.if_contains("verdict");
        verdict != nullptr && verdict->is_object()) {
        const auto& of = verdict->get_object();
        item.verdict = {text_in(of, "word"), texts_in(of, "rules"), text_in(of, "place"),
                        number_in(of, "at"), text_in(of, "supplier")};
    }
    for (auto& term : texts_in(row, "terms")) item.terms.push_back({std::move(term)});
    if (const auto* numbers = row.if_contains("numbers"); numbers != nullptr && numbers->is_array())
        for (std::size_t i = 0; i < item.terms.size() && i < numbers->get_array().size(); ++i)
            item.terms[i].number = place(numbers->get_array()[i].if_int64());
    item.recorded = number_or_none(row, "recorded").value_or(0) != 0;
    const auto stock = number_or_none(row, "stock"), stranger = number_or_none(row, "stranger");
    item.stock = place(stock ? &*stock : nullptr);
    item.stranger = place(stranger ? &*stranger : nullptr);
    return item;
}

void bring_up_to_date(KnownItem& item, const ledger::History& history,
                      const ledger::ItemState& state, const std::string& org) {
    item.recorded = !history.links.empty();
    item.status = to_string(state.status);
    item.holder = state.holder;
    item.in_transit_to = state.in_transit_to;
    item.feeder = state.feeder;
    item.remaining = state.remaining();
    item.blocked_by.clear();
    for (const auto& [who, link] : state.quarantined) item.blocked_by.push_back(who);
    if (state.custody_by && state.holder == org)
        item.received = history.links[*state.custody_by].body.event.time;
    for (const auto& link : history.links) {
        const auto& event = link.body.event;
        if (event.kind == ledger::EventKind::ship && event.to == org) item.supplier = link.iss;
        for (const auto& parent : link.body.parents) {
            auto id = ledger::public_item_id(parent);
            if (std::find(item.of.begin(), item.of.end(), id) == item.of.end())
                item.of.push_back(std::move(id));
        }
    }
    const auto* commission = history.commission();
    if (commission == nullptr) return;
    const auto& told = commission->body.event.facts;
    // Whoever made it knows better than a label, which anybody may have printed.
    for (const auto& [name, fact] : kFacts)
        if (!(told.*fact).empty()) item.facts.*fact = told.*fact;
    if (commission->body.event.quantity) item.quantity = commission->body.event.quantity;
}

}  // namespace reelproof::api
