#include "node/replication/partner.h"

#include <algorithm>
#include <utility>

#include "api/routes/transparency.h"
#include "ledger/format/wire.h"
#include "ledger/store/fault.h"
#include "node/replication/cosigning.h"
#include "node/replication/misbehaviour.h"

namespace reelproof::node {
namespace {

using ledger::Error;
using ledger::ErrorKind;

constexpr std::chrono::milliseconds kShortestWait{100}, kLongestFirstWait{1'000};
constexpr std::chrono::seconds kLongestWait{60};
// After so many, some half a minute, being turned away is no matter of who started first.
constexpr int kMeetingRounds = 6;
// Rounds of one partner begin no faster than this, however often it says that it has news.
constexpr std::chrono::milliseconds kPause{250};
// Of a log whose own node can't be reached, in one round.
constexpr std::size_t kMirrorsAsked = 3;

}  // namespace

Partner::Partner(const ReplicatorDeps& deps, Incidents& incidents, PartnerConfig config,
                 std::function<std::vector<Neighbour>()> neighbours)
    : deps_(deps),
      incidents_(incidents),
      config_(std::move(config)),
      neighbours_(std::move(neighbours)),
      client_(deps.certificate_pem, deps.private_key_pem),
      mirror_client_(deps.certificate_pem, deps.private_key_pem),
      backoff_(std::clamp<Backoff::Duration>(deps.poll_interval, kShortestWait, kLongestFirstWait),
               kLongestWait) {
    client_.ask_for_gzip(config_.gzip);
    status_.org = config_.org;
    status_.url = config_.url;
    if (auto genesis = kept_genesis(deps_.store, config_.org, config_.root))
        begin(std::move(*genesis));
}

void Partner::begin(PartnerGenesis genesis) {
    follower_.emplace(deps_, incidents_, genesis, client_);
    own_copy_.emplace(deps_, incidents_, genesis, client_);
    not_mirrored_ = why_not_mirrored(deps_, genesis.log_key);
    if (!not_mirrored_.empty() && deps_.log)
        deps_.log(api::LogLevel::info, config_.org + " is not mirrored: " + not_mirrored_);
    if (genesis.mirror_key && !deps_.keepers.learn(*genesis.mirror_key) && deps_.log)
        deps_.log(api::LogLevel::warning, "the replication policy has another key for " +
                                              genesis.mirror_key->name + " than " + config_.org +
                                              " has named: its cosignatures don't count");
    {
        const std::lock_guard lock(mutex_);
        status_.origin = genesis.origin;
        status_.log_key = genesis.log_key.vkey();
        if (genesis.mirror_key) status_.mirror_key = genesis.mirror_key->vkey();
        status_.not_mirrored = not_mirrored_;
        status_.frozen = follower_->frozen();
        status_.cosigned = own_copy_->cosigned();
    }
    genesis_ = std::move(genesis);
}

void Partner::start() {
    thread_ = std::thread([this] { run(); });
}

void Partner::cancel() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
    }
    client_.cancel();
    mirror_client_.cancel();
}

void Partner::stop() {
    cancel();
    if (thread_.joinable()) thread_.join();
}

void Partner::run() {
    try {
        for (;;) {
            const auto began = std::chrono::steady_clock::now();
            const Backoff::Duration wait = attempt();
            const auto next = (listening_ ? began : std::chrono::steady_clock::now()) + wait;
            std::unique_lock lock(mutex_);
            if (wake_.wait_until(lock, next, [this] { return stopping_; })) return;
        }
    } catch (const std::exception& trouble) {
        // The disk, the store or this program is not sound: nothing may be signed that rests on
        // what we read from it.
        ledger::fatal("following " + config_.org + ": " + trouble.what());
    }
}

// A round, and the wait for news after it. Gives how long to wait for the next one.
Backoff::Duration Partner::attempt() {
    try {
        const Backoff::Duration wait = round();
        return listening_ && has_news() ? std::min<Backoff::Duration>(kPause, wait) : wait;
    } catch (const ledger::EnvironmentError&) {
        throw;
    } catch (const std::logic_error&) {
        throw;
    } catch (const std::exception& trouble) {
        // A socket, or no memory for what was sent: it says nothing of our store.
        listening_ = false;
        say("trouble", error_, std::string("the round broke off: ") + trouble.what(),
            api::LogLevel::error);
        const std::lock_guard lock(mutex_);
        status_.error = error_;
        return backoff_.after_failure();
    }
}

// Waits at the partner's, not here: it answers as soon as there is something new. False when there
// is not, and when it does not do this.
bool Partner::has_news() {
    return client_
        .get("/log/news?size=" + std::to_string(follower_->held()) +
                 "&mirror=" + api::mirror_name(deps_.origin) +
                 "&mirrored=" + std::to_string(own_copy_->served()) +
                 "&wait=" + std::to_string(deps_.news_wait.count()),
             ledger::wire::kMaxNoteSize)
        .has_value();
}

// Its own node can't be reached: others may hold what we lack. A few are asked each round, in turn,
// so that one who lags or lies keeps nothing from us.
void Partner::follow_at_mirrors() {
    const auto neighbours = neighbours_();
    const auto deadline = std::chrono::steady_clock::now() + deps_.mirror_patience;
    mirror_client_.end_by(deadline);
    for (std::size_t i = 0; i < std::min(neighbours.size(), kMirrorsAsked); ++i) {
        if (std::chrono::steady_clock::now() >= deadline) return;
        const Neighbour& mirror = neighbours[next_mirror_++ % neighbours.size()];
        const auto as_of = follow_at(mirror);
        if (!follower_->frozen().empty()) return;
        if (!as_of) continue;
        taken_from_ += (taken_from_.empty() ? "" : ", ") + mirror.org;
        const std::lock_guard lock(mutex_);
        status_.last_checked = std::max(status_.last_checked, std::min(*as_of, deps_.clock()));
    }
}

// A log that shows each of its mirrors a history of its own is caught only where two of them
// compare what they hold. One is asked each time, in turn. The log's own node waits meanwhile, so a
// mirror that answers drop by drop is left at the deadline.
void Partner::compare_with_mirror() {
    const auto now = deps_.steady_clock();
    if (now < next_comparison_) return;
    next_comparison_ = now + deps_.compare_interval;
    const auto neighbours = neighbours_();
    const auto deadline = std::chrono::steady_clock::now() + deps_.mirror_patience;
    mirror_client_.end_by(deadline);
    for (std::size_t i = 0; i < neighbours.size() && std::chrono::steady_clock::now() < deadline;
         ++i)
        if (follow_at(neighbours[next_mirror_++ % neighbours.size()])) return;
}

// Gives when the mirror cosigned what it holds; nothing if it can't be asked or has nothing that
// holds.
std::optional<ledger::UnixSeconds> Partner::follow_at(const Neighbour& mirror) {
    const auto directory = deps_.store.directory();
    const ledger::OrgState* org = directory->org(mirror.org);
    if (mirror.org == config_.org || mirror.address.pins.empty() || org == nullptr ||
        !org->genesis.mirror_key)
        return std::nullopt;
    mirror_client_.use(mirror.address.url, mirror.address.pins);
    mirror_client_.ask_for_gzip(mirror.gzip);
    const auto as_of = follower_->follow_at(mirror_client_, org->genesis);
    // Its word on how fresh that is counts for nothing where its clock is wrong by days.
    if (as_of && *as_of > deps_.clock() + kFuture) return std::nullopt;
    if (as_of) return *as_of;
    if (alarming(as_of.error()) && deps_.log)
        deps_.log(api::LogLevel::warning, "the copy of " + genesis_->origin + " at " + mirror.org +
                                              ": " + as_of.error().message);
    return std::nullopt;
}

// Gives how long to wait for the next one.
Backoff::Duration Partner::round() {
    listening_ = false;
    ledger::Result<void> log, own_copy;
    log = meet();
    bool blocked = !log && !alarming(log.error());
    if (log) log = follower_->exchange_evidence();
    const bool follows = config_.pull && not_mirrored_.empty();
    if (log && follows) {
        log = follower_->follow();
        blocked = !log && !alarming(log.error()) && !follower_->reached();
    }
    taken_from_.clear();
    const std::uint64_t before = blocked && follower_ ? stored() : 0;
    if (blocked && follows && follower_ && follower_->frozen().empty()) follow_at_mirrors();
    const bool moved_on = blocked && follower_ && stored() > before;
    // Also of one that went back or is of the future.
    const bool comparable = log || log.error().kind == ErrorKind::conflict;
    if (comparable && follower_ && not_mirrored_.empty() && follower_->frozen().empty())
        compare_with_mirror();
    // A log that misbehaves, or that we have no room for, may still be the keeper of ours; where
    // nobody answers we don't ask.
    const bool asked = config_.pull && follower_ && !blocked;
    if (asked) own_copy = own_copy_->check();
    // Where its log is not asked for, this is what tells whether it is there.
    if (log && !follows && !own_copy && own_copy.error().kind != ErrorKind::conflict)
        log = std::exchange(own_copy, {});
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return {};
    }
    wrong_peer_ = !log && log.error().kind == ErrorKind::untrusted;
    report(log, own_copy, asked);
    // It may have moved: the URL that it names and the configured one are tried in turn.
    if (!log && log.error().kind != ErrorKind::conflict) try_configured_url_ = !try_configured_url_;
    // To wait until we are called costs nobody anything.
    const bool waiting = !config_.pull && !follower_;
    const bool calm = (log || waiting || log.error().kind == ErrorKind::conflict) &&
                      (own_copy || own_copy.error().kind == ErrorKind::conflict);
    // A long catch-up at mirrors goes on where the deadline cut it off.
    if (moved_on) return backoff_.regular(deps_.poll_interval);
    if (!calm) return backoff_.after_failure();
    backoff_.succeeded();
    listening_ = asked && follows && log && own_copy && follower_->frozen().empty() &&
                 deps_.news_wait.count() > 0;
    return backoff_.regular(deps_.poll_interval);
}

ledger::Result<void> Partner::meet() {
    // It may have been handed in.
    if (!genesis_)
        if (auto kept = kept_genesis(deps_.store, config_.org, config_.root))
            begin(std::move(*kept));
    if (!config_.pull) {
        if (genesis_) return {};
        return Error{ErrorKind::unavailable,
                     config_.org +
                         " has not called yet: by our configuration its log comes by its "
                         "own push"};
    }
    if (!genesis_)
        if (auto met = first_contact(); !met) return met;
    const auto directory = deps_.store.directory();
    const ledger::OrgState* org = directory->org(config_.org);
    // What we know of it may be a TLS key and a URL that it no longer has: it changed them before
    // we had its log, or while we were away; then its log, which would tell, is behind that key.
    const bool log_tells = org != nullptr && org->log_tells_tls();
    const bool wrong_peer = std::exchange(wrong_peer_, false);
    const std::string asked = log_tells ? client_.url() : config_.url;
    const bool shown = (!log_tells || wrong_peer) && ask_for_grant(asked);
    PeerAddress known = known_address(deps_.store, *genesis_, deps_.clock());
    if (log_tells && shown) {
        known.url = asked;
        try_configured_url_ = false;
    }
    connect(std::move(known));
    return {};
}

// Whoever answers may hand us the genesis: what counts is the signature of the configured root.
ledger::Result<void> Partner::first_contact() {
    client_.use(config_.url, {});
    auto bytes = client_.get(kGenesisPath, ledger::wire::kMaxStatementSize);
    if (!bytes) return within("first contact", bytes.error());
    auto genesis =
        verify_genesis(ledger::to_bytes(ledger::as_bytes(*bytes)), config_.org, config_.root);
    if (!genesis) return within("first contact", genesis.error());
    if (genesis->origin == deps_.origin)
        return ledger::invalid("first contact: the genesis is that of our own log");
    // If we die before this, the next start meets it anew.
    auto kept = keep_genesis(deps_.sequencer, std::move(*genesis), config_.root);
    if (!kept) return kept.error();
    if (deps_.log) {
        deps_.log(api::LogLevel::info, "met " + config_.org + " at " + config_.url);
        if (kept->url != config_.url)
            deps_.log(api::LogLevel::warning, config_.org + " is configured at " + config_.url +
                                                  " but names " + kept->url +
                                                  ", which is used from now on");
    }
    begin(std::move(*kept));
    return {};
}

// The newest grant of a TLS key, over a connection that proves nothing: what counts is the
// signature of its root. Whatever else answers there, a proxy's page for one, must not keep us from
// the keys that we know. Whether there was one that counts.
bool Partner::ask_for_grant(const std::string& url) {
    client_.use(url, {});
    const auto bytes = client_.get(kTlsPath, ledger::wire::kMaxStatementSize);
    ledger::Result<void> kept;
    if (bytes)
        kept = keep_tls_grant(deps_.store, deps_.sequencer, *genesis_, ledger::as_bytes(*bytes));
    say("trouble with its newest TLS key", grant_trouble_,
        kept ? std::string() : url + kTlsPath + ": " + kept.error().message,
        api::LogLevel::warning);
    return bytes && kept;
}

// From now on only a server that holds a key which the partner itself named is talked to.
void Partner::connect(PeerAddress address) {
    if (try_configured_url_) address.url = config_.url;
    client_.use(address.url, address.pins);
    const std::lock_guard lock(mutex_);
    status_.url = address.url;
    address_ = std::move(address);
}

void Partner::report(const ledger::Result<void>& log, const ledger::Result<void>& own_copy,
                     bool asked_for_own) {
    const auto message = [](const ledger::Result<void>& result) {
        return result ? std::string() : result.error().message;
    };
    const std::string frozen = follower_ ? follower_->frozen() : std::string();
    // What was seen stays until it is seen to be well again: being cut off heals nothing.
    std::string log_alarm = log_alarm_, copy_alarm = copy_alarm_;
    if (!frozen.empty()) {
        log_alarm = "its log is frozen: " + frozen;
    } else if (log) {
        log_alarm.clear();
    } else if (alarming(log.error())) {
        log_alarm = log.error().message;
    }
    if (!own_copy && alarming(own_copy.error())) {
        if (log || message(log) != message(own_copy)) copy_alarm = message(own_copy);
    } else if (own_copy && asked_for_own) {
        copy_alarm.clear();
    }
    say("alarm", log_alarm_, log_alarm, api::LogLevel::error);
    say("alarm", copy_alarm_, copy_alarm, api::LogLevel::error);
    // Of two nodes that start together one is turned away until the other has met it.
    const bool unmet = !log && client_.turned_away() && !deps_.store.directory()->org(config_.org);
    unmet_rounds_ = unmet ? unmet_rounds_ + 1 : 0;
    if (unmet && unmet_rounds_ < kMeetingRounds) {
        say("trouble", error_, "not met yet: " + message(log), api::LogLevel::info);
    } else {
        std::string error = log ? message(own_copy) : message(log);
        if (!taken_from_.empty()) error += "; its log is taken from its mirror at " + taken_from_;
        say("trouble", error_, error, api::LogLevel::warning);
    }

    const std::lock_guard lock(mutex_);
    status_.error = error_;
    status_.frozen = frozen;
    status_.alarm = log_alarm_;
    if (!copy_alarm_.empty()) status_.alarm += (log_alarm_.empty() ? "" : "; ") + copy_alarm_;
    if (log && frozen.empty() && config_.pull && not_mirrored_.empty())
        status_.last_checked = deps_.clock();
    if (own_copy_) status_.cosigned = own_copy_->cosigned();
}

// Each change is said once, so that a partner that is away does not fill the log.
void Partner::say(const std::string& what, std::string& before, const std::string& now,
                  api::LogLevel level) {
    if (now == before) return;
    before = now;
    if (!deps_.log) return;
    if (now.empty())
        deps_.log(api::LogLevel::info, config_.org + ": " + what + " is over");
    else
        deps_.log(level, config_.org + ": " + now);
}

PeerAddress Partner::address() const {
    const std::lock_guard lock(mutex_);
    return address_;
}

PartnerStatus Partner::status() const {
    PartnerStatus out;
    {
        const std::lock_guard lock(mutex_);
        out = status_;
    }
    if (out.origin.empty()) return out;
    if (const auto info = deps_.store.log_by_origin(out.origin)) {
        if (const auto head = deps_.store.head(info->id)) out.size = head->checkpoint.size;
        // At once, whoever froze it.
        if (out.frozen.empty()) out.frozen = info->frozen;
    }
    out.stored = std::max(out.size, deps_.sequencer.mirror_stored(out.origin));
    return out;
}

std::uint64_t Partner::stored() const {
    return deps_.sequencer.mirror_stored(genesis_->origin);
}

}  // namespace reelproof::node
