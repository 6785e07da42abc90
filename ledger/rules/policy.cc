#include "ledger/rules/policy.h"

#include <algorithm>

#include "ledger/directory/matching.h"

namespace reelproof::ledger {

std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::minor:
            return "minor";
        case Severity::major:
            return "major";
        case Severity::critical:
            return "critical";
    }
    return "critical";
}

bool TrustedManufacturer::goes_by(std::string_view name) const {
    return equal_text(org, name) || std::any_of(names.begin(), names.end(), [&](const auto& known) {
               return equal_text(known, name);
           });
}

std::vector<const TrustedManufacturer*> Policy::manufacturers_of(std::string_view mpn,
                                                                 std::string_view name) const {
    std::vector<const TrustedManufacturer*> all;
    for (const auto& one : manufacturers)
        if (one.mpns.empty() || matches_any(one.mpns, mpn)) all.push_back(&one);
    const auto named =
        std::find_if(all.begin(), all.end(), [&](const auto* one) { return one->goes_by(name); });
    if (named != all.end()) return {*named};
    return all;
}

const TrustedManufacturer* Policy::manufacturer_of(std::string_view mpn,
                                                   std::string_view name) const {
    const auto all = manufacturers_of(mpn, name);
    return all.empty() ? nullptr : all.front();
}

std::string Policy::org_of_name(std::string_view name) const {
    for (const auto& one : manufacturers)
        if (one.goes_by(name)) return one.org;
    return {};
}

}  // namespace reelproof::ledger
