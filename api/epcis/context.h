// The JSON-LD contexts of EPCIS documents, as far as they matter here: which prefix stands for
// which namespace. Contexts are known by their address and never fetched. Pure, thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "api/epcis/exception.h"

namespace reelproof::api::epcis {

// The context that our answers name.
inline constexpr std::string_view kContext =
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
inline constexpr std::string_view kOurNamespace = "https://ns.reelproof.example/epcis/";

class Namespaces {
  public:
    // Those that the standard's contexts define.
    Namespaces();

    // Adds what a "@context" declares; `pointer` is where that stands. Refused are contexts that we
    // don't know, and prefixes and terms of the standard that are given another meaning.
    std::optional<Refusal> add(const boost::json::value& context, const std::string& pointer);

    [[nodiscard]] bool knows(std::string_view prefix) const {
        return prefixes_.find(prefix) != prefixes_.end();
    }
    // "rp:lotCode" as an IRI where its prefix is known; else as it is.
    [[nodiscard]] std::string expanded(std::string_view name) const;
    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& prefixes() const {
        return prefixes_;
    }
    // A context by which others read the same: ours, and what was declared beside it.
    [[nodiscard]] boost::json::array written() const;

  private:
    std::optional<Refusal> add_object(const boost::json::object& terms, const std::string& pointer);

    std::map<std::string, std::string, std::less<>> prefixes_;
    std::map<std::string, std::string, std::less<>> declared_;
    std::size_t bytes_ = 0;  // that were declared
};

}  // namespace reelproof::api::epcis
