// marking train: teaches the network that reads markings.
#include "node/cli/marking_train.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/progress.h"
#include "vision/marking/line_network_file.h"
#include "vision/training/photographs.h"
#include "vision/training/train.h"

namespace reelproof::node {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kMostBytes = std::size_t{16} << 20;

struct Training {
    int steps = training::TrainingPlan{}.steps;
    std::uint64_t seed = 1;
    std::string from, out, photographs, leave_out;
};

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // a signal handler sets it

void interrupt(int) {
    interrupted = true;
}

// Once: a second signal ends us as ever.
void end_gently_on(int signal) {
    struct sigaction action {};
    action.sa_handler = interrupt;
    action.sa_flags = SA_RESETHAND;
    sigaction(signal, &action, nullptr);
}

std::string clock_text(double seconds) {
    const auto minutes = static_cast<long>(seconds / 60);
    return minutes < 60
               ? std::to_string(minutes) + " min"
               : std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

std::string loss_text(double loss) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", loss);
    return text;
}

std::optional<training::Fold> fold_of(const std::string& text) {
    training::Fold out;
    char end = 0;
    if (std::sscanf(text.c_str(), "%4d/%4d%c", &out.part, &out.of, &end) != 2) return std::nullopt;
    if (out.of < 2 || out.part < 0 || out.part >= out.of) return std::nullopt;
    return out;
}

vision::Result<std::vector<training::MarkedPhotograph>> photographs_of(const Training& asked) {
    if (asked.photographs.empty()) {
        if (asked.leave_out.empty()) return std::vector<training::MarkedPhotograph>();
        return vision::Error{"malformed", "--leave-out is for --photographs"};
    }
    if (asked.from.empty())
        return vision::Error{"malformed",
                             "--photographs needs --from: a network that finds the "
                             "lines on them, such as "
                             "vision/training/painted_lines.bin"};
    auto out = training::read_marked_photographs(asked.photographs);
    if (!out || asked.leave_out.empty()) return out;
    const auto fold = fold_of(asked.leave_out);
    if (!fold)
        return vision::Error{"malformed",
                             "--leave-out must be N/K, N from 0 to K - 1: " + asked.leave_out};
    const auto groups = training::groups_of(*out);
    if (groups.size() < static_cast<std::size_t>(fold->of))
        return vision::Error{"malformed", "--leave-out " + asked.leave_out + ": there are only " +
                                              std::to_string(groups.size()) +
                                              " groups of photographs, fewer than parts"};
    std::erase_if(*out, [&](const training::MarkedPhotograph& one) {
        return training::is_in(*fold, one.group, groups);
    });
    return out;
}

int train(const CommandLine& cli, const Training& asked) {
    training::TrainingPlan plan{asked.steps, asked.seed, {}};
    if (!asked.from.empty()) {
        const auto file = ledger::read_file(asked.from, kMostBytes);
        if (!file) return fail(file.error());
        plan.from = vision::line_network_weights(*file);
        if (!plan.from)
            return fail(ledger::malformed(asked.from + ": is no line network of this program"));
    }
    auto photographs = photographs_of(asked);
    if (!photographs) return fail(ledger::malformed(photographs.error().text));
    plan.photographs = std::move(*photographs);
    if (!plan.photographs.empty() && !cli.json)
        std::cout << "looking for the lines on " << plan.photographs.size() << " photographs"
                  << std::endl;
    for (const int signal : {SIGINT, SIGTERM}) end_gently_on(signal);
    const auto start = Clock::now();
    ledger::Result<void> written;
    int right = 0, tried = 0, done = 0;
    {
        Progress progress;
        const auto trained = training::train_line_network(
            plan, interrupted,
            [&](const training::TrainingReport& report, const std::vector<float>& weights) {
                done = report.step;
                const double spent = std::chrono::duration<double>(Clock::now() - start).count();
                const double left = spent / report.step * (asked.steps - report.step);
                std::string text = "step " + std::to_string(report.step) + " of " +
                                   std::to_string(asked.steps) + ": loss " + loss_text(report.loss);
                if (report.tried == 0) return progress(text + ", " + clock_text(left) + " left");
                if (report.photographed > 0)
                    text += ", " + std::to_string(report.photographed) + " photographed lines";
                text += ", " + std::to_string(report.right) + " of " +
                        std::to_string(report.tried) + " other lines read exactly, " +
                        clock_text(left) + " left";
                progress("");
                cli.print(json::object{{"step", report.step},
                                       {"steps", asked.steps},
                                       {"loss", report.loss},
                                       {"read_exactly", report.right},
                                       {"of", report.tried},
                                       {"photographed_lines", report.photographed},
                                       {"best", report.best},
                                       {"seconds_left", left}},
                          text);
                std::cout.flush();
                if (!report.best) return;
                right = report.right;
                tried = report.tried;
                // At once: nothing is lost, whatever ends us.
                written = write_output(asked.out, vision::line_network_file(weights));
                if (!written) interrupted = true;
            });
        if (!trained) return fail(ledger::malformed(trained.error().text));
    }
    if (!written) return fail(written.error());
    if (tried == 0)
        return fail(ledger::malformed("stopped before anything was learnt: " + asked.out +
                                      " was not written"));
    cli.print(json::object{{"file", asked.out},
                           {"steps", done},
                           {"read_exactly", right},
                           {"of", tried},
                           {"finished", done == asked.steps}},
              (done == asked.steps ? "" : "stopped after step " + std::to_string(done) + "; ") +
                  asked.out + ": reads " + std::to_string(right) + " of " + std::to_string(tried) +
                  " lines exactly; use it with marking read --network");
    return kDone;
}

}  // namespace

void add_marking_train(CommandLine& cli, CLI::App* marking) {
    auto asked = std::make_shared<Training>();
    auto* command = cli.command(
        marking, "train",
        "Teach a network that reads markings, from painted lines and photographs: takes an hour, "
        "and the "
        "typefaces that docs/MARKINGS.md names. Ctrl-C ends it, and leaves the best so far",
        "reelproof marking train --out mine.bin --steps 20000");
    command->add_option("--out", asked->out, "the file to write")->required()->check(not_empty());
    command->add_option("--steps", asked->steps, "lines are learnt from in so many steps")
        ->check(CLI::Range(1, 10'000'000))
        ->capture_default_str();
    command->add_option("--seed", asked->seed, "the same seed and steps make the same network")
        ->capture_default_str();
    command->add_option("--from", asked->from, "go on from this network");
    command->add_option("--photographs", asked->photographs,
                        "learn from photographs too: a file with one object a line, {\"file\", "
                        "\"marking_lines\", \"group\", \"rotation\"} (docs/MARKINGS.md)");
    command->add_option("--leave-out", asked->leave_out,
                        "but not from the groups of this part of them: 0/4 leaves out a quarter, "
                        "to try what was learnt on");
    command->callback([&cli, asked] { cli.action = [&cli, asked] { return train(cli, *asked); }; });
}

}  // namespace reelproof::node
