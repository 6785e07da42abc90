#include "api/service/epcis_events.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include <boost/json.hpp>

#include "api/service/happenings.h"
#include "ledger/base/sha256.h"
#include "ledger/provenance/event_form.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using epcis::Exception;
using epcis::Refusal;
using epcis::Shown;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

constexpr std::size_t kMostLots = 32;  // of one document

Refusal refusal_of(const Error& error, std::size_t index, const std::string& pointer) {
    const bool ours = error.kind == ErrorKind::unavailable || error.kind == ErrorKind::refused;
    return {ours ? Exception::implementation : Exception::validation, error.message, index,
            pointer};
}

std::string text_at(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::string iso_milliseconds(ledger::UnixSeconds time) {
    auto out = ledger::to_iso8601(time);
    out.insert(out.size() - 1, ".000");
    return out;
}

// Of an event that was recorded without one: it says where the event is found.
std::string own_event_id(const ledger::Link& link, const std::string& item) {
    return "https://" + ledger::percent_encode(link.iss) + "/e/" + item + "/" +
           ledger::to_hex(ledger::ByteView(link.hash).first(16));
}

// The item in such an id; empty for any other.
std::string item_of_event_id(std::string_view id) {
    const auto at = id.find("/e/");
    if (!id.starts_with("https://") || at == std::string_view::npos) return {};
    const auto rest = id.substr(at + 3);
    return std::string(rest.substr(0, rest.find('/')));
}

// That a told event of ours is in the words of a manufacturer who names himself.
std::string with_manufacturer(const std::string& text, const std::string& org) {
    auto event = json::parse(text).as_object();
    auto& ilmd = event["ilmd"];
    if (!ilmd.is_object()) ilmd = json::object();
    if (ilmd.get_object().if_contains("rp:manufacturer") == nullptr)
        ilmd.get_object()["rp:manufacturer"] = org;
    return json::serialize(event);
}

}  // namespace

Result<HeldItem> EpcisEvents::resolve(const std::string& uri) {
    if (const auto id = ledger::item_id_of_uri(uri); !id.empty()) {
        if (auto item = known_.find(id)) return std::move(*item);
        return Error{ErrorKind::not_found,
                     "the key of item " + (id.size() <= 64 ? id : id.substr(0, 64)) +
                         " is not known here: show its label once, at POST /v1/check with place "
                         "receiving, or print it at POST /v1/labels"};
    }
    if (const auto lot = ledger::lot_of_uri(uri); lot && ledger::is_item_or_lot(uri)) {
        const auto key = context_.identifier.lot_key(lot->mpn, lot->lot);
        if (!key)
            return ledger::malformed(
                "a lot is recorded under a key of the network: set network_salt_file in the "
                "configuration");
        return HeldItem{ledger::public_item_id(*key), *key, {}};
    }
    return known_.thing(uri);
}

std::variant<EpcisEvents::Planned, Refusal> EpcisEvents::plan(const epcis::Read& read,
                                                              std::size_t index,
                                                              std::set<std::string>& lots) {
    const auto fail = [&](Error error) { return refusal_of(error, index, read.pointer); };
    Planned out;
    out.index = index;
    auto event = read.event;
    out.id = text_at(event, "eventID");
    out.content.content = epcis::content_hash(event, read.names);
    if (out.id.empty()) {
        out.id = epcis::made_event_id(event, read.names);
        event["eventID"] = out.id;
    }
    if (const auto before = known_.captured(out.id)) {
        if (before->content != out.content.content)
            return Refusal{Exception::already_exists,
                           "another event was captured under this eventID", index,
                           read.pointer + "/eventID"};
        out.already = true;
        out.content.items = before->items;
        return out;
    }
    auto parts = epcis::parts_of(event, read.names, read.pointer);
    if (auto* refusal = std::get_if<Refusal>(&parts)) {
        refusal->event = index;
        return std::move(*refusal);
    }
    for (auto& part : std::get<std::vector<epcis::Part>>(parts)) {
        Events::Told told;
        if (ledger::lot_of_uri(part.uri)) lots.insert(part.uri);
        if (lots.size() > kMostLots)
            return Refusal{Exception::capture_limit,
                           "more than 32 lots are named, and the key of each takes a while: send "
                           "it in parts",
                           index, read.pointer};
        auto item = resolve(part.uri);
        if (!item) return fail(item.error());
        const bool counted = !item->thing.empty() && part.event.kind == ledger::EventKind::other;
        told.item = counted ? known_.thing_in_use(part.uri) : std::move(*item);
        told.text = std::move(part.text);
        told.event = std::move(part.event);
        if (told.event.kind == ledger::EventKind::commission) {
            if (ledger::host_of_uri(part.uri) != context_.org)
                return fail(ledger::malformed("a new item is named https://" + context_.org +
                                              "/i/" + told.item.id + " here"));
            told.text = with_manufacturer(told.text, context_.org);
            if (told.event.facts.manufacturer.empty()) told.event.facts.manufacturer = context_.org;
        }
        for (const auto& uri : told.event.outputs)
            if (auto output = known_.find(ledger::item_id_of_uri(uri)))
                told.outputs.push_back(std::move(*output));
        auto changes = events_.plan(told);
        if (!changes) return fail(changes.error());
        if (counted)
            changes->front().together = [thing = told.item](ledger::WriteTransaction& writing) {
                HeldItems::count_event(writing, thing);
            };
        out.content.items.push_back(told.item.id);
        for (auto& change : *changes) out.changes.push_back(std::move(change));
    }
    return out;
}

void EpcisEvents::record(std::vector<Planned> planned, Captured& out) {
    std::vector<Change> changes;
    std::string key = "epcis", request;
    auto failed = std::make_shared<std::optional<Refusal>>();
    for (auto& one : planned) {
        key += "\n" + one.id;
        request += ledger::to_hex(one.content.content);
        for (auto& change : one.changes) {
            change.allowed = [inner = std::move(change.allowed), failed, index = one.index](
                                 const ledger::History& history,
                                 const ledger::ItemState& state) -> Result<void> {
                if (!inner) return {};
                auto fine = inner(history, state);
                if (!fine) *failed = refusal_of(fine.error(), index, {});
                return fine;
            };
        }
        // Under the item's lock: the same event may have come twice at once.
        auto& first = one.changes.front();
        first.allowed = [this, inner = std::move(first.allowed), failed, id = one.id,
                         index = one.index](const ledger::History& history,
                                            const ledger::ItemState& state) -> Result<void> {
            if (!known_.captured(id)) return inner(history, state);
            *failed = Refusal{Exception::already_exists, "the event has just been captured", index,
                              "/eventID"};
            return Error{ErrorKind::conflict, "the event has just been captured"};
        };
        // With its last part: after a crash between two statements nobody takes it for recorded.
        auto& last = one.changes.back().together;
        last = [inner = std::move(last), id = one.id,
                content = one.content](ledger::WriteTransaction& writing) {
            if (inner) inner(writing);
            HeldItems::add_captured(writing, id, content);
        };
        for (auto& change : one.changes) changes.push_back(std::move(change));
    }
    const auto recorded =
        recorder_.record(changes, {}, ledger::to_hex(ledger::sha256(ledger::as_bytes(key))),
                         request, Recorder::Items::in_order);
    if (!recorded) {
        out.errors.push_back(*failed ? std::move(**failed)
                                     : refusal_of(recorded.error(), planned.front().index, {}));
        return;
    }
    for (const auto& change : changes) {
        const auto item = known_.find(ledger::public_item_id(change.key));
        // A place, or what is told of a whole lot.
        if (!item || !item->thing.empty() || ledger::lot_of_uri(change.event.item)) continue;
        const Identified told = events_.as_recorded(*item);
        tell_recorded(context_, change.event.kind, {&told}, *recorded);
    }
    for (const auto& one : planned) {
        out.event_ids.push_back(one.id);
        out.items.insert(out.items.end(), one.content.items.begin(), one.content.items.end());
    }
}

EpcisEvents::Captured EpcisEvents::capture(const std::vector<epcis::Read>& events,
                                           OnError on_error) {
    Captured out;
    std::vector<Planned> todo;
    std::map<std::string, ledger::Hash> seen;
    std::set<std::string> lots;
    std::size_t things = 0;  // to be recorded together
    for (std::size_t i = 0; i < events.size(); ++i) {
        auto planned = plan(events[i], i, lots);
        if (auto* refusal = std::get_if<Refusal>(&planned)) {
            out.errors.push_back(std::move(*refusal));
            continue;
        }
        auto& one = std::get<Planned>(planned);
        const auto [before, fresh] = seen.emplace(one.id, one.content.content);
        if (!fresh) {
            if (before->second != one.content.content)
                out.errors.push_back({Exception::already_exists,
                                      "another event of the document has this eventID", i,
                                      events[i].pointer + "/eventID"});
            continue;
        }
        if (one.already) {
            out.event_ids.push_back(one.id);
            continue;
        }
        if (on_error == OnError::rollback) {
            things += one.changes.size();
            if (things > kMostAtOnce) {
                out.errors.push_back({Exception::capture_limit,
                                      "up to here the document names more than " +
                                          std::to_string(kMostAtOnce) +
                                          " things, which are recorded all at once or not at all: "
                                          "send it in parts",
                                      i, events[i].pointer});
                break;
            }
            todo.push_back(std::move(one));
            continue;
        }
        std::vector<Planned> alone;
        alone.push_back(std::move(one));
        record(std::move(alone), out);
    }
    if (on_error == OnError::rollback && !todo.empty() && out.errors.empty())
        record(std::move(todo), out);
    for (auto& error : out.errors)
        if (error.event && !error.pointer.starts_with(events[*error.event].pointer))
            error.pointer = events[*error.event].pointer + error.pointer;
    std::stable_sort(out.errors.begin(), out.errors.end(),
                     [](const Refusal& a, const Refusal& b) { return a.event < b.event; });
    return out;
}

void EpcisEvents::each_part(const HeldItem& item, const std::function<void(const Shown&)>& visit) {
    const auto history =
        ledger::collect(item.key, ledger::trusted_issuers(context_.store.directory()),
                        finder(context_.store), ledger::LinkText::kept);
    for (const auto& link : history.links) {
        Shown part{json::parse(link.text).as_object(), link.iat, link.iss};
        if (text_at(part.event, "eventID").empty())
            part.event["eventID"] = own_event_id(link, item.id);
        part.event["recordTime"] = iso_milliseconds(link.iat);
        visit(part);
    }
}

std::vector<Shown> EpcisEvents::shown_of(const std::vector<HeldItem>& items,
                                         const std::set<EventName>& wanted) {
    std::map<EventName, std::pair<std::vector<json::object>, ledger::UnixSeconds>> found;
    for (const auto& item : items)
        each_part(item, [&](const Shown& part) {
            EventName name{part.org, text_at(part.event, "eventID")};
            if (!wanted.contains(name)) return;
            auto& [parts, recorded] = found[std::move(name)];
            // No event has more; who seals thousands under one name makes no larger one.
            if (parts.size() < epcis::kMostThings) parts.push_back(part.event);
            recorded = std::max(recorded, part.recorded);
        });
    std::vector<Shown> out;
    for (auto& [name, one] : found) {
        out.push_back({epcis::joined(one.first), one.second, name.first});
        out.back().event["recordTime"] = iso_milliseconds(one.second);
    }
    return out;
}

std::variant<EpcisEvents::Items, Refusal> EpcisEvents::all_items(Turn turn) {
    if (turn == Turn::wait)
        turns_.acquire();
    else if (!turns_.try_acquire())
        return Refusal{Exception::implementation,
                       "others are looking at all items now: try again, or name those that are "
                       "meant, with MATCH_epc or MATCH_anyEPC",
                       std::nullopt,
                       {}};
    Items out;
    out.turn = std::shared_ptr<void>(nullptr, [this](void*) { turns_.release(); });
    known_.each([&](const HeldItem& item) {
        out.list.push_back(item);
        return out.list.size() <= kMostItems;
    });
    if (out.list.size() <= kMostItems) return out;
    return Refusal{Exception::query_too_large,
                   "this node knows more than 20,000 items: name those that are meant, with "
                   "MATCH_epc or MATCH_anyEPC",
                   std::nullopt,
                   {}};
}

std::variant<EpcisEvents::Items, Refusal> EpcisEvents::items_for(const epcis::EventQuery& query,
                                                                 Turn turn) {
    const auto things = query.things();
    if (!things) return all_items(turn);
    Items out;
    std::set<std::string> seen;
    const auto add = [&](HeldItem item) {
        if (seen.insert(item.id).second) out.list.push_back(std::move(item));
    };
    for (const auto& uri : things->uris) {
        if (ledger::lot_of_uri(uri)) continue;  // a class, no EPC
        auto item = resolve(uri);
        // Another item's event may name it.
        if (!item && things->with_origins) return all_items(turn);
        if (!item) continue;
        if (item->thing.empty())
            add(std::move(*item));
        else
            for (auto& one : known_.things(item->thing)) add(std::move(one));
    }
    if (!things->with_origins) return out;
    // What is used up is recorded with the reel, and names the boards.
    const auto issuers = ledger::trusted_issuers(context_.store.directory());
    const auto given = out.list.size();
    for (std::size_t i = 0; i < given; ++i)
        for (const auto& origin :
             ledger::collect_lineage(out.list[i].key, issuers, finder(context_.store)).items)
            add({ledger::public_item_id(origin.key), origin.key, {}});
    return out;
}

std::variant<EpcisEvents::Page, Refusal> EpcisEvents::find(const epcis::EventQuery& query,
                                                           std::string_view after, std::size_t size,
                                                           const LeaveOut& leave_out) {
    return page_of(items_for(query, Turn::now), query, after, size, leave_out);
}

std::variant<EpcisEvents::Page, Refusal> EpcisEvents::find_in_turn(const epcis::EventQuery& query,
                                                                   std::size_t size,
                                                                   const LeaveOut& leave_out) {
    return page_of(items_for(query, Turn::wait), query, {}, size, leave_out);
}

std::variant<EpcisEvents::Page, Refusal> EpcisEvents::page_of(
    const std::variant<Items, Refusal>& looked_at, const epcis::EventQuery& query,
    std::string_view after, std::size_t size, const LeaveOut& leave_out) {
    if (const auto* refusal = std::get_if<Refusal>(&looked_at)) return *refusal;
    const auto& items = std::get<Items>(looked_at).list;
    // Names and places alone: the events of one page are then read again.
    struct Match {
        std::string place;
        ledger::UnixSeconds recorded = 0;
        std::vector<std::size_t> items;
    };
    std::map<EventName, Match> matches;
    const auto most = query.most().value_or(kMostMatches);
    bool too_many = false;
    for (std::size_t i = 0; i < items.size() && !too_many; ++i)
        each_part(items[i], [&](const Shown& part) {
            if (too_many) return;
            EventName name{part.org, text_at(part.event, "eventID")};
            auto known = matches.find(name);
            if (known == matches.end() && !query.takes(part)) return;
            if (known == matches.end()) known = matches.emplace(std::move(name), Match()).first;
            auto& match = known->second;
            if (match.items.empty() || match.items.back() != i) match.items.push_back(i);
            if (!match.place.empty() && part.recorded <= match.recorded) return;
            match.recorded = part.recorded;
            match.place = query.place(part);
            too_many = matches.size() > most;
        });
    if (too_many)
        return Refusal{Exception::query_too_large,
                       "the answer has more than " + std::to_string(most) + " events",
                       std::nullopt,
                       {}};
    using Entry = const std::pair<const EventName, Match>*;
    std::vector<Entry> order;
    for (const auto& match : matches)
        if (!leave_out || !leave_out(match.first, match.second.recorded)) order.push_back(&match);
    std::sort(order.begin(), order.end(),
              [&](Entry a, Entry b) { return query.before(a->second.place, b->second.place); });
    if (query.first() && order.size() > *query.first()) order.resize(*query.first());
    Page out;
    for (const auto* entry : order) {
        const auto& [name, match] = *entry;
        if (!after.empty() && !query.before(after, match.place)) continue;
        if (out.events.size() == size) {
            out.next = query.place(out.events.back());
            break;
        }
        std::vector<HeldItem> of;
        for (const auto i : match.items) of.push_back(items[i]);
        // Of an event of ours we know all parts, also those that the query did not look at.
        if (name.first == context_.org) add_captured(name.second, of);
        for (auto& shown : shown_of(of, {name})) out.events.push_back(std::move(shown));
    }
    return out;
}

void EpcisEvents::add_captured(const std::string& event_id, std::vector<HeldItem>& items) const {
    const auto captured = known_.captured(event_id);
    if (!captured) return;
    for (const auto& id : captured->items) {
        const bool there = std::any_of(items.begin(), items.end(),
                                       [&](const HeldItem& item) { return item.id == id; });
        if (auto item = there ? std::nullopt : known_.find(id)) items.push_back(std::move(*item));
    }
}

std::optional<Refusal> EpcisEvents::each(const std::function<void(const Shown&)>& visit) {
    const auto items = all_items(Turn::now);
    if (const auto* refusal = std::get_if<Refusal>(&items)) return *refusal;
    for (const auto& item : std::get<Items>(items).list) each_part(item, visit);
    return std::nullopt;
}

std::variant<std::optional<Shown>, Refusal> EpcisEvents::find_event(const std::string& event_id) {
    using Found = std::optional<Shown>;
    std::vector<HeldItem> items;
    add_captured(event_id, items);
    if (items.empty())
        if (auto item = known_.find(item_of_event_id(event_id))) items.push_back(std::move(*item));
    if (items.empty()) {
        epcis::EventQuery query;
        (void)query.add("EQ_eventID", {event_id});
        auto found = find(query, {}, 1);
        if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
        auto& events = std::get<Page>(found).events;
        return events.empty() ? Found() : Found(std::move(events.front()));
    }
    std::set<EventName> wanted;
    for (const auto& org : context_.store.directory()->trusted_orgs())
        wanted.emplace(org, event_id);
    auto shown = shown_of(items, wanted);
    if (shown.empty()) return Found();
    const auto own = std::find_if(shown.begin(), shown.end(),
                                  [&](const Shown& one) { return one.org == context_.org; });
    return Found(std::move(own == shown.end() ? shown.front() : *own));
}

}  // namespace reelproof::api
