#include "node/cli/trust.h"

#include <optional>
#include <sstream>

#include "ledger/base/bytes.h"
#include "ledger/base/file.h"
#include "node/toml.h"

namespace reelproof::node {

using ledger::Result;

namespace {

constexpr std::size_t kMaxTrustFile = std::size_t{1} << 20;
constexpr std::string_view kBlanks = " \t\r";

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    text = text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
        text.front() == text.back())
        text = text.substr(1, text.size() - 2);
    return std::string(text);
}

struct Pair {
    std::string org, root;
};

// "org = thumbprint", or nothing when the text is not of that form.
std::optional<Pair> split(std::string_view text) {
    const auto equals = text.rfind('=');
    if (equals == std::string_view::npos) return std::nullopt;
    Pair out{trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1))};
    if (out.org.empty() || out.root.empty()) return std::nullopt;
    return out;
}

Result<void> add(TrustedRoots& out, const Pair& pair) {
    auto root = ledger::array_from_hex<32>(pair.root, "root thumbprint of " + pair.org);
    if (!root) return root.error();
    const auto hex = ledger::to_hex(*root);
    const auto [known, is_new] = out.emplace(pair.org, hex);
    if (!is_new && known->second != hex)
        return ledger::malformed(pair.org + " is given two different root thumbprints");
    return {};
}

// All lines that say something, when each is of the simple form.
std::optional<std::vector<Pair>> simple_lines(std::string_view text) {
    std::vector<Pair> out;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        if (trimmed(line).empty() || trimmed(line).front() == '#') continue;
        auto pair = split(std::string_view(line).substr(0, line.find('#')));
        if (!pair || !ledger::array_from_hex<32>(pair->root, "root")) return std::nullopt;
        out.push_back(std::move(*pair));
    }
    return out;
}

// The root and org of one table.
Result<void> add_table(TrustedRoots& out, const toml::table& table, std::string_view name) {
    const auto org = table["org"].value<std::string>();
    const auto root = table["root"].value<std::string>();
    if (!org || !root) return ledger::malformed(std::string(name) + " lacks org or root");
    return add(out, {*org, *root});
}

// A node's configuration: its own organisation, its partners and guests; or partners alone.
Result<void> add_tables(TrustedRoots& out, const toml::table& document) {
    if (document.contains("org") && document.contains("root"))
        if (auto ok = add_table(out, document, "the file"); !ok) return ok.error();
    bool any = document.contains("org");
    for (const auto* name : {"partner", "guest"}) {
        const auto* tables = document[name].as_array();
        if (tables == nullptr) continue;
        any = true;
        for (const auto& element : *tables) {
            const auto place = "a [[" + std::string(name) + "]]";
            const auto* table = element.as_table();
            if (table == nullptr) return ledger::malformed(place + " is no table");
            if (auto ok = add_table(out, *table, place); !ok) return ok.error();
        }
    }
    if (!any)
        return ledger::malformed("has neither [[partner]] tables nor lines \"org = thumbprint\"");
    return {};
}

Result<void> add_toml(TrustedRoots& out, std::string_view text, const std::string& path) {
    const auto document = parse_toml(text, path);
    if (!document) return document.error();
    auto ok = add_tables(out, *document);
    return ok ? ok : ledger::within(path, ok.error());
}

Result<void> add_file(TrustedRoots& out, const std::string& path) {
    auto bytes = ledger::read_file(path, kMaxTrustFile);
    if (!bytes) return bytes.error();
    if (const auto lines = simple_lines(ledger::as_text(*bytes))) {
        for (const auto& pair : *lines)
            if (auto ok = add(out, pair); !ok) return ledger::within(path, ok.error());
        return {};
    }
    return add_toml(out, ledger::as_text(*bytes), path);
}

}  // namespace

Result<TrustedRoots> read_trust(const std::vector<std::string>& values) {
    TrustedRoots out;
    for (const auto& value : values) {
        std::error_code ignored;
        const auto pair = split(value);
        if (pair && !std::filesystem::exists(value, ignored)) {
            if (auto ok = add(out, *pair); !ok) return ledger::within("--trust", ok.error());
        } else if (auto ok = add_file(out, value); !ok) {
            return ledger::within("--trust", ok.error());
        }
    }
    if (!values.empty() && out.empty()) return ledger::malformed("--trust: names no organisation");
    return out;
}

}  // namespace reelproof::node
