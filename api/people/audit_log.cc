#include "api/people/audit_log.h"

#include <algorithm>

#include <boost/json.hpp>

#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace {

namespace json = boost::json;

// Over it the store does not keep up: some seconds of the busiest node.
constexpr std::size_t kMostWaiting = 65536;
constexpr std::chrono::seconds kRetry{1};
// In Table::work: when a head was published last, u64; at first, when there was one to publish.
constexpr std::string_view kPublishedRow = "audit/published";
constexpr ledger::UnixSeconds kPublishEvery = 86400;

ledger::Bytes key_of(std::uint64_t number) {
    ledger::Bytes key(8);
    for (int i = 0; i < 8; ++i) key[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
    return key;
}

std::uint64_t number_of(ledger::ByteView key) {
    std::uint64_t number = 0;
    for (const auto byte : key) number = number << 8 | byte;
    return number;
}

std::string text_of(const AuditEntry& entry, std::uint64_t number) {
    return json::serialize(json::object{{"number", number},
                                        {"time", entry.time},
                                        {"who", entry.who},
                                        {"address", entry.address},
                                        {"what", entry.what},
                                        {"about", entry.about},
                                        {"status", entry.status}});
}

ledger::Hash chained(const ledger::Hash& before, std::string_view text) {
    ledger::Bytes both(before.begin(), before.end());
    both.insert(both.end(), text.begin(), text.end());
    return ledger::sha256(both);
}

[[noreturn]] void damaged(std::uint64_t number) {
    throw ledger::EnvironmentError("the store is damaged: entry " + std::to_string(number) +
                                   " of the audit log is not of its form");
}

struct Row {
    AuditEntry entry;
    std::string_view text;
};

Row read_row(ledger::ByteView key, ledger::ByteView value) {
    Row row;
    row.entry.number = number_of(key);
    if (key.size() != 8 || value.size() < row.entry.hash.size()) damaged(row.entry.number);
    std::copy_n(value.begin(), row.entry.hash.size(), row.entry.hash.begin());
    row.text = ledger::as_text(value.subspan(row.entry.hash.size()));
    boost::system::error_code failed;
    const auto parsed = json::parse(row.text, failed);
    if (failed || !parsed.is_object()) damaged(row.entry.number);
    const auto& object = parsed.get_object();
    const auto text = [&](std::string_view name) {
        const auto* value_of = object.if_contains(name);
        if (value_of == nullptr || !value_of->is_string()) damaged(row.entry.number);
        return std::string(value_of->get_string());
    };
    const auto number = [&](std::string_view name) {
        const auto* value_of = object.if_contains(name);
        if (value_of == nullptr || !value_of->is_int64()) damaged(row.entry.number);
        return value_of->get_int64();
    };
    row.entry.time = number("time");
    row.entry.who = text("who");
    row.entry.address = text("address");
    row.entry.what = text("what");
    row.entry.about = text("about");
    row.entry.status = static_cast<int>(number("status"));
    return row;
}

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
                   Publish publish)
    : store_(store), sequencer_(sequencer), clock_(std::move(clock)), publish_(std::move(publish)) {
    store_.scan_back(ledger::Table::audit, {},
                     [this](ledger::ByteView key, ledger::ByteView value) {
                         const auto newest = read_row(key, value);
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

// One write takes all that waits, so writes follow each other however many call.
void AuditLog::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        std::vector<AuditEntry> entries;
        entries.swap(waiting_);
        lock.unlock();
        const auto done = write(entries);
        if (done && publish_) publish_head();
        lock.lock();
        if (done) continue;
        // The store is full or does not sign: nothing of it was kept, and it is tried again.
        waiting_.insert(waiting_.begin(), std::make_move_iterator(entries.begin()),
                        std::make_move_iterator(entries.end()));
        if (stopping_) return;
        wake_.wait_for(lock, kRetry, [this] { return stopping_; });
    }
}

// At the first entry that is written a day after the last time, so that an idle node says nothing.
// A head that could not be published is, with the next entry.
void AuditLog::publish_head() {
    const auto now = clock_();
    const auto kept = store_.get(ledger::Table::work, ledger::as_bytes(kPublishedRow));
    const auto last = kept && kept->size() == 8 ? number_of(*kept) : 0;
    const bool first = last == 0;
    // A clock that was set back must not make us wait for it.
    const auto past = now - static_cast<ledger::UnixSeconds>(last);
    if (!first && past >= 0 && past < kPublishEvery) return;
    if (!first && !publish_(head_)) return;
    (void)sequencer_
        .write([&](ledger::WriteTransaction& writing) {
            writing.put(ledger::Table::work, ledger::as_bytes(kPublishedRow),
                        key_of(static_cast<std::uint64_t>(now)));
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
        const auto text = text_of(entry, next);
        head = chained(head, text);
        Row row{key_of(next++), {head.begin(), head.end()}};
        row.value.insert(row.value.end(), text.begin(), text.end());
        rows.push_back(std::move(row));
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

std::optional<std::uint64_t> AuditLog::search(
    const AuditQuery& query, std::optional<std::uint64_t> before, std::size_t most,
    const std::function<bool(const AuditEntry&)>& take) const {
    std::optional<std::uint64_t> reached;
    bool more = false;
    const auto key = before ? key_of(*before) : ledger::Bytes();
    if (before == 0) return std::nullopt;
    store_.scan_back(ledger::Table::audit, key, [&](ledger::ByteView at, ledger::ByteView value) {
        if (most-- == 0) return !(more = true);
        const auto row = read_row(at, value);
        reached = row.entry.number;
        // Times go down with the numbers, but for a clock that was set: an hour covers that.
        if (row.entry.time < query.from - 3600) return false;
        if (!fits(query, row.entry) || take(row.entry)) return true;
        return !(more = true);
    });
    return more ? reached : std::nullopt;
}

void AuditLog::read(
    std::uint64_t from,
    const std::function<bool(const AuditEntry&, std::string_view text)>& take) const {
    store_.scan_from(ledger::Table::audit, key_of(from),
                     [&](ledger::ByteView key, ledger::ByteView value) {
                         const auto row = read_row(key, value);
                         return take(row.entry, row.text);
                     });
}

std::optional<ledger::Hash> AuditLog::head() const {
    const std::lock_guard lock(mutex_);
    if (next_ == 0) return std::nullopt;
    return head_;
}

}  // namespace reelproof::api
