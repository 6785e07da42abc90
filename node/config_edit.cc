#include "node/config_edit.h"

#include <vector>

#include "node/toml.h"

namespace reelproof::node {

namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size() - 1);
        out.push_back(text.substr(0, end + 1));
        text.remove_prefix(end + 1);
    }
    return out;
}

std::string_view trimmed(std::string_view line) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto first = line.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

// A table header, [name] or [[name]]; a partner's has no arrays in it that could look like one.
bool is_header(std::string_view line) {
    return trimmed(line).starts_with('[');
}

bool is_partner(std::string_view line) {
    const auto text = trimmed(line);
    return text.starts_with("[[") && trimmed(text.substr(2, text.find(']') - 2)) == "partner";
}

std::string joined(const std::vector<std::string_view>& lines, std::size_t from, std::size_t to) {
    std::string out;
    for (; from < to; ++from) out += lines[from];
    return out;
}

bool names(const std::string& table, std::string_view org) {
    const auto parsed = parse_toml(table, "partner");
    return parsed && (*parsed)["partner"][0]["org"].value<std::string_view>() == org;
}

}  // namespace

ledger::Result<std::string> without_partner(std::string_view text, std::string_view org) {
    const auto lines = lines_of(text);
    for (std::size_t from = 0; from < lines.size(); ++from) {
        if (!is_partner(lines[from])) continue;
        std::size_t to = from + 1;
        while (to < lines.size() && !is_header(lines[to])) ++to;
        // Comments above the next header belong to that.
        while (to > from + 1 &&
               (trimmed(lines[to - 1]).empty() || trimmed(lines[to - 1])[0] == '#'))
            --to;
        if (!names(joined(lines, from, to), org)) continue;
        while (from > 0 && trimmed(lines[from - 1]).empty()) --from;
        return joined(lines, 0, from) + joined(lines, to, lines.size());
    }
    return ledger::Error{ledger::ErrorKind::not_found,
                         "no [[partner]] table names " + std::string(org)};
}

}  // namespace reelproof::node
