#include "ledger/vault/objects.h"

#include <limits>

#include <boost/json.hpp>

#include "ledger/base/sha256.h"
#include "ledger/format/json_fields.h"
#include "ledger/format/statement.h"
#include "ledger/format/strict_json.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {
namespace {

namespace json = boost::json;

constexpr std::size_t kId = 32;
constexpr std::uint64_t kLatest = 253402300799;  // the end of the year 9999

constexpr std::pair<Classification, std::string_view> kClassifications[] = {
    {Classification::open, "public"},
    {Classification::internal, "internal"},
    {Classification::confidential, "confidential"},
    {Classification::restricted, "restricted"}};

json::array list_of(const std::vector<std::string>& texts) {
    json::array out;
    for (const auto& text : texts) out.emplace_back(text);
    return out;
}

// Reads member after member; the first error stands for all.
class Reader {
  public:
    explicit Reader(const JsonFields& fields) : fields_(fields) {}

    std::string text(std::string_view name) { return taken(fields_.text(name)); }
    std::string optional_text(std::string_view name) { return taken(fields_.optional_text(name)); }
    std::string id(std::string_view name) {
        auto out = text(name);
        if (!error_ &&
            (out.size() != kId || out.find_first_not_of("0123456789abcdef") != std::string::npos))
            error_ = fields_.problem(name, "is not 32 lower-case hex digits");
        return out;
    }
    std::string optional_id(std::string_view name) {
        return fields_.has(name) ? id(name) : std::string();
    }
    std::vector<std::string> texts(std::string_view name) { return taken(fields_.texts(name)); }
    Hash hash(std::string_view name) { return taken(fields_.hash(name)); }
    std::uint64_t number(std::string_view name) { return taken(fields_.number(name)); }
    UnixSeconds time(std::string_view name) {
        const auto out = number(name);
        if (!error_ && out > kLatest) error_ = fields_.problem(name, "is after the year 9999");
        return static_cast<UnixSeconds>(std::min(out, kLatest));
    }
    bool flag(std::string_view name) {
        const auto out = optional_text(name);
        if (!error_ && out != "yes" && out != "no")
            error_ = fields_.problem(name, "is neither \"yes\" nor \"no\"");
        return out == "yes";
    }
    template <class T>
    T taken(Result<T> value) {
        if (value) return std::move(*value);
        if (!error_) error_ = value.error();
        return T{};
    }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  private:
    const JsonFields& fields_;
    std::optional<Error> error_;
};

struct Writer {
    json::object& out;

    void operator()(const Agreement& a) const {
        out["type"] = "vault.agreement";
        out["id"] = a.id;
        out["drafter"] = a.drafter;
        out["partner"] = a.partner;
        out["scope"] = a.scope;
        out["systems"] = list_of(a.systems);
        out["roles"] = list_of(a.roles);
        out["retention_days"] = a.retention_days;
        out["breach_notice_hours"] = a.breach_notice_hours;
        out["sub_tiers"] = a.sub_tiers ? "yes" : "no";
        out["audit_right"] = a.audit_right ? "yes" : "no";
        out["start"] = a.start;
        out["end"] = a.end;
    }
    void operator()(const Share& s) const {
        out["type"] = "vault.share";
        out["id"] = s.id;
        out["recipient"] = s.recipient;
        if (!s.role.empty()) out["role"] = s.role;
        if (!s.person.empty()) out["person"] = s.person;
        out["project"] = s.project;
        if (!s.document.empty()) out["document"] = s.document;
        out["purpose"] = s.purpose;
        if (!s.columns.empty()) out["columns"] = list_of(s.columns);
        out["mode"] = to_string(s.mode);
        out["end"] = s.end;
        if (!s.agreement.empty()) out["agreement"] = s.agreement;
        if (!s.of.empty()) out["of"] = s.of;
    }
    void operator()(const ReadRequest& r) const {
        out["type"] = "vault.request";
        out["share"] = r.share;
        out["document"] = r.document;
        out["version"] = r.version;
        out["reader"] = r.reader;
    }
    void operator()(const KeyRelease& r) const {
        out["type"] = "vault.release";
        out["request"] = to_hex(r.request);
        out["share"] = r.share;
        out["document"] = r.document;
        out["name"] = r.name;
        out["version"] = r.version;
        out["classification"] = to_string(r.classification);
        out["body"] = to_hex(r.body);
        out["size"] = r.size;
        if (r.retain_until != 0) out["retain_until"] = r.retain_until;
    }
    void operator()(const VaultEnd& e) const {
        out["type"] = "vault.end";
        out["what"] = e.what;
        out["id"] = e.id;
        out["reason"] = e.reason;
    }
    void operator()(const Destruction& d) const {
        out["type"] = "vault.destruction";
        out["share"] = d.share;
        out["bodies"] = list_of(d.bodies);
        out["reason"] = d.reason;
    }
    void operator()(const BomRelease& r) const {
        out["type"] = "bom.release";
        out["bom"] = r.bom;
        out["name"] = r.name;
        out["project"] = r.project;
        out["number"] = r.number;
        out["revision"] = r.revision;
        out["document"] = r.document;
        out["version"] = r.version;
        out["content"] = to_hex(r.content);
        out["lines"] = r.lines;
    }
    void operator()(const EngineeringChange& c) const {
        out["type"] = "bom.change";
        out["id"] = c.id;
        out["number"] = c.number;
        out["bom"] = c.bom;
        out["owner"] = c.owner;
        out["partner"] = c.partner;
        out["from"] = c.from;
        out["to"] = c.to;
        out["from_content"] = to_hex(c.from_content);
        out["to_content"] = to_hex(c.to_content);
        out["reason"] = c.reason;
        out["effect"] = to_string(c.effect);
        out["effect_value"] = c.effect_value;
        if (c.approve_by != 0) out["approve_by"] = c.approve_by;
    }
    void operator()(const ChangeApproval& a) const {
        out["type"] = "bom.approval";
        out["change"] = a.change;
        out["payload"] = to_hex(a.payload);
        out["approved"] = a.approved ? "yes" : "no";
        out["person"] = a.person;
        if (!a.reason.empty()) out["reason"] = a.reason;
    }
    void operator()(const ExitNotice& e) const {
        out["type"] = "vault.exit";
        out["id"] = e.id;
        out["reason"] = e.reason;
        out["until"] = e.until;
        out["part"] = e.part;
        out["parts"] = e.parts;
        if (!e.share.empty()) out["share"] = e.share;
        if (!e.bodies.empty()) out["bodies"] = list_of(e.bodies);
    }
    void operator()(const IncidentNotice& n) const {
        out["type"] = "vault.notice";
        out["id"] = n.id;
        out["known"] = n.known;
        out["lines"] = list_of(n.lines);
    }
    void operator()(const Passed& p) const {
        out["type"] = "vault.passed";
        out["share"] = p.share;
        out["statement"] = p.statement;
    }
};

VaultObject read_agreement(Reader& in) {
    Agreement a;
    a.id = in.id("id");
    a.drafter = in.text("drafter");
    a.partner = in.text("partner");
    a.scope = in.text("scope");
    a.systems = in.texts("systems");
    a.roles = in.texts("roles");
    a.retention_days = in.number("retention_days");
    a.breach_notice_hours = in.number("breach_notice_hours");
    a.sub_tiers = in.flag("sub_tiers");
    a.audit_right = in.flag("audit_right");
    a.start = in.time("start");
    a.end = in.time("end");
    return a;
}

VaultObject read_share(Reader& in) {
    Share s;
    s.id = in.id("id");
    s.recipient = in.text("recipient");
    s.role = in.optional_text("role");
    s.person = in.optional_text("person");
    s.project = in.text("project");
    s.document = in.optional_id("document");
    s.purpose = in.text("purpose");
    s.columns = in.texts("columns");
    const auto mode = in.text("mode");
    if (!in.error()) s.mode = in.taken(parse_share_mode(mode));
    s.end = in.time("end");
    s.agreement = in.optional_id("agreement");
    s.of = in.optional_id("of");
    return s;
}

VaultObject read_request(Reader& in) {
    ReadRequest r;
    r.share = in.id("share");
    r.document = in.id("document");
    r.version = in.number("version");
    r.reader = in.text("reader");
    return r;
}

VaultObject read_release(Reader& in, const JsonFields& fields) {
    KeyRelease r;
    r.request = in.hash("request");
    r.share = in.id("share");
    r.document = in.id("document");
    r.name = in.text("name");
    r.version = in.number("version");
    const auto classification = in.text("classification");
    if (!in.error()) r.classification = in.taken(parse_classification(classification));
    r.body = in.hash("body");
    r.size = in.number("size");
    if (fields.has("retain_until")) r.retain_until = in.time("retain_until");
    return r;
}

VaultObject read_destruction(Reader& in) {
    Destruction d;
    d.share = in.id("share");
    d.bodies = in.texts("bodies");
    d.reason = in.text("reason");
    return d;
}

VaultObject read_bom_release(Reader& in) {
    BomRelease r;
    r.bom = in.id("bom");
    r.name = in.text("name");
    r.project = in.text("project");
    r.number = in.number("number");
    r.revision = in.text("revision");
    r.document = in.id("document");
    r.version = in.number("version");
    r.content = in.hash("content");
    r.lines = in.number("lines");
    return r;
}

VaultObject read_change(Reader& in, const JsonFields& fields) {
    EngineeringChange c;
    c.id = in.id("id");
    c.number = in.text("number");
    c.bom = in.id("bom");
    c.owner = in.text("owner");
    c.partner = in.text("partner");
    c.from = in.number("from");
    c.to = in.number("to");
    c.from_content = in.hash("from_content");
    c.to_content = in.hash("to_content");
    c.reason = in.text("reason");
    const auto effect = in.text("effect");
    if (!in.error()) c.effect = in.taken(parse_effect_from(effect));
    c.effect_value = in.text("effect_value");
    if (fields.has("approve_by")) c.approve_by = in.time("approve_by");
    return c;
}

VaultObject read_approval(Reader& in) {
    ChangeApproval a;
    a.change = in.id("change");
    a.payload = in.hash("payload");
    a.approved = in.flag("approved");
    a.person = in.text("person");
    a.reason = in.optional_text("reason");
    return a;
}

VaultObject read_exit(Reader& in) {
    ExitNotice e;
    e.id = in.id("id");
    e.reason = in.text("reason");
    e.until = in.time("until");
    e.part = in.number("part");
    e.parts = in.number("parts");
    e.share = in.optional_id("share");
    e.bodies = in.texts("bodies");
    return e;
}

VaultObject read_passed(Reader& in, const JsonFields& fields) {
    Passed p;
    p.share = in.id("share");
    p.statement = in.taken(fields.long_text("statement", kMaxPassed));
    return p;
}

VaultObject read_notice(Reader& in) {
    IncidentNotice n;
    n.id = in.id("id");
    n.known = in.time("known");
    n.lines = in.texts("lines");
    return n;
}

VaultObject read_end(Reader& in) {
    VaultEnd e;
    e.what = in.text("what");
    e.id = in.id("id");
    e.reason = in.text("reason");
    return e;
}

}  // namespace

std::string_view to_string(Classification classification) {
    for (const auto& [value, name] : kClassifications)
        if (value == classification) return name;
    std::abort();
}

Result<Classification> parse_classification(std::string_view text) {
    for (const auto& [value, name] : kClassifications)
        if (name == text) return value;
    return malformed("classification must be public, internal, confidential or restricted");
}

std::string_view to_string(ShareMode mode) {
    return mode == ShareMode::view ? "view" : "download";
}

Result<ShareMode> parse_share_mode(std::string_view text) {
    if (text == "view") return ShareMode::view;
    if (text == "download") return ShareMode::download;
    return malformed("mode must be view or download");
}

std::string_view to_string(EffectFrom from) {
    if (from == EffectFrom::date) return "date";
    return from == EffectFrom::lot ? "lot" : "serial";
}

Result<EffectFrom> parse_effect_from(std::string_view text) {
    for (const auto from : {EffectFrom::date, EffectFrom::lot, EffectFrom::serial})
        if (to_string(from) == text) return from;
    return malformed("effect must be date, lot or serial");
}

bool Agreement::is_between(std::string_view one, std::string_view other) const {
    return (drafter == one && partner == other) || (drafter == other && partner == one);
}

std::string format_vault_object(const VaultObject& object) {
    json::object out;
    std::visit(Writer{out}, object);
    out["salt"] = to_hex(Secret<32>::random().expose());
    return json::serialize(out);
}

std::string format_commitment(std::string_view type, const Hash& digest) {
    return json::serialize(json::object{{"type", type}, {"digest", to_hex(digest)}});
}

Result<VaultObject> parse_vault_object(std::string_view text) {
    const auto type = check_json_object(text, "object");
    if (!type) return type.error();
    json::error_code failed;
    const auto document = json::parse({text.data(), text.size()}, failed);
    if (failed) return malformed("object is not JSON: " + failed.message());
    const JsonFields fields(document.get_object());
    Reader in(fields);
    std::optional<VaultObject> out;
    if (*type == "vault.agreement") out = read_agreement(in);
    if (*type == "vault.share") out = read_share(in);
    if (*type == "vault.passed") out = read_passed(in, fields);
    if (*type == "vault.request") out = read_request(in);
    if (*type == "vault.release") out = read_release(in, fields);
    if (*type == "vault.end") out = read_end(in);
    if (*type == "vault.destruction") out = read_destruction(in);
    if (*type == "vault.exit") out = read_exit(in);
    if (*type == "vault.notice") out = read_notice(in);
    if (*type == "bom.release") out = read_bom_release(in);
    if (*type == "bom.change") out = read_change(in, fields);
    if (*type == "bom.approval") out = read_approval(in);
    if (!out) return malformed("object has the type \"" + *type + "\", which is none of the vault");
    in.hash("salt");
    if (in.error()) return *in.error();
    // Nobody signs what nobody is shown.
    json::object known;
    std::visit(Writer{known}, *out);
    for (const auto& member : document.get_object())
        if (member.key() != "salt" && !known.contains(member.key()))
            return malformed("object has the member \"" + std::string(member.key()) +
                             "\", which no " + *type + " has, or which is empty");
    return std::move(*out);
}

namespace {

Result<SignedObject> read_view(const StatementView& view) {
    auto object = parse_vault_object(as_text(view.payload));
    if (!object) return object.error();
    return SignedObject{std::move(*object),   view.header.iss,        view.header.iat,
                        to_bytes(view.bytes), to_bytes(view.payload), sha256(view.bytes)};
}

}  // namespace

Result<SignedObject> sign_vault_object(const SecretKey& key, const std::string& org,
                                       UnixSeconds now, std::string_view payload) {
    const auto type = check_json_object(payload, "object");
    if (!type) return type.error();
    const auto statement = sign_statement(
        key, {std::string(wire::kPublicContentType), {}, org, *type, now}, as_bytes(payload));
    if (!statement) return statement.error();
    return read_signed_object(*statement);
}

Result<SignedObject> open_signed_object(ByteView statement, const Directory& directory) {
    const auto view = parse_statement(statement);
    if (!view) return view.error();
    const auto* issuer = directory.org(view->header.iss);
    // It may be on its way.
    if (issuer == nullptr)
        return Error{ErrorKind::unavailable,
                     "it is signed for " + view->header.iss + ", whose ledger we don't have"};
    // Behind all that its log says so far.
    const Place place{issuer->log, std::numeric_limits<std::uint64_t>::max()};
    const auto key = directory.key_for(place, *view);
    if (!key) return key.error();
    if (auto holds = verify_statement(*view, *key); !holds) return holds.error();
    return read_view(*view);
}

Result<SignedObject> read_signed_object(ByteView statement) {
    const auto view = parse_statement(statement);
    if (!view) return view.error();
    return read_view(*view);
}

}  // namespace reelproof::ledger
