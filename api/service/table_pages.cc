#include "api/service/table_pages.h"

#include <algorithm>

#include "ledger/base/csv.h"

namespace reelproof::api {
namespace {

constexpr std::size_t kMostLines = vision::kTableLinesAPage * 5000;

using Lines = std::vector<std::vector<std::string>>;

std::optional<Lines> as_csv(std::string_view text) {
    Lines out;
    ledger::CsvRecords records(text, ledger::csv_separator(text));
    while (!records.done()) {
        auto record = records.next();
        if (!record || out.size() > kMostLines) return std::nullopt;
        out.push_back(std::move(*record));
    }
    if (out.empty() || out.front().size() < 2) return std::nullopt;
    return out;
}

std::optional<Lines> as_text(std::string_view text) {
    Lines out{{""}};
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        out.push_back({std::string(text.substr(0, end))});
        text.remove_prefix(std::min(end + 1, text.size()));
        if (out.size() > kMostLines) return std::nullopt;
    }
    return out;
}

}  // namespace

std::optional<TablePages> TablePages::of(std::string_view text) {
    if (text.find('\0') != std::string_view::npos || !ledger::is_utf8(ledger::as_bytes(text)))
        return std::nullopt;
    auto lines = as_csv(text);
    if (!lines) lines = as_text(text);
    if (!lines) return std::nullopt;
    TablePages out;
    out.head_ = std::move(lines->front());
    out.lines_.assign(std::make_move_iterator(lines->begin() + 1),
                      std::make_move_iterator(lines->end()));
    return out;
}

std::size_t TablePages::pages() const {
    return std::max<std::size_t>(
        1, (lines_.size() + vision::kTableLinesAPage - 1) / vision::kTableLinesAPage);
}

vision::TablePage TablePages::page(std::size_t number) const {
    const auto first = (number - 1) * vision::kTableLinesAPage;
    const auto last = std::min(lines_.size(), first + vision::kTableLinesAPage);
    vision::TablePage out{head_, {}, first + 1};
    for (auto i = first; i < last; ++i) out.lines.push_back(lines_[i]);
    return out;
}

}  // namespace reelproof::api
