// Part data and test results as CSV, and observations of markings as JSON: whatever comes, it is
// taken or refused in words; what is taken holds what it must, and reads back as it was written.
#include <cstdlib>
#include <string_view>

#include "ledger/parts/part_data.h"
#include "ledger/parts/test_results.h"
#include "ledger/provenance/marking_record.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof;
using namespace reelproof::ledger;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    return {
        "tserial,test,result,value,limits,time,station\nB1,ICT,fail,2.9,3..4,"
        "2027-03-01T10:00:00+01:00,T2\n",
        "cmpn,body_mm,introduced,last_ship,msl\nSN74LS00N,19.3x6.35,1976,2004-11,2a\n",
        R"(j{"state":"differs","parts":2,"differing":1,"expected":["AB"],"worst":{"line":1,)"
        R"("place":2,"expected":"B","seen":"8","likeness":500,"lead":-90,"threshold":-80,)"
        R"("region":[[1,2],[3,4]]},"dates":[[608,637]],"kinds":[{"parts":2}],)"
        R"("surface":{"is":"same","agreement":700,"threshold":430}})"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] == 'j') {
        const auto record = parse_marking(text);
        if (!record) {
            require(!record.error().message.empty());
            return 0;
        }
        const auto again = parse_marking(format_marking(*record));
        require(again.has_value() && format_marking(*again) == format_marking(*record));
        return 0;
    }
    if (data[0] == 't') {
        const auto rows = parse_test_results(text);
        require(rows.results.empty() || rows.errors.empty());
        for (const auto& one : rows.results) require(!one.serial.empty() && !one.test.empty());
        for (const auto& [row, why] : rows.errors) require(row > 0 && !why.empty());
        return 0;
    }
    const auto rows = parse_parts(text);
    require(rows.parts.empty() || rows.errors.empty());
    require(!rows.parts.empty() || !rows.errors.empty());
    for (const auto& part : rows.parts) require(!part_trouble(part));
    return 0;
}
