// Label profiles that a user wrote: whatever stands in the file, it is taken or refused in words,
// and one that is taken reads any text in bounded time and never shows the secret of a label of
// ours.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/seeds.h"
#include "vision/label/profile_set.h"

using namespace reelproof::vision;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    std::vector<std::string> seeds;
    for (const ProfileFile& file : built_in_profile_files()) seeds.emplace_back(file.text);
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    ProfileSet set;
    const auto added = set.add(text, "fuzzed.toml");
    if (!added) {
        require(added.error().text.starts_with("fuzzed.toml: "));
        return 0;
    }
    require(set.all().size() == 1);
    const Profile& profile = *set.all().front();
    require(!profile.name.empty() && !profile.examples.empty());
    for (const auto& wrong : check_examples(profile, set)) {
        require(wrong.starts_with("fuzzed.toml: line "));
    }
    ParseOptions options;
    options.profiles = &set;
    const std::string secret = "LERPF0123456789SECRET";
    for (const std::string& label :
         {"[)>\x1e"
          "06\x1d"
          "1PABC\x1dQ5\x1d"
          "25S" +
              secret + "\x1e\x04",
          "[)>06" + std::string(600, 'P') + "Q5", std::string(4000, ';'), std::string(4000, ' ')}) {
        const auto parsed = parse(label, options);
        if (!parsed) continue;
        require(!parsed->identifiers.contains("25S"));
        if (!parsed->unique_id) continue;
        for (const auto& [name, value] : parsed->fields) {
            require(to_string(value).find(secret) == std::string::npos);
        }
    }
    return 0;
}
