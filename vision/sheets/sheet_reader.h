// Spreadsheets read where they can do no harm: in a process of our own that is locked in as the
// readers of labels are, one for each. Thread safety: SheetReader may be called from any thread;
// the calling thread must outlive the call.
#pragma once

#include <chrono>
#include <semaphore>

#include "vision/sheets/xlsx.h"

namespace reelproof::vision {

// The child: reads the file from its standard input, and writes what encode_sheet() makes of it.
// argv[0]: the sheet that is wanted; null: the first.
inline constexpr std::string_view sheet_argument = "sheet";
int run_sheet_reader(char** argv);

std::string encode_sheet(const Result<Sheet>& sheet);
// Nothing where it is not what that makes; the parent trusts none of it.
std::optional<Result<Sheet>> decode_sheet(std::string_view text);

class SheetReader {
  public:
    // `reader`: the program and argument that start our own reader processes.
    explicit SheetReader(std::vector<std::string> reader,
                         std::chrono::milliseconds limit = std::chrono::seconds(20))
        : reader_(std::move(reader)), limit_(limit) {}

    // Fails: as read_xlsx(); "sheet.busy", "sheet.timeout", "sheet.cannot-start".
    Result<Sheet> read(std::span<const std::uint8_t> file, const std::string& wanted);

  private:
    const std::vector<std::string> reader_;
    const std::chrono::milliseconds limit_;
    std::counting_semaphore<> turns_{2};
};

}  // namespace reelproof::vision
