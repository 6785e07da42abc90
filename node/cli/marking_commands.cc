// marking inspect: packages against good samples of their lot.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/routes/inspect.h"
#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/cli.h"
#include "node/cli/marking_expectation.h"
#include "node/cli/marking_read.h"
#include "node/cli/marking_table.h"
#include "node/cli/marking_text.h"
#include "node/cli/marking_train.h"
#include "node/cli/picture_source.h"
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
    std::string expected, annotate, observation, watch, camera, keep;
    std::vector<std::string> files;
    std::size_t count = 0;
    long idle = 0;  // seconds
    bool surface = false, kinds = false;
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

// "out.png" to "out-part-3.png".
std::string of_part(const std::string& file, int number) {
    const std::filesystem::path path(file);
    return (path.parent_path() /
            (path.stem().string() + "-part-" + std::to_string(number) + path.extension().string()))
        .string();
}

// One run: pictures from their source to rows, annotated pictures and an observation.
class Run {
  public:
    Run(const CommandLine& cli, const Inspecting& asked, MarkingExpectation& expectation,
        std::vector<std::string> files)
        : cli_(cli),
          asked_(asked),
          expectation_(expectation),
          files_(std::move(files)),
          table_(widest(files_)),
          tabular_(files_.size() != 1) {
        wish_.annotate = !asked.annotate.empty();
        wish_.conditions = asked.surface;
        wish_.reference = api::reference_of(expectation.look);
        if (expectation.expected) wish_.logos = expectation.expected->rule().logo_shapes;
    }

    int go() {
        // Before the reader's threads.
        std::optional<Interrupt> interrupt;
        std::unique_ptr<PictureSource> source;
        if (files_.empty()) {
            interrupt.emplace();
            const RunEnd end{*interrupt, std::chrono::seconds(asked_.idle)};
            source = asked_.camera.empty() ? watched_folder(asked_.watch, end)
                                           : camera(asked_.camera, asked_.keep, end);
        } else {
            source = picture_files_source(files_);
        }
        vision::ReaderOptions options;
        options.command = {"/proc/self/exe", "reader"};
        vision::ReaderPool reader(options);
        while (asked_.count == 0 || tally_.parts() < asked_.count) {
            const auto batch = source->next(files_.empty() ? 1 : kBatch);
            if (!batch) return fail(batch.error());
            if (batch->empty()) break;
            if (const auto stop = look_at(reader, *batch)) return *stop;
            given_ += batch->size();
        }
        return conclude(reader);
    }

  private:
    static std::size_t widest(const std::vector<std::string>& files) {
        std::size_t out = 0;
        for (const auto& file : files) out = std::max(out, file.size());
        return out;
    }

    // An exit code where the run can't go on.
    std::optional<int> look_at(vision::ReaderPool& reader,
                               const std::vector<SourcePicture>& batch) {
        std::vector<const SourcePicture*> pictures;
        std::vector<vision::PictureBytes> parts;
        for (const auto& one : batch) {
            if (!one.bytes) {
                fail(one.bytes.error());
                bad_ = true;
                continue;
            }
            pictures.push_back(&one);
            parts.emplace_back(*one.bytes);
        }
        if (parts.empty()) return std::nullopt;
        auto study =
            reader.study_markings(expectation_.look.text, expectation_.samples(), parts, wish_);
        if (!study) {
            std::cerr << "reelproof: " << asked_.expected << ": " << study.error().text << '\n';
            return kBadInput;
        }
        if (!std::exchange(doubt_told_, true) && !study->doubt.empty())
            std::cerr << "reelproof: " << asked_.expected << ": " << study->doubt << '\n';
        tabular_ = tabular_ || study->parts.size() > parts.size();
        // Nothing lies before a camera now and then.
        if (!asked_.camera.empty() && study->parts.size() == 1 && study->parts[0].part.trouble &&
            study->parts[0].part.trouble->code == "marking.no-package")
            return std::nullopt;
        const auto annotated = [&](std::size_t picture) {
            const auto place = static_cast<std::size_t>(pictures[picture] - batch.data());
            return numbered(asked_.annotate, given_ + place, files_.size());
        };
        for (auto& studied : study->parts) {
            const bool several =
                std::any_of(study->parts.begin(), study->parts.end(), [&](const auto& other) {
                    return other.picture == studied.picture && other.number != studied.number;
                });
            const auto file = annotated(studied.picture);
            const auto own = several ? of_part(file, studied.number) : file;
            if (const auto stop = write(own, studied.annotated)) return stop;
            tell(pictures[studied.picture]->name, studied, several);
            studied.annotated.clear();
        }
        for (const auto& [picture, png] : study->overviews)
            if (const auto stop = write(annotated(picture), png)) return stop;
        const std::size_t before = seen_.size();
        for (const auto* one : pictures) seen_.push_back(*one->bytes);
        for (auto& studied : study->parts) {
            studied.picture += before;
            all_.parts.push_back(std::move(studied));
        }
        if (study->ghost && (!all_.ghost || study->ghost->value > all_.ghost->value))
            all_.ghost = study->ghost;
        return std::nullopt;
    }

    std::optional<int> write(const std::string& file, const std::vector<std::uint8_t>& png) {
        if (png.empty()) return std::nullopt;
        if (auto done = write_output(file, png); !done) return fail(done.error());
        return std::nullopt;
    }

    void tell(const std::string& name, const vision::StudiedPart& studied, bool several) {
        const auto& part = studied.part;
        tally_.add(part.state);
        held_ = held_ || (!part.trouble && part.state != MarkingState::agrees);
        if (part.trouble) {
            std::cerr << "reelproof: " << name
                      << (several ? ", part " + std::to_string(studied.number) : std::string())
                      << ": " << part.trouble->text << '\n';
            bad_ = true;
        }
        if (part.trouble && !cli_.json && !tabular_) return;
        json::object out{{"file", name}};
        for (auto& member : api::inspected_json(studied)) out[member.key()] = member.value();
        std::string text =
            tabular_ ? table_.row(name, studied, tally_) : name + ": " + api::told(part);
        for (const auto& one : studied.conditions)
            if (one.value > one.threshold)
                text += "\n  surface: " + one.what + " is unusual (look at it)";
        cli_.print(out, text);
        std::cout.flush();
    }

    int conclude(vision::ReaderPool& reader) {
        std::optional<vision::MarkingKinds> kinds;
        if (asked_.kinds && !seen_.empty()) {
            const std::vector<vision::PictureBytes> run(
                seen_.begin(), seen_.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                   seen_.size(), vision::max_run_pictures)));
            const bool several = std::any_of(all_.parts.begin(), all_.parts.end(),
                                             [](const auto& part) { return part.number > 1; });
            auto sorted = reader.sort_markings(run, {several, false});
            if (!sorted) return fail(ledger::malformed(sorted.error().text));
            kinds = std::move(*sorted);
            held_ = held_ || kinds->kinds.size() > 1;
            if (!cli_.json) std::cout << kinds_text(*kinds) << '\n';
        }
        if (!asked_.observation.empty()) {
            auto& look = expectation_.look;
            look.parts = std::move(seen_);
            auto observation = api::observation_of(look, wish_.reference, all_);
            if (kinds) api::add_kinds(observation, *kinds);
            const auto text = ledger::format_marking(observation) + "\n";
            if (auto done = write_output(asked_.observation, ledger::as_bytes(text)); !done)
                return fail(done.error());
        }
        if (bad_) return kBadInput;
        return held_ ? kNo : kDone;
    }

    const CommandLine& cli_;
    const Inspecting& asked_;
    MarkingExpectation& expectation_;
    const std::vector<std::string> files_;  // none: the source is a camera or a folder
    vision::StudyWish wish_;
    MarkingTable table_;
    bool tabular_;
    Tally tally_;
    vision::MarkingStudy all_;
    std::vector<Bytes> seen_;  // for the observation
    std::size_t given_ = 0;    // pictures, before the batch at hand
    bool doubt_told_ = false, held_ = false, bad_ = false;
};

int inspect(const CommandLine& cli, const Inspecting& asked) {
    const int sources = (asked.files.empty() ? 0 : 1) + (asked.watch.empty() ? 0 : 1) +
                        (asked.camera.empty() ? 0 : 1);
    if (sources != 1)
        return bad_usage(ledger::malformed(
            "say where the pictures come from: IMAGE, or --watch FOLDER, or --camera SOURCE"));
    auto expectation = read_expectation(asked.expected);
    if (!expectation) return fail(expectation.error());
    const auto files = picture_files(asked.files);
    if (!files) return fail(files.error());
    if (asked.kinds && files->size() > vision::max_run_pictures)
        return bad_usage(ledger::malformed("--kinds: at most " +
                                           std::to_string(vision::max_run_pictures) +
                                           " pictures are sorted at a time"));
    tell_rule(**expectation, asked.expected);
    return Run(cli, asked, **expectation, *files).go();
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
                     "write a PNG: expected above seen, with what differs; of several pictures "
                     "FILE-1.png, FILE-2.png …; of a picture with several parts their numbers "
                     "on it, and FILE-part-2.png of each that does not agree")
        ->check(not_empty());
    command->add_flag("--surface", asked->surface,
                      "measure the surface, too: sanding, blacktop, ghost, position, logo, "
                      "pin 1");
    command->add_flag("--kinds", asked->kinds,
                      "sort the parts by how they are marked, too: mixed reels");
    command
        ->add_option("--observation", asked->observation,
                     "write what was seen as JSON, for `reelproof check --marking` and "
                     "`reelproof observe`")
        ->check(not_empty());
    command->add_option("IMAGE", asked->files,
                        "pictures of parts, from above; a folder: all pictures in it");
    command
        ->add_option("--watch", asked->watch,
                     "a folder: what lies in it, then each picture that comes into it")
        ->check(CLI::ExistingDirectory);
    command
        ->add_option("--camera", asked->camera,
                     "a camera such as /dev/video0, a film, or numbered pictures such as "
                     "%04d.png: each picture that is still and sharp, once")
        ->check(not_empty());
    command
        ->add_option("--keep", asked->keep,
                     "a folder for the pictures that --camera takes: an observation names them by "
                     "their hash")
        ->check(CLI::ExistingDirectory);
    command->add_option("--count", asked->count, "end after this many parts")
        ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}));
    command
        ->add_option("--idle", asked->idle,
                     "end --watch or --camera when nothing new came for this many seconds; else "
                     "Ctrl-C ends them")
        ->check(CLI::Range(1L, 86'400L));
    command->callback(
        [&cli, asked] { cli.action = [&cli, asked] { return inspect(cli, *asked); }; });
}

}  // namespace reelproof::node
