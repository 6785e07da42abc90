// A log and its two mirrors as processes of their own: real stores, sequencers, HTTPS and
// replication, killed where the test says. What each has on its disk after each step is recorded
// in one order, in the terms of the model. For the test's one thread.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "ledger/store/fault.h"
#include "tests/model/spin_support.h"
#include "tests/node/replication_support.h"

namespace reelproof::model {

// A mirror kills itself there; with a step, only when the commit was of that step.
struct Death {
    ledger::FaultPoint at;
    int step = 0;
};

class Recorder {
  public:
    Recorder();
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    // Returns when the log serves, or has refused to start. What was asked for in an earlier life
    // and not answered is submitted again. With no mirror that answers it, nor admitting any, until
    // find_mirrors().
    void start_log(bool alone = false);
    void find_mirrors() const;
    // Returns when it is answered.
    void submit(int statement);
    // Submits and waits until the log has killed itself at the next such moment.
    void submit_and_die(int statement, ledger::FaultPoint at);
    void kill_log();
    // Waits until the log has put into its anchor what a mirror holds and it has lost.
    void await_contradiction();
    // Waits until the process of a log that refused has ended.
    void await_refusal();
    // Of the log's folder, while it is down.
    void back_up();
    void restore_store();
    void restore_both();

    void start_mirror(int mirror, std::optional<Death> death = std::nullopt);
    void await_mirror_death(int mirror);

    // Waits, 20 seconds at most, until such a step was seen, now or earlier; throws when it never
    // was.
    void await(int step, int who, int size);

    [[nodiscard]] const std::vector<Event>& trace() const { return trace_; }
    // Of the log, as it lies on its disk.
    [[nodiscard]] int log_size() const { return log_size_; }

  private:
    struct Process {
        int pid = -1;
        int orders = -1;  // the end of a pipe from which it reads what to do
    };
    using Work = std::function<void(int orders)>;
    Process spawn(const Work& work);
    void await(const std::function<bool()>& condition);
    void take_events();
    void order(const std::vector<unsigned char>& what) const;
    void died(Process& process, Event event, bool kill);

    std::array<int, 2> pipe_{-1, -1};
    node::tests::TestNode log_{"maker.example"};
    std::array<std::unique_ptr<node::tests::TestNode>, 2> mirrors_;
    std::filesystem::path anchor_;
    node::tests::TempFolder backup_;
    Process log_process_;
    std::array<Process, 2> mirror_processes_;
    std::vector<Event> trace_;
    std::set<int> waiting_for_;  // submitted, not answered
    int log_size_ = 1, backed_up_ = 0;
};

}  // namespace reelproof::model
