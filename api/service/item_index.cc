#include "api/service/item_index.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/service/word.h"
#include "ledger/store/fault.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

// More that waits is dropped: the index is a help, and whoever records must not wait for it.
constexpr std::size_t kMostWaiting = 65536, kMostAtOnce = 512;
constexpr std::size_t kMostWords = 200;    // that a beginning may stand for
constexpr std::size_t kLongestFact = 200;  // more is no part number, and nobody searches for it
constexpr std::chrono::seconds kRetry{1};
constexpr ledger::UnixSeconds kSameFor = 3600;  // one verdict on one item, said again
constexpr std::string_view kItem = "item/", kDay = "day/", kShipment = "shipment/";
constexpr std::string_view kStock = "stock", kWords = "words", kShipments = "shipments",
                           kStrangerList = "strangers";

std::string term(std::string_view kind, std::string_view text) {
    return std::string(kind) + "/" + word_of(text);
}

bool is_word(std::string_view term) {
    return term.starts_with("mpn/") || term.starts_with("cpn/");
}

json::object written(const Shipment& shipment) {
    return {{"index", static_cast<std::int64_t>(shipment.index)},
            {"at", shipment.at},
            {"to", shipment.order.to},
            {"po", shipment.order.po},
            {"so", shipment.order.so},
            {"invoice", shipment.order.invoice},
            {"packing_list", shipment.order.packing_list},
            {"price", shipment.order.price},
            {"by", shipment.order.by},
            {"items", json::value_from(shipment.items)}};
}

Shipment read_shipment(const json::object& row) {
    return {static_cast<std::uint64_t>(number_in(row, "index")), number_in(row, "at"),
            ShipOrder{.to = text_in(row, "to"),
                      .po = text_in(row, "po"),
                      .so = text_in(row, "so"),
                      .invoice = text_in(row, "invoice"),
                      .packing_list = text_in(row, "packing_list"),
                      .price = text_in(row, "price"),
                      .also = {},
                      .by = text_in(row, "by")},
            texts_in(row, "items")};
}

}  // namespace

// What one batch is to write.
struct ItemIndex::Staged {
    std::map<std::string, std::optional<KnownItem>> items;  // nothing: it is forgotten
    std::map<std::string, DaySums> days;
    std::vector<JsonRows::Change> shipments;
    std::map<std::string, std::optional<std::uint64_t>> words;  // nothing: there is none any more
};

ItemIndex::ItemIndex(ledger::Store& store, ledger::Sequencer& sequencer, std::string org,
                     ledger::Clock clock, std::uint64_t strangers)
    : store_(store),
      sequencer_(sequencer),
      org_(std::move(org)),
      clock_(std::move(clock)),
      most_strangers_(strangers),
      kept_(store.encrypted()),
      items_(store, sequencer, ledger::Table::observations),
      days_(store, sequencer, ledger::Table::verdicts),
      postings_(items_) {
    if (!kept_) return;
    postings_.forward(std::string(kWords), 0,
                      [this](std::uint64_t number, const std::string& word) {
                          words_.emplace(word, number);
                          return true;
                      });
    thread_ = std::thread([this] { run(); });
}

ItemIndex::~ItemIndex() {
    if (!kept_) return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void ItemIndex::add(Seen seen) {
    if (!kept_) return;
    auto& label = seen.item.label;
    for (const auto& [name, fact] : item_facts())
        if ((label.*fact).size() > kLongestFact) (label.*fact).clear();
    {
        const std::lock_guard lock(mutex_);
        const auto found = waiting_.items.find(seen.item.id);
        if (found == waiting_.items.end()) {
            if (waiting_.items.size() >= kMostWaiting) return;
            waiting_.items.emplace(seen.item.id, std::move(seen));
        } else if (seen.verdict) {
            found->second = std::move(seen);
        }
    }
    wake_.notify_all();
}

void ItemIndex::saw(const Inspection& inspection, std::string_view place) {
    KnownItem::Verdict verdict{
        std::string(to_string(inspection.verdict.decision)), {}, std::string(place), clock_(), {}};
    for (const auto& finding : inspection.verdict.findings)
        if (finding.severity != ledger::Severity::minor &&
            std::find(verdict.rules.begin(), verdict.rules.end(), finding.rule) ==
                verdict.rules.end())
            verdict.rules.push_back(finding.rule);
    if (is_new(inspection.item.id, verdict)) add({inspection.item, std::move(verdict)});
}

// A station that looks at the same reel again and again costs no write each time.
bool ItemIndex::is_new(const std::string& id, const KnownItem::Verdict& verdict) {
    auto said = std::to_string(verdict.at / kSameFor) + " " + verdict.word + " " + verdict.place;
    for (const auto& rule : verdict.rules) said += " " + rule;
    const std::lock_guard lock(mutex_);
    if (said_.size() >= kMostWaiting) said_.clear();
    auto& last = said_[id];
    if (last == said) return false;
    last = std::move(said);
    return true;
}

void ItemIndex::changed(const Identified& item) {
    add({item, std::nullopt});
}

void ItemIndex::shipped(Shipment shipment) {
    if (!kept_) return;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.shipments.size() >= kMostWaiting) return;
        waiting_.shipments.push_back(std::move(shipment));
    }
    wake_.notify_all();
}

void ItemIndex::run() {
    try {
        write_what_waits();
    } catch (const std::exception& trouble) {
        // The disk or the store is not sound.
        ledger::fatal(std::string("the index of items: ") + trouble.what());
    }
}

void ItemIndex::write_what_waits() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] {
            return stopping_ || !waiting_.items.empty() || !waiting_.shipments.empty();
        });
        if (waiting_.items.empty() && waiting_.shipments.empty()) return;
        Batch batch;
        batch.shipments.swap(waiting_.shipments);
        while (!waiting_.items.empty() && batch.items.size() < kMostAtOnce)
            batch.items.insert(waiting_.items.extract(waiting_.items.begin()));
        busy_ = true;
        lock.unlock();
        const auto done = write(batch);
        lock.lock();
        busy_ = false;
        wake_.notify_all();
        if (done) continue;
        // The store is full or does not sign now: nothing of it was kept, and it is tried again.
        // What came meanwhile is newer.
        waiting_.items.merge(batch.items);
        waiting_.shipments.insert(waiting_.shipments.begin(), batch.shipments.begin(),
                                  batch.shipments.end());
        if (stopping_) return;
        wake_.wait_for(lock, kRetry, [this] { return stopping_; });
    }
}

ledger::Result<void> ItemIndex::write(const Batch& batch) {
    Staged staged;
    for (const auto& [id, seen] : batch.items) stage(staged, seen);
    for (const auto& shipment : batch.shipments) {
        const auto name = std::to_string(shipment.index);
        if (items_.get(std::string(kShipment) + name)) continue;  // told again
        staged.shipments.push_back({std::string(kShipment) + name, written(shipment)});
        postings_.add(std::string(kShipments), name);
    }
    auto rows = postings_.changes();
    for (const auto& [id, item] : staged.items)
        rows.push_back({std::string(kItem) + id, item ? api::written(*item) : json::object()});
    std::move(staged.shipments.begin(), staged.shipments.end(), std::back_inserter(rows));
    const auto done =
        sequencer_
            .write([&](ledger::WriteTransaction& writing) {
                for (const auto& row : rows) items_.put(writing, row);
                for (const auto& [date, sums] : staged.days)
                    days_.put(writing, {std::string(kDay) + date, api::written(sums)});
            })
            .get();
    if (!done) return done;
    const std::lock_guard lock(mutex_);
    for (const auto& [word, number] : staged.words)
        if (number)
            words_.insert_or_assign(word, *number);
        else
            words_.erase(word);
    for (const auto& [id, item] : staged.items)
        if (!item) said_.erase(id);
    ++version_;
    return {};
}

void ItemIndex::stage(Staged& staged, const Seen& seen) {
    const auto& id = seen.item.id;
    const bool forgotten = staged.items.contains(id);  // by this very batch
    auto item = (forgotten ? std::nullopt : find(id)).value_or(KnownItem{id, seen.item.key});
    const bool first_time = item.first_seen == 0;
    // What a label says counts for more than what was known without one, unless it was rejected:
    // then it may be a forged one of this item.
    const bool rejected = seen.verdict && seen.verdict->word == to_string(ledger::Decision::reject);
    if (first_time || (seen.verdict && !rejected)) {
        item.issued = seen.item.issued;
        item.lot_level = seen.item.lot_level;
        item.facts = seen.item.label;
        item.quantity = seen.item.quantity;
        item.good_until = seen.item.good_until;
    }
    item.last_seen = clock_();
    if (first_time) item.first_seen = item.last_seen;
    item = fresh(std::move(item));
    const auto before = item.verdict;
    if (seen.verdict) {
        item.verdict = seen.verdict;
        item.verdict->supplier = item.supplier;
        count(staged, before, item);
    }
    list(staged, item);
    staged.items.insert_or_assign(id, std::move(item));
}

// Into the lists where it belongs and is not yet, and out of those where it was.
void ItemIndex::list(Staged& staged, KnownItem& item) {
    std::vector<std::string> terms;
    const auto& facts = item.facts;
    if (!facts.mpn.empty()) terms.push_back(term("mpn", facts.mpn));
    if (!facts.customer_pn.empty()) terms.push_back(term("cpn", facts.customer_pn));
    if (!facts.lot.empty()) terms.push_back(term("lot", facts.lot));
    for (const auto& parent : item.of) terms.push_back(term_of_parent(parent));
    // A label whose print changes with each look must not make its item's row grow.
    std::erase_if(item.terms, [&](const KnownItem::Listed& in) {
        if (!in.number || std::find(terms.begin(), terms.end(), in.term) != terms.end())
            return false;
        strike(staged, in);
        return true;
    });
    for (auto& one : terms) enlist(staged, item, std::move(one));
    const bool here = item.here(org_) && !item.lot_level && !item.board();
    if (here && !item.stock) {
        item.stock = postings_.add(std::string(kStock), item.id);
    } else if (!here && item.stock) {
        postings_.remove(std::string(kStock), *item.stock);
        item.stock.reset();
    }
    if (!item.recorded && !item.stranger) {
        item.stranger = postings_.add(std::string(kStrangerList), item.id);
        forget_strangers(staged, *item.stranger);
    } else if (item.recorded && item.stranger) {
        postings_.remove(std::string(kStrangerList), *item.stranger);
        item.stranger.reset();
    }
}

void ItemIndex::enlist(Staged& staged, KnownItem& item, std::string term) {
    for (const auto& in : item.terms)
        if (in.term == term) return;
    const auto number = postings_.add(term, item.id);
    if (is_word(term)) {
        const auto changed = staged.words.find(term);
        const std::lock_guard lock(mutex_);
        if (changed != staged.words.end() ? !changed->second : !words_.contains(term))
            staged.words.insert_or_assign(term, postings_.add(std::string(kWords), term));
    }
    item.terms.push_back({std::move(term), number});
}

// Out of a list; the part number that nothing bears any more goes with its last item.
void ItemIndex::strike(Staged& staged, const KnownItem::Listed& from) {
    if (!from.number) return;
    postings_.remove(from.term, *from.number);
    if (!is_word(from.term) || postings_.front(from.term)) return;
    std::optional<std::uint64_t> number;
    if (const auto changed = staged.words.find(from.term); changed != staged.words.end()) {
        number = changed->second;
    } else {
        const std::lock_guard lock(mutex_);
        if (const auto word = words_.find(from.term); word != words_.end()) number = word->second;
    }
    if (number) postings_.remove(std::string(kWords), *number);
    staged.words.insert_or_assign(from.term, std::nullopt);
}

void ItemIndex::forget_strangers(Staged& staged, std::uint64_t newest) {
    const std::string strangers(kStrangerList);
    for (auto oldest = postings_.front(strangers);
         oldest && newest - oldest->first >= most_strangers_; oldest = postings_.front(strangers)) {
        postings_.remove(strangers, oldest->first);
        const auto& id = oldest->second;
        const auto changed = staged.items.find(id);
        const auto item = changed != staged.items.end() ? changed->second : find(id);
        if (item)
            for (const auto& in : item->terms) strike(staged, in);
        staged.items.insert_or_assign(id, std::nullopt);
    }
}

void ItemIndex::count(Staged& staged, const std::optional<KnownItem::Verdict>& before,
                      const KnownItem& item) {
    const auto date = date_of(item.verdict->at);
    auto [sums, fresh_day] = staged.days.try_emplace(date);
    if (fresh_day) sums->second = day(date).value_or(DaySums());
    if (before && date_of(before->at) == date)
        sums->second[before->supplier].add(before->word, before->rules, -1);
    sums->second[item.supplier].add(item.verdict->word, item.verdict->rules, 1);
}

std::optional<KnownItem> ItemIndex::find(std::string_view id) const {
    constexpr std::size_t kLongestId = 100;
    if (!kept_ || id.empty() || id.size() > kLongestId) return std::nullopt;
    const auto row = items_.get(std::string(kItem) + std::string(id));
    if (!row) return std::nullopt;
    return read_known_item(id, *row);
}

KnownItem ItemIndex::fresh(KnownItem item) const {
    const auto history =
        ledger::collect(item.key, ledger::trusted_issuers(store_.directory()), finder(store_));
    bring_up_to_date(item, history, ledger::replay(history), org_);
    return item;
}

std::vector<std::string> ItemIndex::terms_of(std::string_view kind, std::string_view text) const {
    std::vector<std::string> out;
    if (kind == "any" || kind == "lot") out.push_back(term("lot", text));
    if (kind != "any" && kind != "mpn") return out;
    if (!text.ends_with('*')) {
        out.push_back(term("mpn", text));
        out.push_back(term("cpn", text));
        return out;
    }
    const auto beginning = word_of(text.substr(0, text.size() - 1));
    const std::lock_guard lock(mutex_);
    for (const auto* sort : {"mpn/", "cpn/"}) {
        const auto from = sort + beginning;
        for (auto word = words_.lower_bound(from);
             word != words_.end() && word->first.starts_with(from) && out.size() < kMostWords;
             ++word)
            out.push_back(word->first);
    }
    return out;
}

std::string ItemIndex::term_of_parent(std::string_view id) {
    return "of/" + std::string(id);
}

std::string ItemIndex::stock_term() {
    return std::string(kStock);
}

void ItemIndex::each(const std::string& list, std::uint64_t from, const Take& take) const {
    if (!kept_) return;
    postings_.forward(list, from, [&](std::uint64_t number, const std::string& id) {
        auto item = find(id);
        return !item || take(number, std::move(*item));
    });
}

void ItemIndex::shipments(std::optional<std::uint64_t> before,
                          const std::function<bool(std::uint64_t, const Shipment&)>& take) const {
    if (!kept_) return;
    postings_.backward(std::string(kShipments), before,
                       [&](std::uint64_t number, const std::string& name) {
                           const auto row = items_.get(std::string(kShipment) + name);
                           return !row || take(number, read_shipment(*row));
                       });
}

std::optional<DaySums> ItemIndex::day(std::string_view date) const {
    const auto row = days_.get(std::string(kDay) + std::string(date));
    if (!row) return std::nullopt;
    return read_day_sums(*row);
}

std::uint64_t ItemIndex::version() const {
    const std::lock_guard lock(mutex_);
    return version_;
}

void ItemIndex::settle() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] {
        return !kept_ || (waiting_.items.empty() && waiting_.shipments.empty() && !busy_);
    });
}

}  // namespace reelproof::api
