// Queries of EPCIS 2.0 (SimpleEventQuery): the parameters that apply to what this node keeps. Pure,
// thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

#include "api/epcis/exception.h"
#include "ledger/base/clock.h"

namespace reelproof::api::epcis {

// An event as it may be shown.
struct Shown {
    boost::json::object event;  // with eventID and recordTime
    ledger::UnixSeconds recorded = 0;
    std::string org;  // that recorded it
};

class EventQuery {
  public:
    using Parameters = std::vector<std::pair<std::string, std::vector<std::string>>>;

    EventQuery() = default;
    // Each parameter with its values; a name comes once. Refused (query_parameter): one that is not
    // known, or a value that is none.
    static std::variant<EventQuery, Refusal> of(const Parameters& parameters);
    // The query of POST /queries.
    static std::variant<EventQuery, Refusal> of(const boost::json::object& query);

    [[nodiscard]] bool takes(const Shown& shown) const;
    // Where an event stands in the answer's order; no two stand at the same place.
    [[nodiscard]] std::string place(const Shown& shown) const;
    [[nodiscard]] bool before(std::string_view place, std::string_view other) const {
        return descending_ ? place > other : place < other;
    }
    // Whether a text that came from outside is such a place.
    static bool is_place(std::string_view text);

    // The things that each event in the answer must name, if the query asks for such.
    struct Things {
        std::vector<std::string> uris;
        bool with_origins = false;  // and what they were made of
    };
    [[nodiscard]] std::optional<Things> things() const;
    // No more events than that are wanted, and no more than that are there.
    [[nodiscard]] std::optional<std::size_t> first() const { return event_count_limit_; }
    [[nodiscard]] std::optional<std::size_t> most() const { return max_event_count_; }

    // And this as well: what a resource such as /bizSteps/{x}/events adds.
    std::optional<Refusal> add(const std::string& name, std::vector<std::string> values);

  private:
    std::optional<Refusal> set_control(const std::string& name, const std::string& value);

    std::map<std::string, std::vector<std::string>> conditions_;
    std::string order_by_ = "recordTime";
    bool descending_ = true;
    std::optional<std::size_t> event_count_limit_, max_event_count_;
};

}  // namespace reelproof::api::epcis
