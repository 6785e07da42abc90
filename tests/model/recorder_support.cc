#include "tests/model/recorder_support.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <stdexcept>

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "ledger/store/anchor.h"
#include "ledger/store/schema.h"
#include "ledger/store/state.h"

namespace reelproof::model {

namespace {

using ledger::FaultPoint;
using node::tests::TestNode;

// An order to a log is a statement to submit, to replicate, or this and the moment to die at.
constexpr unsigned char kDeaths = 128;
constexpr unsigned char kFindMirrors = 127;
// Neither statement nor size can be more than the model's four bits.
using Record = std::array<unsigned char, 3>;

// What the model knows of a node's disk. Read from the tables themselves: what is committed, not
// what is published.
struct Disk {
    int own = 0;     // entries of its own log
    int copied = 0;  // of the followed log
    int cosigned = 0;
    bool frozen = false;
};

int size_in(const ledger::Bytes& head) {
    return static_cast<int>(ledger::schema::read_head("", head).checkpoint.size);
}

Disk look(const ledger::Store& store, const std::string& followed) {
    const auto& state = store.state();
    const ledger::lmdb::Reader reader(state.log);
    const auto head = [&](ledger::LogId log) {
        const auto row = reader.get(state.tables.heads, ledger::schema::log_key(log));
        return row ? size_in(ledger::to_bytes(*row)) : 0;
    };
    Disk disk;
    disk.own = head(ledger::kOwnLog);
    ledger::lmdb::Cursor logs(reader, state.tables.logs);
    for (bool more = logs.first(); more; more = logs.next()) {
        const auto id = ledger::schema::read_log_key(logs.key());
        const auto info = ledger::schema::read_log(id, logs.value());
        if (info.origin != followed) continue;
        disk.copied = head(id);
        disk.frozen = !info.frozen.empty();
    }
    if (const auto row =
            reader.get(state.tables.of(ledger::Table::mirrors), ledger::as_bytes(followed))) {
        const auto note = ledger::parse_note(ledger::as_text(*row));
        disk.cosigned = static_cast<int>(ledger::parse_checkpoint(note->text)->size);
    }
    return disk;
}

// In the child. Each step is written to the pipe before anybody else can act on it, so the order
// in the pipe is one in which it happened.
class Observer {
  public:
    Observer(TestNode& node, int pipe, std::string log)
        : log_(std::move(log)), node_(node), pipe_(pipe) {}
    virtual ~Observer() = default;

    void say(int step, int who, int size) const {
        const Record record{static_cast<unsigned char>(step), static_cast<unsigned char>(who),
                            static_cast<unsigned char>(size)};
        if (::write(pipe_, record.data(), record.size()) != sizeof record) ::_exit(4);
    }
    // The node tells each step from here on; the death is the test's.
    void start_node() {
        node_.before_serving = [this] {
            begin();
            serves_ = true;
        };
        ledger::set_fault_hook([this](FaultPoint point) {
            const bool of_the_index =
                point == FaultPoint::before_index_commit || point == FaultPoint::after_index_commit;
            if (serves_ && !of_the_index) reached(point);
        });
        node_.start();
    }

  protected:
    virtual void begin() = 0;
    virtual void reached(FaultPoint point) = 0;
    [[nodiscard]] const ledger::Store& store() const { return node_.store(); }
    [[nodiscard]] Disk disk() const { return look(node_.store(), log_); }
    static void die() { ::kill(::getpid(), SIGKILL); }

  private:
    const std::string log_;  // its origin
    TestNode& node_;
    const int pipe_;
    std::atomic<bool> serves_ = false;
};

class LogObserver : public Observer {
  public:
    using Observer::Observer;
    void die_at(FaultPoint point) { death_ = static_cast<int>(point); }

  private:
    void begin() override {
        size_ = disk().own;
        say(START, 0, size_);
    }
    void reached(FaultPoint point) override {
        if (point == FaultPoint::after_commit) {
            const int size = disk().own;
            if (size != size_) say(COMMIT, 0, size);
            size_ = size;
        } else if (point == FaultPoint::after_anchor) {
            const auto anchor = ledger::Anchor(store().state().options.anchor).read();
            say(ANCHOR, 0, static_cast<int>((*anchor)->checkpoint.size));
        }
        // Dying before_publish is dying before anybody was shown anything.
        if (death_ == static_cast<int>(point)) die();
        if (point == FaultPoint::before_publish) say(PUBLISH, 0, size_);
    }

    int size_ = 0;  // owner: the sequencer's thread, once it serves
    std::atomic<int> death_ = -1;
};

class MirrorObserver : public Observer {
  public:
    MirrorObserver(TestNode& node, int pipe, std::string log, int mirror,
                   std::optional<Death> death)
        : Observer(node, pipe, std::move(log)), mirror_(mirror), death_(death) {}

  private:
    void begin() override { before_ = disk(); }
    void reached(FaultPoint point) override {
        int step = 0;
        const auto saw = [&](int what, int size) {
            step = what;
            say(what, mirror_, size);
        };
        if (point == FaultPoint::after_commit) {
            const Disk now = disk();
            if (now.copied != before_.copied) saw(PERSIST, now.copied);
            if (now.cosigned != before_.cosigned) saw(COSIGN, now.cosigned);
            if (now.frozen != before_.frozen) saw(FREEZE, now.copied);
            before_ = now;
        }
        if (death_ && death_->at == point && death_->step == step) die();
    }

    const int mirror_;
    const std::optional<Death> death_;
    Disk before_;  // owner: the sequencer's thread, once it serves
};

ledger::Bytes statement(const TestNode& node, int number) {
    ledger::StatementHeader header;
    header.content_type = ledger::wire::kPublicContentType;
    header.iss = node.org();
    header.sub = "destruction.confirm";
    header.iat = 1763640000;
    const std::string payload =
        R"({"type":"destruction.confirm","what":"reel )" + std::to_string(number) + R"("})";
    return ledger::sign_statement(node.keys().statements, header, ledger::as_bytes(payload))
        .value();
}

void keep_log(TestNode& node, LogObserver& observer,
              const std::vector<node::PartnerConfig>& partners, bool alone, int orders) {
    try {
        observer.start_node();
    } catch (const std::exception& refusal) {
        const std::string reason = refusal.what();
        if (reason.find("the store was rolled back") == std::string::npos) throw;
        observer.say(REFUSE, 0, 0);
        return;
    }
    if (!alone) node.replicate(partners);
    for (unsigned char what = 0; ::read(orders, &what, 1) == 1;) {
        if (what == kFindMirrors) {
            node.replicate(partners);
            continue;
        }
        if (what >= kDeaths) {
            observer.die_at(static_cast<FaultPoint>(what - kDeaths));
            continue;
        }
        observer.say(SUBMIT, what, 0);
        node.sequencer().submit(
            statement(node, what), [&observer, what](ledger::Result<ledger::Placement> placed) {
                if (placed)
                    observer.say(ANSWER, what,
                                 placed->duplicate ? 0 : static_cast<int>(placed->size));
            });
    }
}

}  // namespace

Recorder::Recorder() {
    if (::pipe(pipe_.data()) != 0) throw std::runtime_error("no pipe");
    mirrors_ = {std::make_unique<TestNode>("ems.example"),
                std::make_unique<TestNode>("oem.example")};
    anchor_ = log_.store().state().options.anchor;
    // Processes are forked from here: no thread may be left.
    log_.stop();
    for (auto& mirror : mirrors_) mirror->stop();
}

Recorder::~Recorder() {
    for (Process* process : {&log_process_, &mirror_processes_[0], &mirror_processes_[1]})
        if (process->pid > 0) {
            ::kill(process->pid, SIGKILL);
            ::waitpid(process->pid, nullptr, 0);
            ::close(process->orders);
        }
    ::close(pipe_[0]);
    ::close(pipe_[1]);
}

Recorder::Process Recorder::spawn(const Work& work) {
    std::array<int, 2> orders{};
    if (::pipe(orders.data()) != 0) throw std::runtime_error("no pipe");
    const int pid = ::fork();
    if (pid < 0) throw std::runtime_error("can't fork");
    if (pid == 0) {
        ::close(orders[1]);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        try {
            work(orders[0]);
        } catch (const std::exception& trouble) {
            std::cerr << "a recorded node: " << trouble.what() << "\n";
            ::_exit(2);
        }
        ::_exit(0);
    }
    ::close(orders[0]);
    return {pid, orders[1]};
}

void Recorder::take_events() {
    ::pollfd ready{pipe_[0], POLLIN, 0};
    while (::poll(&ready, 1, 0) == 1) {
        Record record{};
        if (::read(pipe_[0], record.data(), record.size()) != sizeof record)
            throw std::runtime_error("a record was torn");
        const Event event{record[0], record[1], record[2]};
        if (event.step == START || event.step == COMMIT) log_size_ = event.size;
        if (event.step == SUBMIT) waiting_for_.insert(event.who);
        if (event.step == ANSWER) waiting_for_.erase(event.who);
        trace_.push_back(event);
    }
}

void Recorder::await(const std::function<bool()>& condition) {
    if (!node::tests::eventually([&] {
            take_events();
            return condition();
        }))
        throw std::runtime_error("never came, after:\n" + to_string(trace_));
}

void Recorder::await(int step, int who, int size) {
    await([&] {
        return std::any_of(trace_.begin(), trace_.end(), [&](const Event& event) {
            return event.step == step && event.who == who && event.size == size;
        });
    });
}

void Recorder::start_log(bool alone) {
    take_events();
    const std::size_t before = trace_.size();
    log_process_ = spawn([&](int orders) {
        LogObserver observer(log_, pipe_[1], log_.origin());
        keep_log(log_, observer, {mirrors_[0]->as_partner(), mirrors_[1]->as_partner()}, alone,
                 orders);
    });
    bool refused = false;
    await([&] {
        return std::any_of(trace_.begin() + static_cast<std::ptrdiff_t>(before), trace_.end(),
                           [&](const Event& event) {
                               refused = event.step == REFUSE;
                               return refused || event.step == START;
                           });
    });
    if (refused) return;
    const std::set<int> again = waiting_for_;
    for (const int number : again) submit(number);
}

void Recorder::submit(int number) {
    waiting_for_.insert(number);
    order({static_cast<unsigned char>(number)});
    await([&] { return waiting_for_.count(number) == 0; });
}

void Recorder::submit_and_die(int number, FaultPoint at) {
    waiting_for_.insert(number);
    order({static_cast<unsigned char>(kDeaths + static_cast<int>(at)),
           static_cast<unsigned char>(number)});
    died(log_process_, {CRASH, 0, 0}, false);
}

void Recorder::order(const std::vector<unsigned char>& what) const {
    if (::write(log_process_.orders, what.data(), what.size()) != static_cast<ssize_t>(what.size()))
        throw std::runtime_error("the log is gone");
}

void Recorder::died(Process& process, Event event, bool kill) {
    if (kill) ::kill(process.pid, SIGKILL);
    int status = 0;
    if (!node::tests::eventually([&] { return ::waitpid(process.pid, &status, WNOHANG) != 0; }))
        throw std::runtime_error("it did not die, after:\n" + to_string(trace_));
    ::close(process.orders);
    process = {};
    take_events();
    if (WIFSIGNALED(status))
        trace_.push_back(event);
    else if (WEXITSTATUS(status) != 0)
        throw std::runtime_error("a node failed, after:\n" + to_string(trace_));
}

void Recorder::await_refusal() {
    died(log_process_, {CRASH, 0, 0}, false);
}

void Recorder::kill_log() {
    died(log_process_, {CRASH, 0, 0}, true);
}

void Recorder::await_mirror_death(int mirror) {
    died(mirror_processes_.at(static_cast<std::size_t>(mirror)), {MIRROR_CRASH, mirror, 0}, false);
}

void Recorder::find_mirrors() const {
    order({kFindMirrors});
}

void Recorder::await_contradiction() {
    await([&] {
        const auto start = std::find_if(trace_.rbegin(), trace_.rend(),
                                        [](const Event& event) { return event.step == START; });
        return std::any_of(trace_.rbegin(), start, [&](const Event& event) {
            return event.step == ANCHOR && event.size > log_size_;
        });
    });
}

void Recorder::back_up() {
    log_.save_store(backup_.path() / "store");
    backed_up_ = log_size_;
    trace_.push_back({BACKUP, 0, backed_up_});
}

void Recorder::restore_store() {
    const auto kept = backup_.path() / "anchor";
    std::filesystem::copy_file(anchor_, kept);
    log_.restore_store(backup_.path() / "store");
    std::filesystem::copy_file(kept, anchor_, std::filesystem::copy_options::overwrite_existing);
    trace_.push_back({RESTORE_STORE, 0, backed_up_});
}

void Recorder::restore_both() {
    log_.restore_store(backup_.path() / "store");
    trace_.push_back({RESTORE_BOTH, 0, backed_up_});
}

void Recorder::start_mirror(int mirror, std::optional<Death> death) {
    const auto which = static_cast<std::size_t>(mirror);
    mirror_processes_.at(which) = spawn([&, which](int orders) {
        TestNode& node = *mirrors_.at(which);
        MirrorObserver observer(node, pipe_[1], log_.origin(), mirror, death);
        observer.start_node();
        node.replicate({log_.as_partner(), mirrors_.at(1 - which)->as_partner()});
        for (unsigned char what = 0; ::read(orders, &what, 1) == 1;) {
        }
    });
}

}  // namespace reelproof::model
