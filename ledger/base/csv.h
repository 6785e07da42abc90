// Reads CSV (RFC 4180): one record after the other, fields as they are. Belongs to one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/result.h"

namespace reelproof::ledger {

// Which of comma, semicolon and tab parts the columns of the first line that is not blank.
char csv_separator(std::string_view text);
// Without blanks and tabs at its ends.
std::string csv_trimmed(std::string_view text);

// A cell as it is written: quoted where it has to be, and with an apostrophe in front where a
// spreadsheet would take it for a formula.
std::string csv_cell(std::string text);
// Without the apostrophes that keep a formula from being one.
std::string csv_without_guard(std::string text);

// The first bytes of a text for a message, no character cut in two.
std::string csv_beginning(std::string_view text, std::size_t most = 40);

class CsvRecords {
  public:
    // `text` outlives it. A byte order mark, as spreadsheets write, is passed over.
    explicit CsvRecords(std::string_view text, char separator = ',');
    [[nodiscard]] bool done() const { return at_ >= text_.size(); }
    // Of the next record, from 1.
    [[nodiscard]] std::size_t line() const { return line_; }
    // Quoted fields may hold separators, line ends and doubled quotes. Errors name the line; a
    // blank line is one empty field.
    Result<std::vector<std::string>> next();

  private:
    std::string_view text_;
    const char separator_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

// "line 7: ...".
Error csv_error(std::size_t line, const std::string& what);

}  // namespace reelproof::ledger
