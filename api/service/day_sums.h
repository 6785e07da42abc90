// Verdicts of one day, counted by word, rule and supplier. An item counts once a day, with its last
// verdict. Thread-safe: values and pure functions.
//
// Row "day/<date>" of Table::verdicts: {suppliers: [{org, ACCEPT, HOLD, REJECT, rules: {rule:
// n}}]}. Persistent format: do not change.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "ledger/base/clock.h"

namespace reelproof::api {

struct VerdictSums {
    std::map<std::string, std::int64_t> words;  // "ACCEPT", "HOLD", "REJECT"
    std::map<std::string, std::int64_t> rules;  // of findings, minor ones aside

    // `times`: -1 takes it away again.
    void add(const std::string& word, const std::vector<std::string>& of_rules, int times);
    void add(const VerdictSums& other);
};

// By supplier; the empty name is that of nobody known.
using DaySums = std::map<std::string, VerdictSums>;

boost::json::object written(const DaySums& day);
DaySums read_day_sums(const boost::json::object& row);

// "2026-11-30", UTC.
std::string date_of(ledger::UnixSeconds time);

}  // namespace reelproof::api
