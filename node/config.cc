#include "node/config.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "api/http/origin.h"
#include "ledger/base/file.h"
#include "ledger/format/text_rules.h"
#include "ledger/rules/rules.h"
#include "node/toml.h"

namespace reelproof::node {

namespace {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

constexpr std::size_t kMaxFile = 1 << 20;
constexpr double kSecondsAtOnce = 5;  // of a rate's worth

// Reads a TOML table member by member and remembers which were asked for, so that what is left over
// can be named. The first wrong member is the error.
class Reader {
  public:
    Reader(const toml::table& table, std::string where) : table_(table), where_(std::move(where)) {}

    std::string text(std::string_view name, std::string fallback = {}) {
        const auto* node = find(name);
        if (node == nullptr) return fallback;
        if (const auto value = node->value_exact<std::string>()) return *value;
        fail(name, "must be a text in quotes");
        return fallback;
    }
    std::string required(std::string_view name) {
        auto value = text(name);
        if (value.empty()) fail(name, "is missing");
        return value;
    }
    std::int64_t number(std::string_view name, std::int64_t fallback, std::int64_t least,
                        std::int64_t most) {
        const auto* node = find(name);
        if (node == nullptr) return fallback;
        const auto value = node->value_exact<std::int64_t>();
        if (value && *value >= least && *value <= most) return *value;
        fail(name,
             "must be a number from " + std::to_string(least) + " to " + std::to_string(most));
        return fallback;
    }
    bool flag(std::string_view name, bool fallback) {
        const auto* node = find(name);
        if (node == nullptr) return fallback;
        if (const auto value = node->value_exact<bool>()) return *value;
        fail(name, "must be true or false");
        return fallback;
    }
    std::vector<std::string> texts(std::string_view name) {
        std::vector<std::string> out;
        const auto* node = find(name);
        if (node == nullptr) return out;
        const auto* array = node->as_array();
        if (array == nullptr) fail(name, "must be a list of texts");
        if (array != nullptr)
            for (const auto& element : *array) {
                if (const auto value = element.value_exact<std::string>())
                    out.push_back(*value);
                else
                    fail(name, "must be a list of texts");
            }
        return out;
    }
    // Calls `each` with a reader for the table [name], or every one of [[name]].
    template <class Each>
    void tables(std::string_view name, Each each) {
        const auto* node = find(name);
        if (node == nullptr) return;
        const auto one = [&](const toml::table& table) {
            Reader inner(table, where_ + std::string(name) + ".");
            each(inner);
            inner.refuse_rest();
            if (inner.error_ && !error_) error_ = inner.error_;
        };
        if (const auto* table = node->as_table()) return one(*table);
        if (const auto* array = node->as_array(); array != nullptr && array->is_array_of_tables())
            for (const auto& element : *array) one(*element.as_table());
        else
            fail(name, "must be a table");
    }
    [[nodiscard]] const toml::table& take_all() {
        for (const auto& [key, value] : table_) known_.insert(std::string(key.str()));
        return table_;
    }
    void refuse_rest() {
        for (const auto& [key, value] : table_)
            if (!known_.contains(std::string(key.str())))
                fail(key.str(), "is not an option that this version knows");
    }
    void fail(std::string_view name, std::string_view what) {
        if (!error_)
            error_ = ledger::malformed(where_ + std::string(name) + " " + std::string(what));
    }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  private:
    const toml::node* find(std::string_view name) {
        known_.insert(std::string(name));
        return table_.get(name);
    }

    const toml::table& table_;
    std::string where_;
    std::set<std::string> known_;
    std::optional<Error> error_;
};

Result<toml::table> parse_file(const std::filesystem::path& file, bool secret = false) {
    const auto bytes =
        secret ? ledger::read_secret_file(file, kMaxFile) : ledger::read_file(file, kMaxFile);
    if (!bytes) return bytes.error();
    return parse_toml(ledger::as_text(*bytes), file.string());
}

// "64 GiB", "512 MiB".
std::optional<std::uint64_t> parse_size(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc()) return std::nullopt;
    auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
    while (unit.starts_with(' ')) unit.remove_prefix(1);
    if (unit == "MiB" && number <= (std::uint64_t{1} << 24)) return number << 20;
    if (unit == "GiB" && number <= (std::uint64_t{1} << 14)) return number << 30;
    return std::nullopt;
}

constexpr std::string_view kUrlForm = "must be an https URL, like https://node.example:8443";

bool is_thumbprint(std::string_view text) {
    return ledger::array_from_hex<32>(text, "root").has_value();
}

std::optional<ledger::Severity> parse_severity(std::string_view text) {
    for (const auto severity :
         {ledger::Severity::minor, ledger::Severity::major, ledger::Severity::critical})
        if (ledger::to_string(severity) == text) return severity;
    return std::nullopt;
}

}  // namespace

bool is_node_url(std::string_view text) {
    constexpr std::string_view kScheme = "https://";
    return api::parse_origin(text.substr(0, text.find('/', kScheme.size()))).has_value();
}

std::optional<api::ListenAddress> parse_listen(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    api::ListenAddress out;
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    out.address = host;
    const auto port = text.substr(colon + 1);
    const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (failure != std::errc() || end != port.data() + port.size()) return std::nullopt;
    return out;
}

std::map<std::string, std::string> NodeConfig::trusted_roots() const {
    std::map<std::string, std::string> roots{{org, root}};
    for (const auto& partner : partners) roots.emplace(partner.org, partner.root);
    for (const auto& guest : guests) roots.emplace(guest.org, guest.root);
    return roots;
}

Result<NodeConfig> load_config(const std::filesystem::path& file) {
    const auto table = parse_file(file);
    if (!table) return table.error();
    NodeConfig config;
    config.file = std::filesystem::absolute(file);
    config.folder = config.file.parent_path();
    Reader in(*table, file.string() + ": ");
    const auto path = [&](std::string_view name, const char* fallback) {
        const std::filesystem::path given = in.text(name, fallback);
        return given.empty() ? given : config.folder / given;
    };
    config.org = in.required("org");
    if (!ledger::is_org_name(config.org)) in.fail("org", "must be a name like acme-ems.example");
    config.origin = config.org + "/ledger";
    config.root = in.required("root");
    if (!is_thumbprint(config.root)) in.fail("root", "must be a thumbprint of 64 hex digits");
    config.url = in.required("url");
    if (!is_node_url(config.url)) in.fail("url", kUrlForm);
    const auto listen = parse_listen(in.text("listen", "127.0.0.1:8443"));
    if (listen)
        config.listen = *listen;
    else
        in.fail("listen", "must be ADDRESS:PORT, like 127.0.0.1:8443");
    config.keys = path("keys", "keys");
    config.policy_file = path("policy", "policy.toml");
    config.tokens_file = path("tokens", "tokens.toml");
    config.salt_file = path("network_salt_file", "");
    config.replication_policy_file = path("replication_policy", "");
    config.readers = static_cast<unsigned>(in.number("readers", 1, 1, 64));
    config.store.folder = config.folder / "store";
    config.store.anchor = config.folder / "anchor";
    in.tables("store", [&](Reader& store) {
        config.store.folder = config.folder / store.text("folder", "store");
        config.store.anchor = config.folder / store.text("anchor", "anchor");
        if (const auto backups = store.text("backups"); !backups.empty())
            config.backups = config.folder / backups;
        const auto size = parse_size(store.text("map_size", "64 GiB"));
        if (size && *size >= (1 << 20))
            config.store.map_size = *size;
        else
            store.fail("map_size", "must be a size like \"64 GiB\" or \"512 MiB\", 1 MiB at least");
        const auto most = parse_size(store.text("max_map_size", "1024 GiB"));
        if (most && *most >= (1 << 20))
            config.store.max_map_size = std::max(*most, config.store.map_size);
        else
            store.fail("max_map_size", "must be a size like \"1024 GiB\", 1 MiB at least");
    });
    in.tables("replication", [&](Reader& replication) {
        config.poll_interval =
            std::chrono::milliseconds(replication.number("poll_ms", 1000, 50, 3'600'000));
    });
    in.tables("labels", [&](Reader& labels) {
        if (const auto profiles = labels.text("profiles"); !profiles.empty())
            config.label_profiles = config.folder / profiles;
    });
    in.tables("markings", [&](Reader& markings) {
        if (const auto rules = markings.text("rules"); !rules.empty())
            config.marking_rules = config.folder / rules;
    });
    in.tables("limits", [&](Reader& limits) {
        CallLimits& out = config.limits;
        const auto count = [&](std::string_view name, std::size_t& value) {
            value = static_cast<std::size_t>(
                limits.number(name, static_cast<std::int64_t>(value), 8, 1'000'000));
        };
        const auto rate = [&](std::string_view name, api::Rate& value) {
            const auto given =
                limits.number(name, static_cast<std::int64_t>(value.a_second), 1, 1'000'000);
            value.a_second = static_cast<double>(given);
            value.at_once = kSecondsAtOnce * value.a_second;
        };
        count("connections", out.connections);
        count("connections_per_address", out.connections_per_address);
        rate("connections_per_second", out.new_connections);
        rate("requests_per_second", out.strangers);
        rate("caller_requests_per_second", out.callers);
    });
    std::set<std::string> names{config.org};
    in.tables("partner", [&](Reader& partner) {
        PartnerConfig one{partner.required("org"), partner.required("root"), partner.text("url")};
        one.pull = partner.flag("pull", true);
        one.push = partner.flag("push", false);
        one.gzip = partner.flag("gzip", false);
        if (one.url.empty() && one.pull) partner.fail("url", "is missing");
        if (!one.url.empty() && !one.pull)
            partner.fail("pull", "is false: then it has no url, since nobody calls it");
        if (!one.url.empty() && !is_node_url(one.url)) partner.fail("url", kUrlForm);
        if (one.push && !one.pull)
            partner.fail("push", "needs a partner that can be reached, with a url");
        if (one.gzip && !one.pull)
            partner.fail("gzip",
                         "is for what is fetched, and nothing is fetched where pull = false");
        if (!ledger::is_org_name(one.org))
            partner.fail("org", "must be a name like acme-ems.example");
        if (one.org == config.org)
            partner.fail("org", one.org + " is this organisation itself, not a partner");
        if (!names.insert(one.org).second) partner.fail("org", one.org + " is named twice");
        if (!is_thumbprint(one.root)) partner.fail("root", "must be a thumbprint of 64 hex digits");
        config.partners.push_back(std::move(one));
    });
    in.tables("guest", [&](Reader& guest) {
        GuestConfig one{guest.required("org"), guest.required("root")};
        if (!ledger::is_org_name(one.org))
            guest.fail("org", "must be a name like acme-ems.example");
        if (!names.insert(one.org).second) guest.fail("org", one.org + " is named twice");
        if (!is_thumbprint(one.root)) guest.fail("root", "must be a thumbprint of 64 hex digits");
        config.guests.push_back(std::move(one));
    });
    in.refuse_rest();
    if (in.error()) return *in.error();
    // Compared as text from here on.
    const auto lower = [](std::string& hex) {
        for (char& c : hex)
            if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    };
    lower(config.root);
    for (auto& partner : config.partners) lower(partner.root);
    for (auto& guest : config.guests) lower(guest.root);
    return config;
}

Result<ledger::Policy> load_policy(const std::filesystem::path& file) {
    const auto table = parse_file(file);
    if (!table) return table.error();
    ledger::Policy policy;
    Reader in(*table, file.string() + ": ");
    policy.version = in.required("version");
    policy.lot_accounting = in.flag("lot_accounting", false);
    constexpr std::int64_t kYear = 24L * 366;
    in.tables("freshness", [&](Reader& freshness) {
        policy.stale_after = freshness.number("stale_hours", 24, 1, kYear) * 3600;
        policy.stale_major_after = freshness.number("stale_major_hours", 168, 1, kYear) * 3600;
        policy.shortest_transit = freshness.number("shortest_transit_hours", 1, 0, kYear) * 3600;
    });
    if (policy.stale_major_after < policy.stale_after)
        in.fail("freshness.stale_major_hours", "must not be less than stale_hours");
    in.tables("manufacturer", [&](Reader& one) {
        ledger::TrustedManufacturer manufacturer;
        manufacturer.org = one.required("org");
        manufacturer.mpns = one.texts("mpns");
        manufacturer.names = one.texts("names");
        policy.manufacturers.push_back(std::move(manufacturer));
    });
    in.tables("severity", [&](Reader& severity) {
        const auto& rules = ledger::all_rule_ids();
        for (const auto& [key, value] : severity.take_all()) {
            if (std::find(rules.begin(), rules.end(), key.str()) == rules.end())
                severity.fail(key.str(), "is not a rule that this version knows");
            const auto text = value.value_exact<std::string>();
            const auto parsed = text ? parse_severity(*text) : std::nullopt;
            if (parsed)
                policy.severities[std::string(key.str())] = *parsed;
            else
                severity.fail(key.str(), "must be \"minor\", \"major\" or \"critical\"");
        }
    });
    in.refuse_rest();
    if (in.error()) return *in.error();
    return policy;
}

Result<ledger::TlogPolicy> load_replication_policy(const std::filesystem::path& file) {
    const auto bytes = ledger::read_file(file, kMaxFile);
    if (!bytes) return bytes.error();
    auto policy = ledger::TlogPolicy::parse(ledger::as_text(*bytes));
    if (!policy) return ledger::within(file.string(), policy.error());
    return policy;
}

std::vector<std::string> softened_rules(const ledger::Policy& policy) {
    std::vector<std::string> out;
    for (const auto& [rule, severity] : policy.severities) {
        const auto worst = ledger::worst_severity(rule);
        if (severity >= worst) continue;
        out.push_back(rule + " is only " + std::string(ledger::to_string(severity)) +
                      (severity == ledger::Severity::minor
                           ? ": it stops no goods any more"
                           : ": it holds goods that it would reject as critical"));
    }
    return out;
}

Result<std::vector<api::Token>> load_tokens(const std::filesystem::path& file) {
    const auto table = parse_file(file, true);
    if (!table) return table.error();
    std::vector<api::Token> tokens;
    std::set<std::string> names;
    Reader in(*table, file.string() + ": ");
    in.tables("token", [&](Reader& one) {
        api::Token token;
        token.name = one.required("name");
        // Idempotency keys belong to a token's name.
        if (!names.insert(token.name).second) one.fail("name", token.name + " is there twice");
        token.scopes = one.texts("scopes");
        if (token.scopes.empty()) one.fail("scopes", "is missing or empty: it may do nothing");
        for (const auto& scope : token.scopes)
            if (!api::is_scope(scope))
                one.fail("scopes", "holds \"" + scope + "\"; it knows " +
                                       api::listed(api::scopes()) + ", and the roles " +
                                       api::listed(api::roles()));
        if (token.name.starts_with(api::kPersonPrefix))
            one.fail("name",
                     "begins with \"" + std::string(api::kPersonPrefix) + "\", as people do");
        const auto hash = ledger::array_from_hex<32>(one.required("sha256"), "sha256");
        if (hash)
            token.hash = *hash;
        else
            one.fail("sha256", "must be 64 hex digits");
        tokens.push_back(std::move(token));
    });
    in.refuse_rest();
    if (in.error()) return *in.error();
    return tokens;
}

Result<ledger::NetworkSalt> load_salt(const std::filesystem::path& file) {
    auto bytes = ledger::read_secret_file(file, 1024);
    if (!bytes) return bytes.error();
    auto text = ledger::as_text(*bytes);
    while (text.ends_with('\n') || text.ends_with(' ')) text.remove_suffix(1);
    auto salt = ledger::array_from_hex<16>(text, file.string() + ": network salt");
    ledger::wipe(bytes->data(), bytes->size());
    if (!salt) return salt.error();
    ledger::NetworkSalt out(*salt);
    ledger::wipe(salt->data(), salt->size());
    return out;
}

}  // namespace reelproof::node
