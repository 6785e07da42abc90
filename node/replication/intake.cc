// Genesis and checkpoints. Entries are in intake_entries.cc.
#include "node/replication/intake.h"

#include <algorithm>

#include "ledger/base/counted.h"
#include "ledger/format/evidence.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "node/replication/cosigning.h"
#include "node/replication/misbehaviour.h"

namespace reelproof::node {
namespace {

using api::SubmissionAnswer;
using ledger::Error;
using ledger::ErrorKind;

// Each costs a flush of the disk. Others than a log's own node don't take its share.
constexpr double kByOwnNode = 50, kByOthers = 5;  // a second
constexpr double kAtOnce = 4;                     // seconds of that
// Each holds a worker while the store has others to serve. Together fewer than there are workers,
// so that verdicts always find one.
constexpr int kOwnTurns = 2, kOthersTurns = 1;
// A request is given up by either side long before.
constexpr std::chrono::minutes kLongestOnItsWay{5};

SubmissionAnswer refuse(int status, const Error& error) {
    return {status, error.message};
}

}  // namespace

Intake::Intake(const ReplicatorDeps& deps, Incidents& incidents)
    : deps_(deps), incidents_(incidents) {}

std::vector<std::string> Intake::origins() const {
    std::vector<std::string> out;
    for (const PartnerConfig& partner : deps_.partners) out.push_back(partner.org + "/ledger");
    return out;
}

Intake::Heard Intake::heard(const std::string& org) const {
    const std::lock_guard lock(mutex_);
    const auto found = heard_.find(org);
    return found == heard_.end() ? Heard{} : found->second;
}

// With an alarm, or without: then all is well, and the copy is the newest there is.
void Intake::hear(const std::string& org, const std::optional<std::string>& alarm) {
    const ledger::UnixSeconds now = deps_.clock();
    const std::string origin = org + "/ledger";
    if (!alarm) {
        incidents_.settle_served(origin);
        // Held it may be, but not fresh.
        const ledger::UnixSeconds newest = deps_.store.copy_marks(origin).newest.iat;
        if (newest > now + kFuture) return;
    }
    {
        const std::lock_guard lock(mutex_);
        Heard& heard = heard_[org];
        if (!alarm) heard.time = now;
        heard.alarm = alarm.value_or("");
    }
    if (alarm && deps_.log) deps_.log(api::LogLevel::error, org + ": " + *alarm);
}

std::optional<PartnerGenesis> Intake::find(const std::string& origin) const {
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = known_.find(origin); known != known_.end()) return known->second;
    }
    for (const PartnerConfig& partner : deps_.partners) {
        if (partner.org + "/ledger" != origin) continue;
        auto kept = kept_genesis(deps_.store, partner.org, partner.root);
        if (!kept) return std::nullopt;
        const std::lock_guard lock(mutex_);
        return known_.insert_or_assign(origin, std::move(*kept)).first->second;
    }
    return std::nullopt;
}

// Our policy may keep a partner's log out.
std::optional<PartnerGenesis> Intake::find_mirrored(const std::string& origin) const {
    auto log = find(origin);
    return log && why_not_mirrored(deps_, log->log_key).empty() ? log : std::nullopt;
}

// Another may name the same key in its log: what counts is what this one says.
bool Intake::is_node_of(const PartnerGenesis& log, const api::Peer& peer) const {
    if (!peer.certificate_spki) return false;
    const auto keys = known_address(deps_.store, log, deps_.clock()).pins;
    return std::find(keys.begin(), keys.end(), *peer.certificate_spki) != keys.end();
}

std::optional<std::string> Intake::org_of(const api::Peer& peer) const {
    for (const PartnerConfig& partner : deps_.partners)
        if (const auto log = find(partner.org + "/ledger"); log && is_node_of(*log, peer))
            return partner.org;
    return std::nullopt;
}

Intake::Turn::Turn(Intake& intake, bool own)
    : intake_(intake), turns_(own ? intake.own_turns_ : intake.others_turns_) {
    const std::lock_guard lock(intake_.mutex_);
    taken_ = turns_ < (own ? kOwnTurns : kOthersTurns);
    if (taken_) ++turns_;
}

Intake::Turn::~Turn() {
    const std::lock_guard lock(intake_.mutex_);
    if (taken_) --turns_;
}

bool Intake::admit(const PartnerGenesis& log, bool own) {
    const double rate = own ? kByOwnNode : kByOthers;
    const auto now = deps_.steady_clock();
    const std::lock_guard lock(mutex_);
    return (own ? own_ : others_)
        .try_emplace(log.origin, rate, rate * kAtOnce, now)
        .first->second.take(now);
}

SubmissionAnswer Intake::add_genesis(std::string_view body, const api::Peer&) {
    auto statement = ledger::parse_statement(ledger::as_bytes(body));
    if (!statement) return refuse(400, statement.error());
    for (const PartnerConfig& partner : deps_.partners) {
        if (partner.org != statement->header.iss) continue;
        if (statement->header.sub == "key.grant") return add_tls_grant(partner, body);
        auto genesis =
            verify_genesis(ledger::to_bytes(ledger::as_bytes(body)), partner.org, partner.root);
        if (!genesis) return refuse(403, genesis.error());
        // As at every other first contact.
        if (kept_genesis(deps_.store, partner.org, partner.root)) return {204, {}};
        if (auto kept = keep_genesis(deps_.sequencer, std::move(*genesis), partner.root); !kept)
            return refuse(503, kept.error());
        if (deps_.log) deps_.log(api::LogLevel::info, "met " + partner.org + ", which called us");
        return {204, {}};
    }
    return {404, "we were not configured with " + statement->header.iss};
}

// Its node may show another TLS key than we know of: then its log, which would tell, is what we
// refuse to take from it.
SubmissionAnswer Intake::add_tls_grant(const PartnerConfig& partner, std::string_view body) {
    const auto log = find(partner.org + "/ledger");
    if (!log) return {404, "the org.genesis of " + partner.org + " is not known here yet"};
    if (auto kept = keep_tls_grant(deps_.store, deps_.sequencer, *log, ledger::as_bytes(body));
        !kept) {
        const bool ours = kept.error().kind == ErrorKind::unavailable;
        return refuse(ours ? 503 : 403, kept.error());
    }
    return {204, {}};
}

// The newest checkpoint of that log which we know: witnessed, or that of our copy.
std::optional<Intake::Pending> Intake::pending(const PartnerGenesis& log) const {
    std::optional<Pending> out;
    if (const auto held = held_copy(deps_.store, log.log_key)) out = held->head;
    const auto witnessed = deps_.store.witnessed(log.origin);
    if (!witnessed || (out && out->checkpoint.size > witnessed->checkpoint.size)) return out;
    auto signed_checkpoint = check_checkpoint(witnessed->note, log.log_key);
    if (!signed_checkpoint)
        throw ledger::EnvironmentError("the store is damaged: the witnessed checkpoint of " +
                                       log.origin + ": " + signed_checkpoint.error().message);
    return std::move(*signed_checkpoint);
}

// Two signed checkpoints that can't both be true freeze the log, whoever brought the second one.
std::string Intake::contradiction(const PartnerGenesis& log, const SignedCheckpoint& submitted) {
    const auto judge = [&](const SignedCheckpoint& known, const ledger::SubtreeHash& tree) {
        auto judged = judge_checkpoints(deps_, log.log_key, submitted.note, known.note, tree);
        return judged ? *judged : std::string();
    };
    const std::uint64_t size = submitted.checkpoint.size;
    if (const auto held = held_copy(deps_.store, log.log_key);
        held && size <= held->head.checkpoint.size)
        return judge(held->head, deps_.store.subtree(held->id));
    const auto known = pending(log);
    // Of equal size no tree is asked for.
    if (known && known->checkpoint.size == size) return judge(*known, {});
    return {};
}

// Larger than all that we know of the log, and not proved to contain that. An honest log makes no
// such proof but by a mistake; whoever else has its checkpoint can put any proof beside it.
void Intake::unproven(const PartnerGenesis& log, const SignedCheckpoint& submitted,
                      std::uint64_t old_size, const std::vector<ledger::Hash>& proof, bool own) {
    const auto known = pending(log);
    if (!known || known->checkpoint.size != old_size || old_size == 0 ||
        submitted.checkpoint.size <= old_size)
        return;
    const auto judged = judge_proof(deps_, log.log_key, *known, submitted, proof);
    if (judged && !judged->empty()) {
        hear(log.org, "its log is frozen: " + *judged);
        return;
    }
    if (!own) return;
    const std::string text = "it handed in a signed tree of " +
                             ledger::counted(submitted.checkpoint.size, "entry") +
                             " and did not prove that this contains the " +
                             std::to_string(old_size) + " that it had signed before";
    incidents_.raise(log.origin, {.kind = IncidentKind::suspect,
                                  .text = text,
                                  .first = known->note,
                                  .second = submitted.note,
                                  .bytes = {}});
    if (deps_.log) deps_.log(api::LogLevel::error, log.org + ": " + text);
    // It may contradict another that is kept.
    if (const auto found = judge_suspects(deps_, incidents_, log.log_key); found && !found->empty())
        hear(log.org, "its log is frozen: " + *found);
}

// By its own node, and smaller than what we know. It may have been on its way for a while; later it
// shows that the log went back.
void Intake::look_back(const PartnerGenesis& log, const SignedCheckpoint& submitted,
                       const std::optional<Pending>& known) {
    const std::uint64_t size = known ? known->checkpoint.size : 0;
    const auto now = deps_.steady_clock();
    {
        const std::lock_guard lock(mutex_);
        Found& found = found_.try_emplace(log.origin, Found{size, now}).first->second;
        if (found.size != size) found = {size, now};
        if (submitted.checkpoint.size >= size || now - found.since < kLongestOnItsWay) return;
    }
    const std::string text = "the log went back from " + ledger::counted(size, "entry") + " to " +
                             std::to_string(submitted.checkpoint.size) + ", which it handed in";
    incidents_.raise(log.origin, {.kind = IncidentKind::rollback,
                                  .text = text,
                                  .first = submitted.note,
                                  .second = known->note,
                                  .bytes = {}});
    if (deps_.log) deps_.log(api::LogLevel::error, log.org + ": " + text);
}

SubmissionAnswer Intake::add_checkpoint(std::string_view body, const api::Peer& peer) {
    auto submission = ledger::parse_checkpoint_submission(body);
    if (!submission) return refuse(400, submission.error());
    auto note = ledger::parse_note(submission->note);
    if (!note) return refuse(400, note.error());
    auto checkpoint = ledger::parse_checkpoint(note->text);
    if (!checkpoint) return refuse(400, checkpoint.error());
    const auto log = find_mirrored(checkpoint->origin);
    if (!log) return {404, "no such log is witnessed here: " + checkpoint->origin};
    if (auto by_log = ledger::verify_note(*note, log->log_key); !by_log)
        return refuse(403, by_log.error());
    if (submission->old_size > checkpoint->size)
        return {400, "the old size is larger than that of the checkpoint"};
    auto submitted = check_checkpoint(submission->note, log->log_key);
    if (!submitted)
        return refuse(submitted.error().kind == ErrorKind::invalid ? 422 : 400, submitted.error());
    const bool own = is_node_of(*log, peer);
    if (!admit(*log, own)) return {429, "the log " + log->origin + " is submitted too often"};
    if (!deps_.sequencer.refusing().empty()) return {503, kSignsNothing};

    if (auto why = why_frozen(deps_.store, log->log_key); !why.empty())
        return {403, "the log " + log->origin + " is frozen: " + why};
    const std::string contradicts = contradiction(*log, *submitted);
    if (!contradicts.empty()) hear(log->org, "its log is frozen: " + contradicts);
    const auto before = pending(*log);
    const std::uint64_t known_size = before ? before->checkpoint.size : 0;
    if (own && contradicts.empty()) look_back(*log, *submitted, before);
    if (submission->old_size != known_size) return {409, ledger::format_tree_size(known_size)};
    const Turn turn(*this, own);
    if (!turn.taken()) return {503, kOthersFirst};

    std::string lines;
    const std::vector<ledger::Hash> proof = submission->proof;
    ledger::WitnessRequest request{
        submitted->checkpoint, submission->old_size, std::move(submission->proof), {}};
    request.cosign = [&](ledger::UnixSeconds time) {
        if (deps_.witness_signer) lines = deps_.witness_signer->sign(submitted->text, time);
        return submitted->note + lines;
    };
    if (auto witnessed = deps_.sequencer.witness(std::move(request)).get(); !witnessed) {
        switch (witnessed.error().kind) {
            case ErrorKind::conflict: {
                const auto known = pending(*log);
                return {409, ledger::format_tree_size(known ? known->checkpoint.size : 0)};
            }
            case ErrorKind::invalid:
                unproven(*log, *submitted, submission->old_size, proof, own);
                return refuse(422, witnessed.error());
            case ErrorKind::untrusted:
                // Frozen just now, by this very submission: told by its place in the table.
                if (contradicts.empty()) return refuse(403, witnessed.error());
                return {422, contradicts};
            default:
                return refuse(503, witnessed.error());
        }
    }
    const auto held = held_copy(deps_.store, log->log_key);
    if (held && held->head.checkpoint == submitted->checkpoint && own) hear(log->org, std::nullopt);
    return {200, std::move(lines)};
}

}  // namespace reelproof::node
