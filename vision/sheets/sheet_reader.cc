#include "vision/sheets/sheet_reader.h"

#include "vision/pages/child_output.h"
#include "vision/pages/confined_tool.h"
#include "vision/pages/message_lines.h"
#include "vision/pages/turn.h"

namespace reelproof::vision {
namespace {

constexpr std::size_t kMostNames = 200;

// What is wrong with the child, in the words of who reads tables.
Error about_sheets(const Error& error) {
    if (error.code == "pages.timeout")
        return {"sheet.timeout",
                "the spreadsheet takes too long to read: save the sheet as CSV and send that"};
    if (error.code == "pages.cannot-start")
        return {"sheet.cannot-start", "the process that reads spreadsheets can't be started"};
    return {"sheet.unreadable", "the spreadsheet can't be read: it is damaged"};
}

}  // namespace

std::string encode_sheet(const Result<Sheet>& sheet) {
    if (!sheet) return "E\n" + message_line(sheet.error().code) + message_line(sheet.error().text);
    std::string out = "T\n" + message_line(sheet->name);
    for (const auto& name : sheet->names) out += message_line("-" + name);
    return out + "\n" + sheet->csv;
}

std::optional<Result<Sheet>> decode_sheet(std::string_view text) {
    const auto kind = take_message_line(text);
    const auto first = kind ? take_message_line(text) : std::nullopt;
    if (!first) return std::nullopt;
    if (*kind == "E") {
        const auto words = take_message_line(text);
        const bool ours = first->starts_with("sheet.") || first->starts_with("zip.");
        if (!words || !ours || !text.empty()) return std::nullopt;
        return Result<Sheet>(Error{*first, *words});
    }
    if (*kind != "T") return std::nullopt;
    Sheet out;
    out.name = *first;
    for (auto name = take_message_line(text);; name = take_message_line(text)) {
        if (!name || out.names.size() > kMostNames) return std::nullopt;
        if (name->empty()) break;
        if (!name->starts_with('-')) return std::nullopt;
        out.names.push_back(name->substr(1));
    }
    out.csv = text;
    return Result<Sheet>(std::move(out));
}

int run_sheet_reader(char** argv) {
    return answer_locked_in([&](std::span<const std::uint8_t> file) {
        return encode_sheet(read_xlsx(file, argv[0] == nullptr ? "" : argv[0]));
    });
}

Result<Sheet> SheetReader::read(std::span<const std::uint8_t> file, const std::string& wanted) {
    const Turn turn(turns_);
    if (!turn) return Error{"sheet.busy", "other spreadsheets are being read; try again"};
    ToolJob job{.command = reader_, .input = file, .limit = limit_};
    job.command.emplace_back(sheet_argument);
    if (!wanted.empty()) job.command.push_back(wanted);
    const auto told = run_tool(job);
    if (!told) return about_sheets(told.error());
    auto sheet = decode_sheet(*told);
    if (!sheet) return Error{"sheet.unreadable", "the spreadsheet can't be read: it is damaged"};
    return std::move(*sheet);
}

}  // namespace reelproof::vision
