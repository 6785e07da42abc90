// Pictures made to take more than they get when all packages on them are looked for.
#include "vision/marking/packages.h"

#include <fstream>

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include "tests/memory_use.h"
#include "vision/marking/package_outline.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

// Dark squares on two thirds of a bright ground: a line joins those of each row, one more the rows,
// so that nothing between them is a hole.
cv::Mat comb_of_squares(int side, int step, int square, int line) {
    cv::Mat out(side, side, CV_8U, cv::Scalar(250));
    const int from = (square - line) / 2;
    for (int y = 0; y < side * 2 / 3; ++y)
        for (int x = 0; x < side; ++x) {
            const int right = x % step, down = y % step;
            const bool along = x >= from && x < from + line,
                       across = down >= from && down < from + line;
            if ((right < square && down < square) || along || across)
                out.at<unsigned char>(y, x) = 20;
        }
    return out;
}

// What this process may map grows by so much and no more.
class MemoryBound {
  public:
    explicit MemoryBound(rlim_t more) {
        getrlimit(RLIMIT_AS, &before_);
        std::ifstream file("/proc/self/statm");
        rlim_t pages = 0;
        file >> pages;
        const rlimit bound{pages * 4096 + more, before_.rlim_max};
        setrlimit(RLIMIT_AS, &bound);
    }
    ~MemoryBound() { setrlimit(RLIMIT_AS, &before_); }
    MemoryBound(const MemoryBound&) = delete;
    MemoryBound& operator=(const MemoryBound&) = delete;

  private:
    rlimit before_{};
};

}  // namespace

TEST_CASE("thousands of parts that are joined take no mask each", "[marking][packages]") {
    if (!tests::kMemoryIsTelling) return;
    const cv::Mat comb = comb_of_squares(900, 12, 9, 3);
    const MemoryBound bound(512u << 20);
    CHECK(find_packages(comb, 0.325, 64).size() <= 1);
}

TEST_CASE("outlines are looked for as long as there is work left", "[marking][packages]") {
    cv::Mat grey(200, 300, CV_8U, cv::Scalar(230)), mask(200, 300, CV_8U, cv::Scalar(0));
    const cv::Rect body(60, 60, 180, 80);
    grey(body) = 40;
    mask(body) = 255;
    double work = 2 * static_cast<double>(mask.total());
    CHECK(outlines_of(mask.clone(), grey, {}, work).size() == 1);
    CHECK(work <= 0);
    CHECK(outlines_of(mask.clone(), grey, {}, work).empty());
}
