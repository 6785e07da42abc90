// marking inspect: packages against good samples of their lot.
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/routes/inspect.h"
#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/cli.h"
#include "node/cli/marking_expectation.h"
#include "node/cli/marking_read.h"
#include "node/cli/marking_text.h"
#include "node/cli/marking_train.h"
#include "vision/label/read_image.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::node {

namespace json = boost::json;
using ledger::Bytes;
using ledger::Result;
using vision::MarkingState;

namespace {

constexpr std::size_t kBatch = 8;  // parts that one reader process is asked about at a time

struct Inspecting {
    std::string expected, annotate, observation;
    std::vector<std::string> files;
    bool surface = false, kinds = false;
};

// "out.png" for one picture, "out-2.png" for the second of several.
std::string numbered(const std::string& file, std::size_t index, std::size_t all) {
    if (all == 1) return file;
    const std::filesystem::path path(file);
    return (path.parent_path() /
            (path.stem().string() + "-" + std::to_string(index + 1) + path.extension().string()))
        .string();
}

// How many parts were found to be what, so far.
class Tally {
  public:
    void add(MarkingState state) { ++of_[state]; }
    [[nodiscard]] std::string text() const {
        std::string out;
        for (const auto state :
             {MarkingState::agrees, MarkingState::doubtful, MarkingState::differs,
              MarkingState::missing, MarkingState::unusable})
            if (const auto found = of_.find(state); found != of_.end())
                out += (out.empty() ? "" : ", ") + std::to_string(found->second) + " " +
                       std::string(to_string(state));
        return out;
    }

  private:
    std::map<MarkingState, std::size_t> of_;
};

// Of the samples: what the maker's rule says of the very lines that parts are compared with.
void tell_rule(const MarkingExpectation& expectation, const std::string& file) {
    if (!expectation.expected) return;
    const auto reading = expectation.expected->read(expectation.look.text.lines);
    for (const auto& one : reading.differences)
        std::cerr << "reelproof: " << file << ": "
                  << (one.field.empty() ? "the lines do not fit the maker's rule " + one.expected
                                        : "the lines say " + one.field + " " + one.seen +
                                              ", and it must be " + one.expected)
                  << '\n';
}

std::string kinds_text(const vision::MarkingKinds& kinds) {
    std::size_t all = 0;
    for (const auto& kind : kinds.kinds) all += kind.parts;
    std::string out = ledger::counted(kinds.kinds.size(), "kind") + " of marking:";
    for (const auto& kind : kinds.kinds)
        out += " " + std::to_string((200 * kind.parts + all) / (2 * all)) + " %";
    return out;
}

int inspect(const CommandLine& cli, const Inspecting& asked) {
    auto expectation = read_expectation(asked.expected);
    if (!expectation) return fail(expectation.error());
    auto& look = (*expectation)->look;
    const auto files = picture_files(asked.files);
    if (!files) return fail(files.error());
    if (asked.kinds && files->size() > vision::max_run_parts)
        return bad_usage(ledger::malformed("--kinds: at most " +
                                           std::to_string(vision::max_run_parts) +
                                           " parts are sorted at a time"));
    tell_rule(**expectation, asked.expected);
    vision::ReaderOptions options;
    options.command = {"/proc/self/exe", "reader"};
    vision::ReaderPool reader(options);
    vision::StudyWish wish;
    wish.annotate = !asked.annotate.empty();
    wish.conditions = asked.surface;
    wish.reference = api::reference_of(look);
    const auto samples = (*expectation)->samples();
    vision::MarkingStudy all;
    std::vector<Bytes> seen;  // for the observation
    Tally tally;
    bool held = false, bad = false;
    for (std::size_t first = 0; first < files->size(); first += kBatch) {
        std::vector<std::size_t> index;
        std::vector<Bytes> pictures;
        for (std::size_t i = first; i < std::min(files->size(), first + kBatch); ++i) {
            auto bytes = ledger::read_file((*files)[i], vision::max_picture_bytes);
            if (!bytes) {
                fail(bytes.error());
                bad = true;
                continue;
            }
            index.push_back(i);
            pictures.push_back(std::move(*bytes));
        }
        if (pictures.empty()) continue;
        const std::vector<vision::PictureBytes> parts(pictures.begin(), pictures.end());
        if (first == 0) {
            const auto doubt = reader.inspect_markings(look.text, samples, {});
            if (doubt && !doubt->doubt.empty())
                std::cerr << "reelproof: " << asked.expected << ": " << doubt->doubt << '\n';
        }
        auto study = reader.study_markings(look.text, samples, parts, wish);
        if (!study) {
            std::cerr << "reelproof: " << asked.expected << ": " << study.error().text << '\n';
            return kBadInput;
        }
        for (std::size_t i = 0; i < index.size(); ++i) {
            auto& studied = study->parts[i];
            const std::string& name = (*files)[index[i]];
            tally.add(studied.part.state);
            if (wish.annotate && !studied.annotated.empty()) {
                const auto to = numbered(asked.annotate, index[i], files->size());
                if (auto done = write_output(to, studied.annotated); !done)
                    return fail(done.error());
                studied.annotated.clear();
            }
            held = held || (!studied.part.trouble && studied.part.state != MarkingState::agrees);
            if (studied.part.trouble) {
                std::cerr << "reelproof: " << name << ": " << studied.part.trouble->text << '\n';
                bad = true;
            }
            if (!studied.part.trouble || cli.json) {
                json::object out{{"file", name}};
                for (auto& member : api::inspected_json(studied))
                    out[member.key()] = member.value();
                std::string text = name + ": " + api::told(studied.part);
                for (const auto& one : studied.conditions)
                    if (one.value > one.threshold)
                        text += "\n  surface: " + one.what + " is unusual (look at it)";
                if (files->size() > 1) text += "  [" + tally.text() + "]";
                cli.print(out, text);
            }
            seen.push_back(std::move(pictures[i]));
            all.parts.push_back(std::move(studied));
        }
        if (study->ghost && (!all.ghost || study->ghost->value > all.ghost->value))
            all.ghost = study->ghost;
    }
    std::optional<vision::MarkingKinds> kinds;
    if (asked.kinds && !seen.empty()) {
        const std::vector<vision::PictureBytes> run(seen.begin(), seen.end());
        auto sorted = reader.sort_markings(run);
        if (!sorted) return fail(ledger::malformed(sorted.error().text));
        kinds = std::move(*sorted);
        held = held || kinds->kinds.size() > 1;
        if (!cli.json) std::cout << kinds_text(*kinds) << '\n';
    }
    if (!asked.observation.empty()) {
        look.parts = std::move(seen);
        auto observation = api::observation_of(look, all);
        if (kinds) api::add_kinds(observation, *kinds);
        const auto text = ledger::format_marking(observation) + "\n";
        if (auto done = write_output(asked.observation, ledger::as_bytes(text)); !done)
            return fail(done.error());
    }
    if (bad) return kBadInput;
    return held ? kNo : kDone;
}

}  // namespace

void add_marking_commands(CommandLine& cli) {
    auto* marking = cli.app.add_subcommand("marking",
                                           "Package markings: inspect, read, quality, expect, "
                                           "rules, train; surfaces: enrol, compare; sort");
    marking->require_subcommand(1);
    add_marking_read(cli, marking);
    add_marking_train(cli, marking);
    add_marking_rule_commands(cli, marking);
    add_marking_surface_commands(cli, marking);
    auto asked = std::make_shared<Inspecting>();
    auto* command = cli.command(
        marking, "inspect",
        "Compare the marking of parts, character by character, with that of good samples of their "
        "lot: exit 0 when all agree, 1 when one differs, is doubtful or missing",
        "reelproof marking inspect --expect lot.toml part-1.jpg part-2.jpg");
    command
        ->add_option("--expect", asked->expected,
                     "a TOML file: lines, the marking's lines as printed, and samples, pictures "
                     "of good parts beside the file (docs/MARKINGS.md)")
        ->required();
    command
        ->add_option("--annotate", asked->annotate,
                     "write a PNG: expected above seen, with what differs; of several parts "
                     "FILE-1.png, FILE-2.png …")
        ->check(not_empty());
    command->add_flag("--surface", asked->surface,
                      "measure the surface, too: sanding, blacktop, ghost, position, pin 1");
    command->add_flag("--kinds", asked->kinds,
                      "sort the parts by how they are marked, too: mixed reels");
    command
        ->add_option("--observation", asked->observation,
                     "write what was seen as JSON, for `reelproof check --marking` and "
                     "`reelproof observe`")
        ->check(not_empty());
    command
        ->add_option("IMAGE", asked->files,
                     "pictures of one part each, from above; a folder: all pictures in it")
        ->required();
    command->callback(
        [&cli, asked] { cli.action = [&cli, asked] { return inspect(cli, *asked); }; });
}

}  // namespace reelproof::node
