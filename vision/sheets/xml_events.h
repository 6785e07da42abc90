// XML as a sequence of events, by expat: no DOCTYPE, so no entity of its own, and no deeper than
// kDeepestXml. Belongs to one thread.
#pragma once

#include <functional>
#include <string_view>

#include "vision/label/result.h"

namespace reelproof::vision {

inline constexpr int kDeepestXml = 64;

// Of an element; names without their namespaces.
class XmlAttributes {
  public:
    explicit XmlAttributes(const char** all) : all_(all) {}
    // Empty: it has none of that name.
    [[nodiscard]] std::string_view get(std::string_view name) const;

  private:
    const char** all_;
};

struct XmlEvents {
    std::function<void(std::string_view name, const XmlAttributes&)> begin{};
    std::function<void(std::string_view name)> end{};
    std::function<void(std::string_view)> text{};
    // Asked after each: an error ends the reading.
    std::function<const Error*()> trouble{};
};

// Fails: as `trouble` says, and "sheet.unreadable".
Result<void> read_xml(std::string_view text, const XmlEvents& events);

}  // namespace reelproof::vision
