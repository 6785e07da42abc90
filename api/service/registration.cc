#include "api/service/registration.h"

#include <algorithm>
#include <future>

#include "ledger/base/counted.h"
#include "ledger/format/text_rules.h"

namespace reelproof::api {

namespace {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

// Mirrors keep a guest's keys in memory as ours do.
constexpr std::size_t kMostKeyStatements = 64, kMostKeyBytes = 8UL * 1024;
// Mirrors take a log for one of the future from a day on (node/replication).
constexpr ledger::UnixSeconds kAhead = 3600;

Error untrusted(std::string text) {
    return {ErrorKind::untrusted, std::move(text)};
}

bool of_keys(std::string_view sub) {
    return sub == "org.genesis" || sub == "key.grant" || sub == "key.revoke";
}

Result<void> check_genesis(const ledger::OrgGenesis& genesis, const ledger::GuestAdmit& admitted) {
    if (ledger::thumbprint(genesis.root) != admitted.root)
        return untrusted("org.genesis has the root " + ledger::thumbprint(genesis.root) +
                         ", but the one that was admitted is " + admitted.root);
    // A guest has no node; with a TLS key of its own it would pass for a partner's.
    if (genesis.log_key || !genesis.origin.empty() || !genesis.url.empty() || genesis.mirror_key ||
        genesis.witness_key || genesis.receipt_key || genesis.tls_spki)
        return ledger::malformed("org.genesis names a node: a guest has none");
    return {};
}

Result<void> check_key_statement(const ledger::Directory& directory,
                                 const ledger::StatementView& statement,
                                 const ledger::GuestAdmit& admitted) {
    const auto* known = directory.org_in(ledger::kOwnLog, admitted.org);
    if (statement.bytes.size() > kMostKeyBytes ||
        (known != nullptr &&
         known->key_statements.size() + known->sealing_keys.size() >= kMostKeyStatements))
        return Error{ErrorKind::too_large, "a guest has at most " +
                                               ledger::counted(kMostKeyStatements, "statement") +
                                               " about its keys, each of at most 8 KiB"};
    const auto parsed = ledger::parse_public(ledger::as_text(statement.payload));
    if (!parsed) return parsed.error();
    if (std::holds_alternative<ledger::TlsGrant>(*parsed))
        return ledger::malformed("key.grant is of a TLS key: a guest has no node");
    if (const auto* genesis = std::get_if<ledger::OrgGenesis>(&*parsed))
        return check_genesis(*genesis, admitted);
    return {};
}

}  // namespace

Result<ledger::PublicKey> admit_statement(const ledger::Directory& directory,
                                          const std::string& host,
                                          const ledger::StatementView& statement,
                                          std::uint64_t log_size, ledger::UnixSeconds now) {
    const auto& header = statement.header;
    const auto* owner = directory.org_in(ledger::kOwnLog, host);
    const auto* guest = owner != nullptr && owner->guests.contains(header.iss)
                            ? &owner->guests.find(header.iss)->second
                            : nullptr;
    if (guest == nullptr)
        return untrusted(header.iss + " is not admitted to this log: " + host +
                         " admits it with `reelproof guest admit`");
    if (guest->dismissed_at)
        return untrusted(header.iss + " is no longer admitted to this log, since entry " +
                         std::to_string(*guest->dismissed_at));
    const auto& admitted = guest->what;
    if (admitted.not_after && now > *admitted.not_after)
        return untrusted(header.iss + " was admitted to this log until " +
                         ledger::to_iso8601(*admitted.not_after));
    if (header.iat > now + kAhead)
        return ledger::malformed("iat " + ledger::to_iso8601(header.iat) +
                                 " is ahead of this node's clock: is yours right?");
    if (of_keys(header.sub)) {
        if (auto fine = check_key_statement(directory, statement, admitted); !fine)
            return fine.error();
    } else if (std::find(admitted.may.begin(), admitted.may.end(), header.sub) ==
               admitted.may.end()) {
        return untrusted(header.iss + " may not register " + header.sub + " in this log");
    }
    auto key = directory.key_for({ledger::kOwnLog, log_size}, statement, now);
    if (!key) return key.error();
    if (auto holds = ledger::verify_statement(statement, *key); !holds) return holds.error();
    return key;
}

namespace {

// Another organisation that has this root: ourselves, one that we trust, or a guest.
std::string other_with_root(const ledger::Directory& directory, const std::string& us,
                            const ledger::GuestAdmit& admit) {
    for (const auto& org : directory.trusted_orgs())
        if (const auto* root = directory.root_of(org);
            org != admit.org && root != nullptr && *root == admit.root)
            return org;
    if (const auto* own = directory.org_in(ledger::kOwnLog, us))
        for (const auto& [org, guest] : own->guests)
            if (org != admit.org && guest.what.root == admit.root) return org;
    return {};
}

}  // namespace

Result<void> check_admission(const ServiceContext& context, const ledger::GuestAdmit& admit) {
    if (!ledger::is_org_name(admit.org))
        return ledger::malformed("org must be a name like small-connectors.example, in lower case");
    if (!ledger::array_from_hex<32>(admit.root, "root"))
        return ledger::malformed("root must be the thumbprint of its root key, 64 hex digits");
    if (admit.org == context.org) return ledger::malformed("org: that is ourselves");
    if (admit.not_after && *admit.not_after < context.clock())
        return ledger::malformed(
            "not_after is past: it could register nothing; is the year right? What ends a guest's "
            "right is `guest dismiss`");
    for (const auto& sub : admit.may)
        if (sub == "*" || of_keys(sub))
            return ledger::malformed(
                "may names what it registers, like sealed or recall; its keys it may always");
    const auto directory = context.store.directory();
    const auto* known = directory->org(admit.org);
    if (known != nullptr && !known->guest)
        return Error{ErrorKind::conflict,
                     "org: " + admit.org + " has a node and a log of its own: it is no guest"};
    const auto* own = directory->org_in(ledger::kOwnLog, context.org);
    const bool guest =
        context.guests.contains(admit.org) || (own != nullptr && own->guests.contains(admit.org));
    if (directory->trusts(admit.org) && !guest)
        return Error{
            ErrorKind::conflict,
            "org: " + admit.org + " is a partner, which keeps a log of its own: it is no guest"};
    if (const auto other = other_with_root(*directory, context.org, admit); !other.empty())
        return Error{ErrorKind::conflict, "root: that is the root key of " + other +
                                              ", and each organisation has its own: ask " +
                                              admit.org + " for its thumbprint"};
    const auto* root = directory->root_of(admit.org);
    const auto* here = directory->org_in(ledger::kOwnLog, admit.org);
    const auto trusted = root != nullptr   ? *root
                         : here != nullptr ? ledger::thumbprint(here->genesis.root)
                                           : admit.root;
    if (trusted != admit.root)
        return Error{ErrorKind::conflict, "root: the root of " + admit.org + " is known here as " +
                                              trusted +
                                              ": an organisation keeps its root key for good"};
    return {};
}

Result<Registration::Outcome> Registration::submit(ledger::Bytes statement, const MayNow& may_now) {
    const auto parsed = ledger::parse_statement(statement);
    if (!parsed) return parsed.error();
    const auto directory = context_.store.directory();
    const auto head = context_.store.head(ledger::kOwnLog);
    if (!head) return Error{ErrorKind::unavailable, "this log is empty yet"};
    const auto key =
        admit_statement(*directory, context_.org, *parsed, head->checkpoint.size, context_.clock());
    Outcome out;
    out.leaf = ledger::leaf_hash(statement);
    // The same again, after a lost answer, is answered as it was, whatever has become of its guest.
    if (const auto index = context_.store.find_statement(out.leaf)) {
        out.index = *index;
        return out;
    }
    if (!key) return key.error();
    // Only what is truly of this guest counts against it.
    if (auto may = may_now(parsed->header.iss); !may) return may.error();
    const auto done = std::make_shared<std::promise<Result<ledger::Placement>>>();
    auto answer = done->get_future();
    {
        const std::lock_guard lock(running_->mutex);
        running_->leaves.insert(out.leaf);
    }
    context_.sequencer.submit(std::move(statement), [done, running = running_, leaf = out.leaf](
                                                        Result<ledger::Placement> placed) {
        {
            const std::lock_guard lock(running->mutex);
            running->leaves.erase(running->leaves.find(leaf));
        }
        done->set_value(std::move(placed));
    });
    if (answer.wait_for(patience_) != std::future_status::ready) return out;
    const auto placed = answer.get();
    if (!placed) return placed.error();
    out.index = placed->index;
    return out;
}

bool Registration::running(const ledger::Hash& leaf) const {
    const std::lock_guard lock(running_->mutex);
    return running_->leaves.contains(leaf);
}

}  // namespace reelproof::api
