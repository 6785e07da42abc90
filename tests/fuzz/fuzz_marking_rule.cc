// Marking rules that a user wrote: whatever stands in the file, it is taken or refused in words,
// and one that is taken reads any lines in bounded time, and what it expects itself without a
// difference.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/seeds.h"
#include "vision/label/profile_set.h"
#include "vision/marking/marking_rules.h"

namespace reelproof::vision {
std::vector<ProfileFile> built_in_marking_rule_files();
}

using namespace reelproof::vision;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    std::vector<std::string> seeds;
    for (const ProfileFile& file : built_in_marking_rule_files()) seeds.emplace_back(file.text);
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    MarkingRuleSet set;
    const auto added = set.add(text, "fuzzed.toml");
    if (!added) {
        require(added.error().text.starts_with("fuzzed.toml: "));
        return 0;
    }
    require(set.all().size() == 1);
    const MarkingRule& rule = *set.all().front();
    for (const auto& wrong : check_examples(rule)) require(wrong.starts_with("fuzzed.toml: line "));
    const ExpectedMarking expected(rule, {"SN74LS00N", "7AB123", "2138", "YYWW", "MY"});
    require(expected.patterns().size() == rule.lines.size());
    for (const char c : {'A', '9', ' ', '{'})
        (void)expected.read(std::vector<std::string>(rule.lines.size(), std::string(40, c)));
    if (const auto lines = expected.text(); lines && lines->lines.size() == rule.lines.size())
        require(expected.read(lines->lines).fits);
    return 0;
}
