#include <catch2/catch.hpp>

#include "tests/faults/disk.h"
#include "tests/faults/power_cut.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::faults {

namespace fs = std::filesystem;

void cut_power_everywhere(const Work& work, const std::vector<std::uint32_t>& seeds,
                          const std::vector<std::string>& machines, std::size_t each) {
    constexpr std::uint32_t kNothingLost = 1;
    const ledger::tests::TempFolder folder;
    const auto live = folder.path() / "live", image = folder.path() / "image",
               torn = folder.path() / "torn";
    work.restore(live);
    const Disk disk(live);
    std::vector<std::size_t> answered_after;
    REQUIRE(work.run(live, [&] { answered_after.push_back(disk.calls()); }) == work.steps());
    const std::size_t calls = disk.calls(), kinds = seeds.size() + machines.size();
    REQUIRE(calls > 10);
    std::size_t next = 0;
    for (std::size_t call = 0; call <= calls; ++call) {
        std::size_t answered = 0;
        for (const auto after : answered_after) answered += after <= call ? 1 : 0;
        for (std::size_t i = 0; i < (each == 0 ? kinds : each); ++i, ++next) {
            const auto kind = next % kinds;
            std::string how = "all at once";
            if (kind < seeds.size()) {
                disk.after_power_cut(call, seeds[kind], image);
                how += ", seed " + std::to_string(seeds[kind]);
            } else {
                const auto& machine = machines[kind - seeds.size()];
                disk.after_power_cut(call, kNothingLost, image);
                disk.after_power_cut(call, seeds.front(), torn);
                fs::remove_all(image / machine);
                fs::rename(torn / machine, image / machine);
                how = machine + " alone";
            }
            INFO("power cut in call " << call << " of " << calls << ", " << how);
            CHECK(work.look(image, answered) == "");
        }
    }
}

}  // namespace reelproof::faults
