// The service's results as JSON of the API and of the command line. Pure, thread-safe. No secret
// goes in, but for label_json: the reading of a label holds all that is printed on it.
#pragma once

#include <boost/json/object.hpp>

#include "api/service/events.h"

namespace reelproof::api {

// Names of logs, for the places of evidence and events.
using LogNames = std::map<ledger::LogId, std::string>;
LogNames log_names(const ledger::Store& store);

boost::json::object json_of(const Inspection& inspection, const LogNames& logs,
                            const ServiceContext& context);
boost::json::object json_of(const Recorded& recorded, const ServiceContext& context);
// {on, of, quorum}: an entry's state of replication.
boost::json::object kept_json(const ledger::Kept& kept);
// The history of an item: item, uri, fields, state, events with their places, made_of.
boost::json::object history_json(const ledger::History& history, const ledger::ItemState& state,
                                 const LogNames& logs);
// The same with its ancestors and the findings, and of each event what was sealed for us and who
// keeps it.
boost::json::object trace_json(const Inspection& inspection, const LogNames& logs,
                               const ServiceContext& context);
boost::json::object state_json(const ledger::ItemState& state);
boost::json::object facts_json(const ledger::ItemFacts& facts,
                               const std::optional<std::int64_t>& quantity);
// To the thousandth: more digits of a time that was measured say nothing.
double short_number(double value);
// Of label_json.cc: fields as printed, the same as values to compare, and all that a label says.
boost::json::object fields_json(const vision::Fields& fields);
boost::json::object normalised_json(const vision::Fields& fields);
boost::json::array warnings_json(const std::vector<vision::Warning>& warnings);
// What a repeated identifier says beside the first: {"Q": ["6"]}.
boost::json::object repeated_json(const vision::ParsedLabel& label);
boost::json::object label_json(const vision::LabelReading& reading);

}  // namespace reelproof::api
