// An item as this node's index keeps it (item_index.h), and its row. Thread-safe: values and pure
// functions.
//
// Row "item/<public id>" of Table::observations: a JSON object. Persistent format: new members may
// come, none goes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "api/service/inspect.h"

namespace reelproof::api {

struct KnownItem {
    std::string id;
    ledger::ItemKey key;
    bool issued = false, lot_level = false;
    ledger::ItemFacts facts{};  // as the ledger says, what that leaves out as its label does
    std::optional<std::int64_t> quantity{};
    std::optional<std::int64_t> good_until{};  // as Identified
    std::string supplier{};         // who shipped it to us last; empty: nobody known to us
    std::vector<std::string> of{};  // public ids of what it was made of

    // As of last_seen.
    std::string status{}, holder{}, in_transit_to{}, feeder{};
    std::optional<std::int64_t> remaining{};
    std::vector<std::string> blocked_by{};
    bool recorded = false;             // a ledger here tells of it; else we know its label alone
    ledger::UnixSeconds received = 0;  // or made here; 0: it never was here
    ledger::UnixSeconds first_seen = 0, last_seen = 0;

    struct Verdict {
        std::string word{};
        std::vector<std::string> rules{};  // of its findings, minor ones aside
        std::string place{};
        ledger::UnixSeconds at = 0;
        std::string supplier{};  // under whom it was counted
    };
    std::optional<Verdict> verdict{};

    // Of the index itself: the lists in which it is, with its number there (rows from before those
    // were kept have none), and its numbers in the list of what is in stock and of strangers.
    struct Listed {
        std::string term;
        std::optional<std::uint64_t> number{};
    };
    std::vector<Listed> terms{};
    std::optional<std::uint64_t> stock{}, stranger{};

    [[nodiscard]] bool board() const { return facts.mpn.empty() && !lot_level; }
    // In our hands, whatever else is wrong with it.
    [[nodiscard]] bool here(const std::string& org) const;
    // As its label would name it.
    [[nodiscard]] Identified identified() const;
};

// Every fact of an item, with its name.
using NamedFact = std::pair<std::string_view, std::string ledger::ItemFacts::*>;
std::span<const NamedFact> item_facts();

boost::json::object written(const KnownItem& item);
// Throws EnvironmentError for a row that is not of its form.
KnownItem read_known_item(std::string_view id, const boost::json::object& row);

// What the ledger tells of it now: state, supplier, what it was made of.
void bring_up_to_date(KnownItem& item, const ledger::History& history,
                      const ledger::ItemState& state, const std::string& org);

}  // namespace reelproof::api
