#include "api/service/subscriptions.h"

#include <algorithm>
#include <set>

#include "ledger/base/sha256.h"
#include "ledger/store/fault.h"

namespace reelproof::api {

namespace {

constexpr std::chrono::milliseconds kTick{250};  // how late an answer of a schedule may come

std::string name_of(const epcis::Shown& shown) {
    const auto* id = shown.event.if_contains("eventID");
    return id != nullptr && id->is_string() ? std::string(id->get_string()) : std::string();
}

}  // namespace

struct Subscriptions::State {
    // Which events were told of: 16 bytes each, of at most as many as a query's answer may have.
    class Told {
      public:
        [[nodiscard]] bool has(const EpcisEvents::EventName& name) const {
            const auto wanted = digest(name);
            return late_.contains(wanted) || std::binary_search(all_.begin(), all_.end(), wanted);
        }
        void add(const EpcisEvents::EventName& name) {
            constexpr std::size_t kMostLate = 4096;
            late_.insert(digest(name));
            if (late_.size() < kMostLate) return;
            const auto middle = static_cast<std::ptrdiff_t>(all_.size());
            all_.insert(all_.end(), late_.begin(), late_.end());
            std::inplace_merge(all_.begin(), all_.begin() + middle, all_.end());
            late_.clear();
        }

      private:
        using Digest = std::array<std::uint8_t, 16>;
        static Digest digest(const EpcisEvents::EventName& name) {
            const auto hash = ledger::sha256(ledger::as_bytes(name.first + "\n" + name.second));
            Digest out{};
            std::copy_n(hash.begin(), out.size(), out.begin());
            return out;
        }
        std::vector<Digest> all_;  // in order
        std::set<Digest> late_;
    };

    Asked asked;
    Told told;  // after subscribe(): the thread's

    // Under mutex_.
    std::function<void()> wake;
    std::deque<std::string> waiting;
    bool stale = true;  // there may be what was not looked at
    bool more = false;  // there is, of the last look
    bool due = false;   // by the schedule
    std::size_t found_waiting = 0;
    std::optional<End> ended;
    bool ready = false;  // what is there already was looked at
    bool left = false;
};

Subscriptions::Subscriptions(EpcisEvents& events, ledger::Clock clock, Limits limits)
    : events_(events), clock_(std::move(clock)), limits_(limits) {
    thread_ = std::thread([this] {
        try {
            run();
        } catch (const std::exception& trouble) {
            // The disk or the store is not sound.
            ledger::fatal(std::string("the subscriptions: ") + trouble.what());
        }
    });
}

Subscriptions::~Subscriptions() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

std::variant<std::unique_ptr<Subscriptions::Subscriber>, Subscriptions::Full, epcis::Refusal>
Subscriptions::subscribe(Asked asked) {
    auto state = std::make_shared<State>();
    state->asked = std::move(asked);
    {
        // A place is taken first, so that many who ask at once don't all look.
        const std::lock_guard lock(mutex_);
        if (all_.size() >= limits_.most) return Full::of_all;
        if (static_cast<std::size_t>(
                std::count_if(all_.begin(), all_.end(), [&](const auto& other) {
                    return other->asked.caller == state->asked.caller;
                })) >= limits_.most_of_one)
            return Full::of_this_caller;
        all_.push_back(state);
    }
    std::unique_ptr<Subscriber> out(new Subscriber(*this, state));
    const auto& since = state->asked.since;
    auto found = events_.find(state->asked.query, {}, 0,
                              [&](const EpcisEvents::EventName& name, ledger::UnixSeconds at) {
                                  if (!since || at < *since) state->told.add(name);
                                  return true;
                              });
    if (auto* refusal = std::get_if<epcis::Refusal>(&found)) return std::move(*refusal);
    const std::lock_guard lock(mutex_);
    state->ready = true;
    wake_.notify_all();
    return out;
}

void Subscriptions::changed() {
    {
        const std::lock_guard lock(mutex_);
        if (all_.empty()) return;
        for (const auto& one : all_) one->stale = true;
    }
    wake_.notify_all();
}

void Subscriptions::end(std::string_view name) {
    const std::lock_guard lock(mutex_);
    for (const auto& one : all_)
        if (one->asked.name == name) finish(*one, End::query_gone);
}

void Subscriptions::finish(State& one, End why) {
    if (one.ended || one.left) return;
    one.ended = why;
    if (one.wake) one.wake();
}

void Subscriptions::leave(const std::shared_ptr<State>& one) {
    const std::lock_guard lock(mutex_);
    one->left = true;
    one->wake = {};
    std::erase(all_, one);
}

// Whether to look at it now.
bool Subscriptions::is_due(State& one, ledger::UnixSeconds from, ledger::UnixSeconds to) const {
    if (!one.ready || one.ended) return false;
    if (const auto& schedule = one.asked.schedule)
        for (auto at = from; at <= to && !one.due; ++at) one.due = schedule->fits(at);
    return one.asked.schedule ? one.due || one.more : one.stale || one.more;
}

void Subscriptions::run() {
    constexpr ledger::UnixSeconds kMostMissed = 5;  // seconds, of a clock that was set ahead
    auto seen = clock_();
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto now = clock_();
        const auto from = std::max(std::min(seen, now) + 1, now - kMostMissed);
        std::vector<std::shared_ptr<State>> due;
        bool scheduled = false;
        for (const auto& one : all_) {
            scheduled = scheduled || one->asked.schedule.has_value();
            if (is_due(*one, from, now)) due.push_back(one);
        }
        seen = now;
        const auto began = std::chrono::steady_clock::now();
        for (const auto& one : due) {
            if (stopping_) return;
            // Who has all that may wait is not looked for; more is found once he took it.
            if (one->waiting.size() >= limits_.messages) {
                if (one->stale && ++one->found_waiting > limits_.patience)
                    finish(*one, End::too_slow);
                one->more = true;
                one->stale = false;
                continue;
            }
            one->stale = false;
            one->found_waiting = 0;
            lock.unlock();
            look(*one);
            lock.lock();
        }
        // The thread takes half of a processor at most, and what comes at once is told at once.
        const auto took = std::chrono::steady_clock::now() - began;
        const auto pause = std::max<std::chrono::steady_clock::duration>(limits_.pause, took);
        if (!due.empty()) wake_.wait_for(lock, pause, [this] { return stopping_; });
        const auto anything = [&] {
            return stopping_ || std::any_of(all_.begin(), all_.end(), [](const auto& one) {
                       return one->ready && !one->ended && !one->asked.schedule &&
                              (one->stale || one->more);
                   });
        };
        if (scheduled || !due.empty())
            wake_.wait_for(lock, kTick, anything);
        else
            wake_.wait(lock, [&] {
                return anything() || std::any_of(all_.begin(), all_.end(), [](const auto& one) {
                           return one->ready && one->asked.schedule.has_value();
                       });
            });
    }
}

void Subscriptions::look(State& one) {
    auto found = events_.find(one.asked.query, {}, limits_.events,
                              [&](const EpcisEvents::EventName& name, ledger::UnixSeconds) {
                                  return one.told.has(name);
                              });
    if (std::holds_alternative<epcis::Refusal>(found)) {
        const std::lock_guard lock(mutex_);
        return finish(one, End::too_large);
    }
    const auto& page = std::get<EpcisEvents::Page>(found);
    std::optional<std::string> message;
    const bool says = !page.events.empty() || (one.asked.report_if_empty && one.asked.schedule);
    if (says) message = one.asked.render(page.events);
    for (const auto& shown : page.events) one.told.add({shown.org, name_of(shown)});
    const std::lock_guard lock(mutex_);
    one.due = false;
    one.more = !page.next.empty();
    if (!says || one.left) return;
    if (!message) return finish(one, End::unavailable);
    one.waiting.push_back(std::move(*message));
    if (one.wake) one.wake();
}

Subscriptions::Subscriber::~Subscriber() {
    of_.leave(state_);
}

void Subscriptions::Subscriber::on_more(std::function<void()> wake) {
    const std::lock_guard lock(of_.mutex_);
    state_->wake = std::move(wake);
}

std::optional<std::string> Subscriptions::Subscriber::take() {
    const std::lock_guard lock(of_.mutex_);
    if (state_->waiting.empty()) return std::nullopt;
    auto out = std::move(state_->waiting.front());
    state_->waiting.pop_front();
    state_->found_waiting = 0;
    of_.wake_.notify_all();
    return out;
}

std::optional<Subscriptions::End> Subscriptions::Subscriber::ended() const {
    const std::lock_guard lock(of_.mutex_);
    return state_->waiting.empty() ? state_->ended : std::nullopt;
}

}  // namespace reelproof::api
