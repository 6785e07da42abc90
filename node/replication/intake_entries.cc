// Entries that a log delivers itself (C2SP tlog-mirror add-entries).
#include <algorithm>

#include "ledger/base/sha256.h"
#include "ledger/format/statement.h"
#include "ledger/format/subtree_proof.h"
#include "ledger/format/wire.h"
#include "node/replication/cosigning.h"
#include "node/replication/intake.h"
#include "node/replication/misbehaviour.h"

namespace reelproof::node {
namespace {

using api::SubmissionAnswer;
using ledger::Error;
using ledger::ErrorKind;

constexpr std::uint64_t kWidth = ledger::wire::kTileWidth;
// Who begins further back than this sends mostly what is here already.
constexpr std::uint64_t kFurthestBack = 32 * kWidth;
// Taken from one request; the rest is to be sent again.
constexpr std::size_t kMostPackages = 64;
// Several uploads at once get in each other's way now and then.
constexpr int kTries = 4;

}  // namespace

struct Intake::Upload {
    PartnerGenesis log;
    ledger::UploadHead head;
    Pending target;
    std::optional<SignedCheckpoint> copy;         // ours, at the beginning
    std::vector<ledger::UploadPackage> packages;  // authenticated, one after the other
    std::shared_ptr<ledger::RefusedEntry> refused = std::make_shared<ledger::RefusedEntry>();

    [[nodiscard]] std::uint64_t held() const { return copy ? copy->checkpoint.size : 0; }
    [[nodiscard]] std::uint64_t end() const {
        return packages.empty() ? head.start : packages.back().end();
    }
};

SubmissionAnswer Intake::add_entries(std::string_view body, const api::Peer& peer) {
    auto reader = ledger::UploadReader::open(ledger::as_bytes(body));
    if (!reader) return {400, reader.error().message};
    const auto log = find_mirrored(reader->head().origin);
    if (!log) return {404, "no such log is mirrored here"};
    if (auto why = why_frozen(deps_.store, log->log_key); !why.empty())
        return {403, "the log " + log->origin + " is frozen: " + why};
    const bool own = is_node_of(*log, peer);
    if (!admit(*log, own)) return {429, "the log " + log->origin + " is submitted too often"};
    if (!deps_.sequencer.refusing().empty()) return {503, kSignsNothing};
    auto newest = pending(*log);
    if (!newest)
        return {422, "no checkpoint of this log was submitted yet: add-checkpoint is first"};
    Upload upload{.log = *log,
                  .head = reader->head(),
                  .target = std::move(*newest),
                  .copy = {},
                  .packages = {}};
    // Nothing may be uploaded to an empty tree.
    if (upload.target.checkpoint.size == 0) return go_on(409, upload);
    if (auto held = held_copy(deps_.store, log->log_key)) upload.copy = std::move(held->head);
    const auto target = upload_target(upload);
    if (!target || target->checkpoint.size < upload.held()) return go_on(409, upload);
    upload.target = *target;
    const std::uint64_t next = deps_.sequencer.mirror_stored(log->origin);
    const std::uint64_t start = upload.head.start;
    // The beginning of a bundle must be seen by readers before the rest of it can be checked.
    if (start > next || (start % kWidth != 0 && start > upload.held()) ||
        start + kFurthestBack < next)
        return go_on(409, upload);
    const Turn turn(*this, own);
    if (!turn.taken()) return {503, kOthersFirst};
    if (auto refused = take_packages(upload, *reader)) return std::move(*refused);
    return finish(upload, own);
}

std::optional<Intake::Pending> Intake::upload_target(const Upload& upload) const {
    if (upload.head.end == upload.target.checkpoint.size) return upload.target;
    // What we hold was a pending checkpoint once.
    if (upload.copy && upload.head.end == upload.held()) return upload.copy;
    return open_ticket(upload);
}

// Checks and stores what is there. An answer, unless all went well.
std::optional<SubmissionAnswer> Intake::take_packages(Upload& upload,
                                                      ledger::UploadReader& reader) {
    ledger::Result<void> verified;
    while (upload.packages.size() < kMostPackages) {
        auto package = reader.next();
        if (!package) break;
        verified = verify(upload, *package);
        if (!verified) break;
        upload.packages.push_back(std::move(*package));
    }
    if (verified && upload.packages.empty() && upload.head.start != upload.head.end)
        return SubmissionAnswer{400, "the upload holds no whole package"};
    if (!upload.packages.empty() || upload.head.start == upload.head.end) {
        if (auto stored = store(upload); !stored) {
            if (stored.error().kind == ErrorKind::unavailable)
                return SubmissionAnswer{503, stored.error().message};
            if (auto frozen = convict(upload, stored.error())) return frozen;
            // The log signed what must not be in it; or parts that came another way were wrong, and
            // are gone now.
            const bool blamed = !upload.refused->on_unproved || upload.refused->by_itself();
            if (blamed && stored.error().kind != ErrorKind::conflict &&
                deps_.sequencer.mirror_stored(upload.log.origin) >= upload.head.start) {
                keep_bad_entry(upload, stored.error());
                return SubmissionAnswer{422, stored.error().message};
            }
            return go_on(409, upload);
        }
    }
    if (!verified) return SubmissionAnswer{422, verified.error().message};
    return std::nullopt;
}

// Its place in the signed tree was proved before, whoever delivers it, and so was the place of what
// came along. Then it is the log that signed what can't be right.
std::optional<SubmissionAnswer> Intake::convict(const Upload& upload, const Error& error) {
    const auto proof =
        prove_refused(*upload.refused, [&](std::uint64_t index, const ledger::Bytes& entry) {
            return prove_entry(upload, index, entry);
        });
    if (!proof) return std::nullopt;
    const auto judged = judge_entry(deps_, upload.log.log_key, error, *upload.refused, *proof);
    if (!judged) return SubmissionAnswer{503, judged.error().message};
    if (judged->empty()) return std::nullopt;
    keep_refused(incidents_, upload.log.origin, error, *upload.refused, upload.target.note, true);
    hear(upload.log.org, "its log is frozen: " + *judged);
    return SubmissionAnswer{403, "the log " + upload.log.origin + " is frozen: " + *judged};
}

std::optional<ledger::TlogProof> Intake::prove_entry(const Upload& upload, std::uint64_t index,
                                                     const ledger::Bytes& entry) const {
    for (const ledger::UploadPackage& package : upload.packages) {
        if (index < package.start || index >= package.end()) continue;
        // A bundle is a node of the tree, whole or at its end: above it the way is the same.
        const std::vector<ledger::Hash> leaves = leaves_of(upload, package);
        const ledger::SubtreeHash bundle = [&](int level, std::uint64_t at) {
            ledger::Frontier node;
            for (std::uint64_t i = at << level; i < (at + 1) << level; ++i) node.append(leaves[i]);
            return node.root();
        };
        ledger::TlogProof proof{
            .index = index,
            .path = ledger::inclusion_proof(index - package.bundle(), leaves.size(), bundle),
            .extra = {},
            .checkpoint = upload.target.note};
        proof.path.insert(proof.path.end(), package.proof.begin(), package.proof.end());
        if (ledger::verify_tlog_proof(proof, entry, upload.log.log_key)) return proof;
    }
    return std::nullopt;
}

void Intake::keep_bad_entry(const Upload& upload, const Error& error) {
    const std::string what = "its log holds what it must not: " + error.message;
    if (upload.refused->why == ledger::RefusedEntry::Why::none) return hear(upload.log.org, what);
    keep_refused(incidents_, upload.log.origin, Error{error.kind, what}, *upload.refused,
                 upload.target.note, true);
}

// Of the whole bundle: entries that come after some which we hold are checked together with those.
std::vector<ledger::Hash> Intake::leaves_of(const Upload& upload,
                                            const ledger::UploadPackage& package) const {
    std::vector<ledger::Hash> leaves;
    if (package.bundle() < package.start) {
        const auto info = deps_.store.log_by_origin(upload.log.origin);
        const ledger::SubtreeHash held = deps_.store.subtree(info->id);
        for (std::uint64_t i = package.bundle(); i < package.start; ++i)
            leaves.push_back(held(0, i));
    }
    for (const ledger::ByteView entry : package.entries) leaves.push_back(ledger::leaf_hash(entry));
    return leaves;
}

ledger::Result<void> Intake::verify(const Upload& upload,
                                    const ledger::UploadPackage& package) const {
    ledger::Frontier bundle;
    for (const ledger::Hash& leaf : leaves_of(upload, package)) bundle.append(leaf);
    return ledger::verify_subtree_proof(package.bundle(), package.end(), bundle.root(),
                                        upload.target.checkpoint.size,
                                        upload.target.checkpoint.root, package.proof);
}

ledger::Result<void> Intake::store(Upload& upload) {
    ledger::Result<void> stored;
    for (int i = 0; i < kTries; ++i) {
        const std::uint64_t from = deps_.sequencer.mirror_stored(upload.log.origin);
        if (from < upload.head.start)
            return Error{ErrorKind::conflict, "entries before these are not here any more"};
        ledger::MirrorBatch batch{.origin = upload.log.origin,
                                  .org = upload.log.org,
                                  .start = from,
                                  .entries = {},
                                  .note = upload.target.note,
                                  .witnessed = true,
                                  .proved = true,
                                  .refused = upload.refused};
        for (const ledger::UploadPackage& package : upload.packages)
            for (std::uint64_t at = std::max(from, package.start); at < package.end(); ++at)
                batch.entries.push_back(ledger::to_bytes(package.entries[at - package.start]));
        // All there: what is left may be to make it visible.
        if (batch.entries.empty() && from != upload.target.checkpoint.size) return {};
        stored = deps_.sequencer.store_mirror(std::move(batch)).get();
        if (stored || stored.error().kind != ErrorKind::conflict) return stored;
    }
    return stored;
}

SubmissionAnswer Intake::finish(Upload& upload, bool own) {
    if (upload.end() < upload.head.end) return go_on(202, upload);
    if (const auto found = judge_suspects(deps_, incidents_, upload.log.log_key);
        found && !found->empty()) {
        hear(upload.log.org, "its log is frozen: " + *found);
        return {403, "the log " + upload.log.origin + " is frozen: " + *found};
    }
    auto cosigned = cosign_copy(deps_, upload.log.log_key);
    if (!cosigned) return {503, cosigned.error().message};
    // Somebody else may have brought more meanwhile; then that is what counts.
    if (!*cosigned || (*cosigned)->text != upload.target.text) return go_on(409, upload);
    const auto newest = pending(upload.log);
    if (newest && newest->checkpoint == upload.target.checkpoint && own)
        hear(upload.log.org, std::nullopt);
    return {200, (*cosigned)->line};
}

SubmissionAnswer Intake::go_on(int status, const Upload& upload) const {
    // A part of a bundle that is not visible yet is to be sent again with the rest of it.
    std::uint64_t next = deps_.sequencer.mirror_stored(upload.log.origin);
    if (next > upload.held()) next = std::max(upload.held(), next / kWidth * kWidth);
    return {status, ledger::format_mirror_info(
                        {upload.target.checkpoint.size, next, ticket_for(upload.target)})};
}

// The signed checkpoint, under a key that lasts as long as this process. Who has no valid ticket
// goes on with the newest checkpoint.
ledger::Bytes Intake::ticket_for(const Pending& target) const {
    const auto note = ledger::as_bytes(target.note);
    const ledger::Hash mac = ledger::hmac_sha256(ticket_key_.expose(), note);
    ledger::Bytes out(mac.size() + note.size());
    std::copy(note.begin(), note.end(), std::copy(mac.begin(), mac.end(), out.begin()));
    return out;
}

std::optional<Intake::Pending> Intake::open_ticket(const Upload& upload) const {
    const ledger::ByteView ticket(upload.head.ticket);
    constexpr std::size_t kMac = ledger::Hash{}.size();
    if (ticket.size() <= kMac) return std::nullopt;
    const ledger::ByteView note = ticket.subspan(kMac);
    const ledger::Hash mac = ledger::hmac_sha256(ticket_key_.expose(), note);
    if (!ledger::equal_secret(mac, ticket.first(kMac))) return std::nullopt;
    auto target = check_checkpoint(ledger::as_text(note), upload.log.log_key);
    if (!target || target->checkpoint.size != upload.head.end) return std::nullopt;
    return std::move(*target);
}

}  // namespace reelproof::node
