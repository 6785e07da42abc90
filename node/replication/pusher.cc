#include "node/replication/pusher.h"

#include <algorithm>
#include <utility>

#include "api/routes/transparency.h"
#include "ledger/base/counted.h"
#include "ledger/format/subtree_proof.h"
#include "ledger/format/wire.h"
#include "ledger/store/fault.h"
#include "node/replication/misbehaviour.h"

namespace reelproof::node {
namespace {

using ledger::Error;
using ledger::ErrorKind;
using ledger::kOwnLog;

constexpr std::uint64_t kWidth = ledger::wire::kTileWidth;
// C2SP tlog-mirror: at most this many in one request.
constexpr std::uint64_t kMostPackages = 32;
// Answers that we ask about are short.
constexpr std::size_t kMaxAnswer = 256UL * 1024;
// How often the partner may contradict itself before we let it be for a while.
constexpr int kMostConflicts = 4;
// A log that does not grow says at this distance that it is still there.
constexpr std::chrono::seconds kHeartbeat{30};
// What the log grows by in this time goes in one delivery.
constexpr std::chrono::milliseconds kPause{50};
// We or the partner may be configured with the other any moment.
constexpr std::chrono::seconds kLongestUnknown{1};
constexpr std::chrono::milliseconds kShortestWait{200};
constexpr std::chrono::seconds kLongestWait{60};

constexpr const char* kOctets = "application/octet-stream";
constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kStatement = "application/cose";

Error unexpected(const api::Response& answer, const std::string& path) {
    const std::string text = "the partner answers " + path + " with status " +
                             std::to_string(answer.status) + " (" +
                             std::string(api::reason_phrase(answer.status)) + ")";
    switch (answer.status) {
        case 400:
        case 422:
            return {ErrorKind::invalid, text};
        default:
            return {ErrorKind::unavailable, text};
    }
}

}  // namespace

Pusher::Pusher(const ReplicatorDeps& deps, PartnerConfig config,
               std::function<PeerAddress()> address)
    : deps_(deps),
      config_(std::move(config)),
      address_(std::move(address)),
      client_(deps.certificate_pem, deps.private_key_pem),
      backoff_(kShortestWait, kLongestWait),
      introductions_(kShortestWait, kLongestUnknown) {}

void Pusher::start() {
    watch_ = deps_.store.watch_heads([this](ledger::LogId log) {
        if (log != kOwnLog) return;
        const std::lock_guard lock(mutex_);
        grown_ = true;
        wake_.notify_all();
    });
    thread_ = std::thread([this] { run(); });
}

void Pusher::cancel() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
    }
    client_.cancel();
}

void Pusher::stop() {
    cancel();
    watch_.reset();
    if (thread_.joinable()) thread_.join();
}

Pusher::Status Pusher::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

void Pusher::run() {
    try {
        for (;;) {
            {
                const std::lock_guard lock(mutex_);
                grown_ = false;
            }
            const auto done = attempt();
            std::unique_lock lock(mutex_);
            if (stopping_) return;
            lock.unlock();
            report(done);
            lock.lock();
            // After a failure growth does not wake us: there is a reason to wait.
            Backoff::Duration wait = kPause;
            if (!done)
                wait = (done.error().kind == ErrorKind::not_found ? introductions_ : backoff_)
                           .after_failure();
            if (wake_.wait_for(lock, wait, [&] { return stopping_; })) return;
            if (!done) continue;
            backoff_.succeeded();
            introductions_.succeeded();
            wake_.wait_for(lock, kHeartbeat, [&] { return stopping_ || grown_; });
            if (stopping_) return;
        }
    } catch (const std::exception& trouble) {
        // Our own log can't be read any more, or this program is not sound: nothing may be signed
        // that rests on it.
        ledger::fatal("delivering to " + config_.org + ": " + trouble.what());
    }
}

// Each change is said once.
void Pusher::report(const ledger::Result<void>& done) {
    const std::string error = done ? "" : "delivering our log: " + done.error().message;
    const bool alarm = !done && alarming(done.error());
    bool changed = false;
    {
        const std::lock_guard lock(mutex_);
        changed = status_.error != error;
        status_.error = error;
        // Being cut off heals nothing.
        if (done || alarm) status_.alarm = alarm ? error : "";
    }
    if (!changed || !deps_.log) return;
    if (done)
        deps_.log(api::LogLevel::info, config_.org + ": our log is delivered again");
    else
        deps_.log(alarm ? api::LogLevel::error : api::LogLevel::warning,
                  config_.org + ": " + error);
}

ledger::Result<void> Pusher::attempt() {
    try {
        return round();
    } catch (const ledger::EnvironmentError&) {
        throw;
    } catch (const std::logic_error&) {
        throw;
    } catch (const std::exception& trouble) {
        // A socket, or no memory for what was sent: it says nothing of our store.
        return Error{ErrorKind::unavailable, std::string("it broke off: ") + trouble.what()};
    }
}

ledger::Result<void> Pusher::round() {
    // The first contact is made where the partner's log is followed.
    if (!genesis_) genesis_ = kept_genesis(deps_.store, config_.org, config_.root);
    const PeerAddress address = address_();
    if (!genesis_ || address.pins.empty()) return Error{ErrorKind::not_found, "it was not met yet"};
    auto head = own_head();
    if (!head) return {};
    client_.use(address.url, address.pins);
    if (auto submitted = submit_checkpoint(*head); !submitted) return submitted;
    return delivered_ == head->checkpoint.size ? ledger::Result<void>() : upload(*head);
}

std::optional<SignedCheckpoint> Pusher::own_head() const {
    const auto head = deps_.store.head(kOwnLog);
    if (!head) return std::nullopt;
    auto note = ledger::parse_note(head->note);
    if (!note) throw ledger::EnvironmentError("our own checkpoint: " + note.error().message);
    return SignedCheckpoint{head->checkpoint, std::move(note->text), head->note};
}

// Takes a newer head where the partner has come to know one since: it may fetch our log as well.
ledger::Result<void> Pusher::submit_checkpoint(SignedCheckpoint& head) {
    const std::string path = "/mirror/add-checkpoint";
    bool introduced = false;
    for (int i = 0; i < kMostConflicts; ++i) {
        if (known_ > head.checkpoint.size) head = *own_head();
        const std::uint64_t size = head.checkpoint.size;
        if (known_ > size) {
            // It is asked again the next time.
            const std::string told = std::to_string(std::exchange(known_, 0));
            return Error{ErrorKind::conflict, "it says that it knows " +
                                                  ledger::counted(told, "entry") +
                                                  " of our log, we have " + std::to_string(size) +
                                                  ": our store was rolled back, or it lies"};
        }
        ledger::CheckpointSubmission submission{known_, {}, head.note};
        if (known_ > 0)
            submission.proof =
                ledger::consistency_proof(known_, size, deps_.store.subtree(kOwnLog));
        auto answer =
            client_.post(path, ledger::format_checkpoint_submission(submission), kText, kMaxAnswer);
        if (!answer) return answer.error();
        if (answer->status == 200) {
            known_ = size;
            auto kept = keep(head, answer->body_view(), genesis_->witness_key);
            return kept ? ledger::Result<void>() : kept.error();
        }
        if (answer->status == 404 && !introduced) {
            introduced = true;
            if (auto done = introduce(); !done) return done;
            continue;
        }
        if (answer->status != 409) return unexpected(*answer, path);
        auto told = ledger::parse_tree_size(answer->body_view());
        if (!told) return within(path, told.error());
        known_ = *told;
        // It has lost what we brought.
        delivered_ = std::min(delivered_, known_);
    }
    return Error{ErrorKind::unavailable, "others submit our log to it at the same time"};
}

// A partner that could not reach us knows nothing but our root key's thumbprint.
ledger::Result<void> Pusher::introduce() {
    const std::string path = "/mirror/genesis";
    auto genesis = deps_.store.entry(kOwnLog, 0);
    if (!genesis) return genesis.error();
    auto answer = client_.post(path, ledger::as_text(*genesis), kStatement, kMaxAnswer);
    if (!answer) return answer.error();
    if (answer->status == 404)
        return Error{ErrorKind::not_found, "it was not configured with our organisation yet"};
    if (answer->status != 204) return unexpected(*answer, path);
    // Our genesis may name a TLS key that we no longer have.
    const auto grant = api::newest_tls_grant(deps_.store);
    if (!grant) return {};
    answer = client_.post(path, ledger::as_text(*grant), kStatement, kMaxAnswer);
    if (!answer) return answer.error();
    if (answer->status != 204) return unexpected(*answer, path);
    return {};
}

ledger::Result<void> Pusher::upload(const SignedCheckpoint& head) {
    const std::string path = "/mirror/add-entries";
    const std::uint64_t size = head.checkpoint.size;
    // An empty range asks where we stand.
    Position at;
    bool knows_position = false, introduced = false;
    for (int conflicts = 0; conflicts < kMostConflicts;) {
        auto answer = send(at, knows_position);
        if (!answer) return answer.error();
        if (answer->status == 200) {
            // Not yet up to date when it had an older checkpoint in mind.
            if (at.pending == size) {
                auto kept = keep(head, answer->body_view(), genesis_->mirror_key);
                if (!kept) return kept.error();
                if (!*kept && genesis_->mirror_key)
                    return ledger::invalid("its mirror took our log and does not cosign it");
                delivered_ = size;
                if (!*kept) return {};
                const std::lock_guard lock(mutex_);
                status_.cosigned = size;
                return {};
            }
            at = {size, at.pending, {}};
            ++conflicts;
            continue;
        }
        // It may know another TLS key of ours: the entry that tells is among those it refuses.
        if (answer->status == 403 && !introduced) {
            introduced = true;
            if (auto done = introduce(); !done) return done;
            continue;
        }
        // Nothing was uploaded that could be wrong.
        if (answer->status == 422 && !knows_position) {
            known_ = delivered_ = 0;
            return Error{ErrorKind::unavailable,
                         "it has lost the checkpoint that it took just now"};
        }
        if (answer->status != 202 && answer->status != 409) return unexpected(*answer, path);
        auto told = ledger::parse_mirror_info(answer->body_view());
        if (!told) return within(path, told.error());
        told->next = std::min(told->next, told->pending);
        if (told->pending > size) {
            if (told->pending > own_head()->checkpoint.size)
                return Error{ErrorKind::conflict, "it waits for more of our log than there is"};
            // It has come to know more since: at once again, with that.
            const std::lock_guard lock(mutex_);
            grown_ = true;
            return {};
        }
        if (answer->status == 409 || told->next <= at.next) ++conflicts;
        at = std::move(*told);
        knows_position = true;
    }
    return Error{ErrorKind::unavailable, "its mirror of our log does not move on"};
}

ledger::Result<api::Response> Pusher::send(const Position& from, bool with_packages) {
    ledger::Bytes body =
        ledger::format_upload_head({deps_.origin, from.next, from.pending, from.ticket});
    const ledger::SubtreeHash subtree = deps_.store.subtree(kOwnLog);
    std::uint64_t start = from.next;
    ledger::Bytes package;
    for (std::uint64_t i = 0; with_packages && i < kMostPackages && start < from.pending; ++i) {
        const std::uint64_t bundle = start / kWidth * kWidth;
        const std::uint64_t end = std::min(from.pending, bundle + kWidth);
        std::vector<ledger::Bytes> entries;
        for (std::uint64_t at = start; at < end; ++at) {
            auto entry = deps_.store.entry(kOwnLog, at);
            if (!entry) return entry.error();
            entries.push_back(std::move(*entry));
        }
        package.clear();
        ledger::append_package(package, entries,
                               ledger::subtree_proof(bundle, end, from.pending, subtree));
        if (i > 0 && body.size() + package.size() > deps_.upload_bytes) break;
        body.insert(body.end(), package.begin(), package.end());
        start = end;
    }
    return client_.post("/mirror/add-entries", ledger::as_text(body), kOctets, kMaxAnswer);
}

// Whether one of them is by the key, or we have one already. Those by keys that the partner did not
// name are ignored.
ledger::Result<bool> Pusher::keep(const SignedCheckpoint& head, std::string_view lines,
                                  const std::optional<ledger::NoteVerifier>& key) {
    if (!key) return false;
    const auto has_one = [&](const ledger::Note& note) {
        return std::any_of(note.signatures.begin(), note.signatures.end(),
                           [&](const auto& signature) {
                               return ledger::check_signature(note, signature, {*key}).state ==
                                      ledger::SignatureState::good;
                           });
    };
    const auto kept = ledger::parse_note(
        ledger::format_note(head.text, deps_.store.cosignatures(kOwnLog, head.text)));
    if (kept && has_one(*kept)) return true;
    if (lines.empty()) return false;
    const auto note = ledger::parse_note(head.note + std::string(lines));
    if (!note) return within("its cosignature", note.error());
    for (const ledger::NoteSignature& signature : note->signatures) {
        const auto checked = ledger::check_signature(*note, signature, {*key});
        if (checked.state == ledger::SignatureState::bad)
            return ledger::invalid("its cosignature of our checkpoint does not hold");
        if (checked.state != ledger::SignatureState::good) continue;
        if (auto done = deps_.sequencer.add_cosignature(head.text, signature.line).get(); !done)
            return done.error();
        deps_.keepers.saw(head.note + signature.line);
        return true;
    }
    return false;
}

}  // namespace reelproof::node
