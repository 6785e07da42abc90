#include "api/people/audit_log.h"

#include <algorithm>

#include "api/people/audit_row.h"
#include "ledger/store/fault.h"

namespace reelproof::api {

namespace {

// Over it the store does not keep up: some seconds of the busiest node.
constexpr std::size_t kMostWaiting = 65536;
constexpr std::chrono::seconds kRetry{1};
// In Table::work: when a head was published last, u64; at first, when there was one to publish.
constexpr std::string_view kPublishedRow = "audit/published";
constexpr ledger::UnixSeconds kPublishEvery = 86400;

bool fits(const AuditQuery& query, const AuditEntry& entry) {
    const auto has = [](const std::string& text, const std::string& part) {
        return part.empty() || text.find(part) != std::string::npos;
    };
    return entry.time >= query.from && (query.to == 0 || entry.time < query.to) &&
           has(entry.who, query.who) && has(entry.what, query.what) &&
           has(entry.about, query.about) && (!query.allowed || *query.allowed == entry.allowed());
}

}  // namespace

AuditLog::AuditLog(ledger::Store& store, ledger::Sequencer& sequencer, ledger::Clock clock,
                   Publish publish, Trouble trouble)
    : store_(store),
      sequencer_(sequencer),
      clock_(std::move(clock)),
      publish_(std::move(publish)),
      trouble_(std::move(trouble)) {
    store_.scan_back(ledger::Table::audit, {},
                     [this](ledger::ByteView key, ledger::ByteView value) {
                         const auto newest = read_audit_row(key, value);
                         next_ = newest.entry.number + 1;
                         head_ = newest.entry.hash;
                         return false;
                     });
    thread_ = std::thread([this] { run(); });
}

AuditLog::~AuditLog() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

bool AuditLog::append(AuditEntry entry) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= kMostWaiting) return false;
        entry.time = clock_();
        waiting_.push_back(std::move(entry));
    }
    wake_.notify_all();
    return true;
}

void AuditLog::run() {
    try {
        write_what_waits();
    } catch (const std::exception& trouble) {
        // The disk or the store is not sound, and nobody may look unseen.
        ledger::fatal(std::string("the audit log: ") + trouble.what());
    }
}

// One write takes all that waits, so writes follow each other however many call.
void AuditLog::write_what_waits() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        std::vector<AuditEntry> entries;
        entries.swap(waiting_);
        lock.unlock();
        const auto done = write(entries);
        if (!done) {
            tell("the audit log can't be written, and is tried again: " + done.error().message);
        } else if (const auto published = publish_head(); !published) {
            tell("the head of the audit log can't be put into the ledger, and is tried again: " +
                 published.error().message);
        } else {
            told_.clear();
        }
        lock.lock();
        if (done) continue;
        // The store is full or does not sign: nothing of it was kept, and it is tried again.
        waiting_.insert(waiting_.begin(), std::make_move_iterator(entries.begin()),
                        std::make_move_iterator(entries.end()));
        if (stopping_) return;
        wake_.wait_for(lock, kRetry, [this] { return stopping_; });
    }
}

void AuditLog::tell(const std::string& trouble) {
    if (trouble_ && trouble != told_) trouble_(trouble);
    told_ = trouble;
}

// At the first entry that is written a day after the last time, so that an idle node says nothing.
// A head that could not be published is, with the next entry.
ledger::Result<void> AuditLog::publish_head() {
    if (!publish_) return {};
    const auto now = clock_();
    const auto kept = store_.get(ledger::Table::work, ledger::as_bytes(kPublishedRow));
    const auto last = kept && kept->size() == 8 ? audit_number(*kept) : 0;
    const bool first = last == 0;
    // A clock that was set back must not make us wait for it.
    const auto past = now - static_cast<ledger::UnixSeconds>(last);
    if (!first && past >= 0 && past < kPublishEvery) return {};
    if (!first)
        if (auto published = publish_(head_); !published) return published;
    return sequencer_
        .write([&](ledger::WriteTransaction& writing) {
            writing.put(ledger::Table::work, ledger::as_bytes(kPublishedRow),
                        audit_key(static_cast<std::uint64_t>(now)));
        })
        .get();
}

ledger::Result<void> AuditLog::write(const std::vector<AuditEntry>& entries) {
    struct Row {
        ledger::Bytes key, value;
    };
    std::vector<Row> rows;
    auto next = next_;
    auto head = head_;
    for (const auto& entry : entries) {
        const auto text = audit_text(entry, next);
        head = audit_chained(head, text);
        rows.push_back({audit_key(next++), audit_value(head, text)});
    }
    const auto done = sequencer_
                          .write([&rows](ledger::WriteTransaction& writing) {
                              for (const auto& row : rows)
                                  writing.put(ledger::Table::audit, row.key, row.value);
                          })
                          .get();
    if (!done) return done;
    const std::lock_guard lock(mutex_);
    next_ = next;
    head_ = head;
    return {};
}

std::optional<std::uint64_t> AuditLog::search(const AuditQuery& query,
                                              std::optional<std::uint64_t> before, std::size_t most,
                                              const TakeChained& take) const {
    if (before == 0) return std::nullopt;
    // What fits is given when the entry before it is met, whose hash it is chained to.
    struct Fitting {
        AuditEntry entry;
        std::string text;
    };
    std::optional<Fitting> held;
    std::optional<std::uint64_t> reached, next;
    const auto key = before ? audit_key(*before) : ledger::Bytes();
    store_.scan_back(ledger::Table::audit, key, [&](ledger::ByteView at, ledger::ByteView value) {
        auto row = read_audit_row(at, value);
        if (held && !take(held->entry, held->text, row.entry.hash)) {
            next = held->entry.number;
            held.reset();
            return false;
        }
        held.reset();
        if (most-- == 0) {
            next = reached;
            return false;
        }
        reached = row.entry.number;
        // Times go down with the numbers, but for a clock that was set: an hour covers that.
        if (row.entry.time < query.from - 3600) return false;
        if (fits(query, row.entry)) held = Fitting{std::move(row.entry), std::string(row.text)};
        return true;
    });
    if (held) {
        if (held->entry.number != 0)
            throw ledger::EnvironmentError(
                "the store is damaged: the audit log begins with entry " +
                std::to_string(held->entry.number));
        take(held->entry, held->text, {});
    }
    return next;
}

void AuditLog::read(std::uint64_t from, const Take& take) const {
    store_.scan_from(ledger::Table::audit, audit_key(from),
                     [&](ledger::ByteView key, ledger::ByteView value) {
                         const auto row = read_audit_row(key, value);
                         return take(row.entry, row.text);
                     });
}

std::optional<ledger::Hash> AuditLog::head() const {
    const std::lock_guard lock(mutex_);
    if (next_ == 0) return std::nullopt;
    return head_;
}

}  // namespace reelproof::api
