// Standing EPCIS queries: whoever subscribed gets each event of the answer that was not in it
// before, once, as soon as this node can read it or at the times of a schedule. One thread looks,
// for all; a look is the query itself, so it sees what GET sees and nothing else. Thread-safe.
//
// What was told of is remembered by name and not by time: a partner's events reach us long after he
// recorded them. Nothing outlives the subscription: who comes again says from when on he wants it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "api/epcis/schedule.h"
#include "api/service/epcis_events.h"

namespace reelproof::api {

class Subscriptions {
  public:
    struct Limits {
        std::size_t most = 32, most_of_one = 4;  // subscriptions, in all and of one caller
        std::size_t events = 30;                 // of one message
        std::size_t messages = 4;                // that may wait for a subscriber
        std::size_t patience = 10;               // looks in a row that may find them waiting
        std::chrono::milliseconds pause{1000};   // between two looks
    };
    Subscriptions(EpcisEvents& events, ledger::Clock clock, Limits limits);
    Subscriptions(EpcisEvents& events, ledger::Clock clock)
        : Subscriptions(events, std::move(clock), Limits()) {}
    ~Subscriptions();
    Subscriptions(const Subscriptions&) = delete;
    Subscriptions& operator=(const Subscriptions&) = delete;

    struct Asked {
        std::string name, caller;  // of the query, and who subscribes
        epcis::EventQuery query;
        std::optional<epcis::Schedule> schedule;  // nothing: as it comes
        bool report_if_empty = false;             // at the times of a schedule
        // Events that were recorded from then on; nothing: those that come from now on.
        std::optional<ledger::UnixSeconds> since;
        // One message; on the thread of the subscriptions. Nothing: it can't be given now.
        std::function<std::optional<std::string>(const std::vector<epcis::Shown>&)> render;
    };
    enum class End {
        query_gone,
        too_slow,
        too_large,    // the answer is more than a query may have
        unavailable,  // a message could not be made
    };

    // One subscription, until it is destroyed.
    class Subscriber;
    enum class Full { of_this_caller, of_all };
    // Looks once, at what is there already.
    std::variant<std::unique_ptr<Subscriber>, Full, epcis::Refusal> subscribe(Asked asked);

    // There may be more to read: a log has grown. Never waits.
    void changed();
    // Nobody subscribes to that query any more.
    void end(std::string_view name);

  private:
    struct State;
    void run();
    void look(State& one);
    // With mutex_ held.
    [[nodiscard]] bool is_due(State& one, ledger::UnixSeconds from, ledger::UnixSeconds to) const;
    void finish(State& one, End why);
    void leave(const std::shared_ptr<State>& one);

    EpcisEvents& events_;
    const ledger::Clock clock_;
    const Limits limits_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<std::shared_ptr<State>> all_;  // under mutex_, as all below
    bool stopping_ = false;
    std::thread thread_;
};

class Subscriptions::Subscriber {
  public:
    ~Subscriber();
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;
    // `wake` is called from any thread when there is more to take; it must not block or throw, and
    // is not called any more once this is destroyed.
    void on_more(std::function<void()> wake);
    // The next message, if there is one.
    std::optional<std::string> take();
    // Why there will be no more; those that wait come first.
    [[nodiscard]] std::optional<End> ended() const;

  private:
    friend class Subscriptions;
    Subscriber(Subscriptions& of, std::shared_ptr<State> state)
        : of_(of), state_(std::move(state)) {}
    Subscriptions& of_;
    const std::shared_ptr<State> state_;
};

}  // namespace reelproof::api
