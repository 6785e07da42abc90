// Events and documents of EPCIS as programs send them, and a program at a node. For the test's one
// thread.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "tests/node/service_support.h"

namespace reelproof::node::tests {

extern const boost::json::array kContext;  // with the prefixes rp and ex

std::string uri(const std::string& org, const Label& label);
boost::json::object event(const std::string& type, const std::string& action,
                          const std::string& step, std::vector<std::string> epcs);
boost::json::object seen(std::vector<std::string> epcs, const std::string& step = "inspecting");
boost::json::array party(const std::string& member, const std::string& org);
boost::json::object shipped(std::vector<std::string> epcs, const std::string& to);
boost::json::object commissioned(const std::string& epc, std::int64_t quantity = 3000);
std::string document(const boost::json::array& events);
std::string single(boost::json::object event);
std::string encoded(const std::string& text);

struct Door {
    const ServiceNode& node;

    Answer send(api::Method method, const std::string& path, const std::string& body = {},
                api::Headers headers = {}) const;
    Answer get(const std::string& path) const { return send(kGet, path); }
    // The finished job.
    boost::json::object capture(const boost::json::array& events,
                                const std::string& behaviour = {}) const;
    boost::json::array events(const std::string& query = {}) const;
    static boost::json::array list_of(const Answer& answer);
    std::vector<std::string> steps(const std::string& query) const;
};

// A label that this node knows, and of which nothing is recorded.
Label printed(const ServiceNode& node);

}  // namespace reelproof::node::tests
