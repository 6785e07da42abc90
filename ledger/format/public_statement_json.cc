// Writing the JSON of public statements. Declared in public_statement.h.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "ledger/format/public_statement.h"

namespace reelproof::ledger {
namespace {

namespace json = boost::json;

json::array list_of(const std::vector<std::string>& texts) {
    json::array out;
    for (const std::string& text : texts) out.emplace_back(text);
    return out;
}

void add_time(json::object& out, std::string_view name, const std::optional<UnixSeconds>& time) {
    if (time) out[name] = *time;
}

void add_grant(json::object& out, const KeyGrant& grant) {
    out["key"] = to_hex(grant.key.compressed());
    out["role"] = grant.role;
    out["may"] = list_of(grant.may);
    add_time(out, "not_before", grant.not_before);
    add_time(out, "not_after", grant.not_after);
}

// Boost.JSON keeps members in the order in which they were added.
struct Writer {
    json::object& out;

    void operator()(const OrgGenesis& genesis) const {
        out["type"] = "org.genesis";
        out["org"] = genesis.org;
        out["root"] = to_hex(genesis.root.compressed());
        if (!genesis.origin.empty()) out["origin"] = genesis.origin;
        if (!genesis.url.empty()) out["url"] = genesis.url;
        if (genesis.log_key) out["log_key"] = genesis.log_key->vkey();
        if (genesis.mirror_key) out["mirror_key"] = genesis.mirror_key->vkey();
        if (genesis.witness_key) out["witness_key"] = genesis.witness_key->vkey();
        if (genesis.receipt_key) out["receipt_key"] = to_hex(genesis.receipt_key->compressed());
        if (genesis.tls_spki) out["tls_spki"] = to_hex(*genesis.tls_spki);
        if (genesis.sealing_key) out["sealing_key"] = to_hex(*genesis.sealing_key);
        json::array keys;
        for (const KeyGrant& grant : genesis.keys) {
            json::object key;
            add_grant(key, grant);
            keys.emplace_back(std::move(key));
        }
        out["keys"] = std::move(keys);
    }
    void operator()(const KeyGrant& grant) const {
        out["type"] = "key.grant";
        add_grant(out, grant);
    }
    void operator()(const TlsGrant& grant) const {
        out["type"] = "key.grant";
        out["kind"] = "tls";
        out["tls_spki"] = to_hex(grant.spki);
        out["url"] = grant.url;
    }
    void operator()(const SealingGrant& grant) const {
        out["type"] = "key.grant";
        out["kind"] = "sealing";
        out["sealing_key"] = to_hex(grant.key);
    }
    void operator()(const KeyRevoke& revoke) const {
        out["type"] = "key.revoke";
        out["key"] = to_hex(revoke.key.compressed());
        out["reason"] = revoke.reason;
    }
    void operator()(const SourceAuthorise& source) const {
        out["type"] = "source.authorise";
        out["org"] = source.org;
        out["mpns"] = list_of(source.mpns);
        add_time(out, "not_before", source.not_before);
        add_time(out, "not_after", source.not_after);
    }
    void operator()(const Recall& recall) const {
        out["type"] = "recall";
        if (!recall.mpn.empty()) out["mpn"] = recall.mpn;
        out["lots"] = list_of(recall.lots);
        out["date_codes"] = list_of(recall.date_codes);
        out["reason"] = recall.reason;
    }
    void operator()(const LogEvidence& evidence) const {
        out["type"] = "log.evidence";
        out["origin"] = evidence.origin;
        out["first"] = evidence.first;
        out["second"] = evidence.second;
        out["size"] = evidence.size;
        if (evidence.prefix_root) out["prefix_root"] = to_hex(*evidence.prefix_root);
        json::array proof;
        for (const Hash& hash : evidence.proof) proof.emplace_back(to_hex(hash));
        out["proof"] = std::move(proof);
        out["reason"] = evidence.reason;
    }
    void operator()(const GuestAdmit& guest) const {
        out["type"] = "guest.admit";
        out["org"] = guest.org;
        out["root"] = guest.root;
        out["may"] = list_of(guest.may);
        add_time(out, "not_after", guest.not_after);
    }
    void operator()(const GuestDismiss& guest) const {
        out["type"] = "guest.dismiss";
        out["org"] = guest.org;
        if (!guest.reason.empty()) out["reason"] = guest.reason;
    }
    void operator()(const OtherPublic& other) const { out["type"] = other.type; }
};

}  // namespace

std::string format_public(const PublicStatement& statement) {
    json::object out;
    std::visit(Writer{out}, statement);
    return json::serialize(out);
}

}  // namespace reelproof::ledger
