// What is known of a scanner: learned from whatever it delivers, kept as a file that somebody may
// have edited, and used on any text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/seeds.h"
#include "vision/label/characters.h"
#include "vision/label/scanner_profile.h"

using namespace reelproof::vision;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    const std::string whole(calibration_text());
    std::string tokens = whole, small = whole, lost = whole;
    replace_all(tokens, "\x1d", "{GS}");
    replace_all(tokens, "\x1e", "{RS}");
    replace_all(small, "\x1d", "]");
    replace_all(lost, "\x1d", "");
    const auto profile = learn(whole, tokens);
    return {"L" + whole, "L" + tokens, "L" + small, "L" + lost, "T" + to_toml(*profile)};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto profile =
        data[0] == 'L' ? learn(calibration_text(), text) : scanner_profile_from_toml(text);
    if (!profile) {
        require(profile.error().code.starts_with("scanner.") && !profile.error().text.empty());
        return 0;
    }
    undo(*profile, text);
    undo(*profile,
         "[)>\x1e"
         "06\x1d"
         "1PABC\x1e\x04");
    const auto again = scanner_profile_from_toml(to_toml(*profile));
    require(again.has_value());
    require(*again == *profile);
    return 0;
}
