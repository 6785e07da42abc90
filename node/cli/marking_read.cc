// marking read, marking quality: one package's picture, without samples of its lot.
#include "node/cli/marking_read.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/routes/reading_json.h"
#include "api/service/observe_reading.h"
#include "ledger/base/file.h"
#include "ledger/base/sha256.h"
#include "node/cli/arguments.h"
#include "node/cli/cli.h"
#include "node/cli/marking_expectation.h"
#include "vision/label/read_image.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

std::string number(double value, const char* form = "%.1f") {
    char text[32];
    std::snprintf(text, sizeof text, form, value);
    return text;
}

std::string percent(double part) {
    return number(100 * part, "%.0f") + " %";
}

std::string told(const vision::PictureQuality& it) {
    const std::string measured = "package " + number(it.width, "%.0f") + " pixels wide (at least " +
                                 number(vision::least_package_width, "%.0f") + "), edges " +
                                 number(it.edge) + " (at most " + number(it.edge_limit) +
                                 "), contrast " + number(it.contrast) + " levels (at least " +
                                 number(vision::least_contrast) + "), black " + percent(it.dark) +
                                 ", white " + percent(it.bright) + ", glare " + percent(it.glare);
    return it.trouble ? "UNUSABLE: " + it.trouble->text + "\n  " + measured : "usable: " + measured;
}

// Where another character is at least a tenth as likely: its place among the line's characters,
// from 1, spaces left out.
std::string doubts(const vision::ReadLine& line) {
    std::string out;
    for (std::size_t place = 0; place < line.characters.size(); ++place) {
        const auto& one = line.characters[place];
        if (one.alternatives.size() < 2 || one.alternatives[1].probability < 0.1) continue;
        out += (out.empty() ? "  (character " : ", character ") + std::to_string(place + 1) + ": ";
        for (std::size_t i = 0; i < one.alternatives.size(); ++i)
            if (i < 2 || one.alternatives[i].probability >= 0.1)
                out += (i > 0 ? " or " : "") + std::string(1, one.alternatives[i].character) + " " +
                       percent(one.alternatives[i].probability);
    }
    return out.empty() ? out : out + ")";
}

std::string told(const vision::ExpectedLine& line) {
    using State = vision::ExpectedLine::State;
    const std::string name = "\n  expected " + line.text + ": ";
    if (line.state == State::unseen) return name + "NOT SEEN";
    const std::string character(1, vision::plain_line(line.text)[line.worst]);
    const auto& seen = line.characters[line.worst].alternatives;
    const std::string worst = character + " at " + std::to_string(line.worst + 1) + ", " +
                              number(100 * line.probability, "%.3g") + " %";
    std::string out = line.state == State::agrees     ? name + "agrees; worst is " + worst
                      : line.state == State::doubtful ? name + "DOUBTFUL: " + worst
                                                      : name + "DIFFERS: " + worst;
    if (const auto& first = seen.front(); first.character != character[0])
        out += std::string(", where it rather is ") + first.character + ", " +
               percent(first.probability);
    return out;
}

using Opinions = std::vector<vision::PrintedLine>;

std::string told(const vision::ReadPart& reading, std::span<const vision::PrintedLine> opinions) {
    if (reading.quality.trouble) return "UNUSABLE: " + reading.quality.trouble->text;
    std::string out;
    if (reading.lines.empty()) {
        for (const auto& line : reading.expected) out += told(line);
        return (reading.outline ? "no marking can be read on this package"
                                : "neither a package nor a marking was found") +
               out;
    }
    for (std::size_t i = 0; i < reading.lines.size(); ++i) {
        const auto& line = reading.lines[i];
        out += "\n  " + line.text + "  " + percent(line.confidence) + doubts(line);
        if (i < opinions.size() && !opinions[i].text.empty())
            out += "\n    Tesseract reads " + opinions[i].text + "  " +
                   percent(opinions[i].confidence);
    }
    for (const auto& line : reading.expected) out += told(line);
    return std::to_string(reading.lines.size()) + (reading.lines.size() == 1 ? " line" : " lines") +
           out;
}

vision::ReaderPool reader_pool(const std::string& network = {}) {
    vision::ReaderOptions options;
    options.command = {"/proc/self/exe", "reader"};
    options.line_network = network;
    return vision::ReaderPool(options);
}

// What `look` says of each picture; whether all could be looked at, and `good` said so.
template <class Look>
int of_each(const std::vector<std::string>& files, Look look) {
    int out = kDone;
    for (const std::string& file : files) {
        const auto picture = ledger::read_file(file, vision::max_picture_bytes);
        const int one = picture ? look(file, *picture) : fail(picture.error());
        out = std::max(out, one);
    }
    return out;
}

int bad_picture(const CommandLine& cli, const std::string& file, const vision::Error& error) {
    std::cerr << "reelproof: " << file << ": " << error.text << '\n';
    if (cli.json) cli.print(json::object{{"file", file}, {"error", error.text}}, "");
    return kBadInput;
}

int quality(const CommandLine& cli, const std::vector<std::string>& files) {
    auto reader = reader_pool();
    return of_each(files, [&](const std::string& file, const ledger::Bytes& picture) -> int {
        const auto measured = reader.marking_quality(picture);
        if (!measured) return bad_picture(cli, file, measured.error());
        json::object out = api::quality_json(*measured);
        out["file"] = file;
        cli.print(out, file + ": " + told(*measured));
        return measured->trouble ? kNo : kDone;
    });
}

struct Reading {
    std::vector<std::string> files, expected;
    std::string network, annotate, observation;
    bool tesseract = false, several = false;
};

// Lines as they are, and those of expectation files.
ledger::Result<std::vector<std::string>> expected_lines(const std::vector<std::string>& given) {
    std::vector<std::string> out;
    for (const std::string& one : given) {
        if (!one.ends_with(".toml")) {
            out.push_back(one);
            continue;
        }
        const auto file = read_expectation(one, Samples::optional);
        if (!file) return file.error();
        const auto& lines = (*file)->look.text.lines;
        out.insert(out.end(), lines.begin(), lines.end());
    }
    if (out.empty()) return out;
    if (const auto fine = vision::check_expected_lines(out); !fine)
        return ledger::malformed("--expect: " + fine.error().text);
    return out;
}

// Of a line that is as likely wrong as right.
constexpr double kSure = 0.5;

// What Tesseract takes the lines for that our reader doubts: one for each line of all parts, or
// none at all.
Opinions second_opinions(vision::ReaderPool& reader, const ledger::Bytes& picture,
                         const vision::MarkingReading& reading, bool& told_why) {
    std::vector<vision::Quad> places;
    std::vector<bool> doubted;
    for (const auto& part : reading.parts)
        for (const auto& line : part.lines) {
            places.push_back(line.position);
            doubted.push_back(line.confidence < kSure);
        }
    if (std::find(doubted.begin(), doubted.end(), true) == doubted.end()) return {};
    auto second = reader.read_printed_lines(picture, places);
    if (!second) {
        if (!std::exchange(told_why, true))
            std::cerr << "reelproof: without a second opinion: " << second.error().text << '\n';
        return {};
    }
    for (std::size_t i = 0; i < second->size(); ++i)
        if (!doubted[i]) (*second)[i] = {};
    return *std::move(second);
}

// `opinions`: of this part's lines, or none.
int tell_part(const CommandLine& cli, const std::string& file, const vision::ReadPart& part,
              bool several, std::span<const vision::PrintedLine> opinions) {
    json::object out{{"file", file}};
    for (auto& member : api::read_part_json(part)) out[member.key()] = std::move(member.value());
    auto& lines = out.at("lines").as_array();
    for (std::size_t i = 0; i < opinions.size(); ++i)
        if (!opinions[i].text.empty())
            lines.at(i).as_object()["tesseract"] =
                json::object{{"text", opinions[i].text}, {"confidence", opinions[i].confidence}};
    const bool agree = std::all_of(
        part.expected.begin(), part.expected.end(),
        [](const auto& line) { return line.state == vision::ExpectedLine::State::agrees; });
    cli.print(out, file + (several ? ", part " + std::to_string(part.number) : std::string()) +
                       ": " + told(part, opinions));
    if (part.quality.trouble) return kNo;
    if (!part.expected.empty()) return agree ? kDone : kNo;
    return part.lines.empty() ? kNo : kDone;
}

int read(const CommandLine& cli, const Reading& asked) {
    const auto expected = expected_lines(asked.expected);
    if (!expected) return fail(expected.error());
    if (!asked.observation.empty() && expected->empty())
        return bad_usage(ledger::malformed(
            "--observation needs --expect: what is read is judged by what must be there"));
    auto reader = reader_pool(asked.network);
    bool told_why = false;
    std::size_t nth = 0;
    std::vector<api::PictureRead> seen;
    const int done =
        of_each(asked.files, [&](const std::string& file, const ledger::Bytes& picture) -> int {
            const auto annotated = numbered(asked.annotate, nth++, asked.files.size());
            const auto reading =
                reader.read_marking(picture, *expected, {asked.several, !asked.annotate.empty()});
            seen.push_back({ledger::to_hex(ledger::sha256(picture)), reading});
            if (!reading) return bad_picture(cli, file, reading.error());
            if (!reading->annotated.empty())
                if (auto drawn = write_output(annotated, reading->annotated); !drawn)
                    return fail(drawn.error());
            Opinions opinions;
            if (asked.tesseract) opinions = second_opinions(reader, picture, *reading, told_why);
            int out = kDone;
            std::span<const vision::PrintedLine> rest = opinions;
            for (const auto& part : reading->parts) {
                const auto own = rest.first(std::min(rest.size(), part.lines.size()));
                rest = rest.subspan(own.size());
                out = std::max(out, tell_part(cli, file, part, reading->parts.size() > 1, own));
            }
            return out;
        });
    if (asked.observation.empty()) return done;
    const auto text = ledger::format_marking(api::observation_of_reading(*expected, seen)) + "\n";
    if (auto written = write_output(asked.observation, ledger::as_bytes(text)); !written)
        return fail(written.error());
    return done;
}

}  // namespace

void add_marking_read(CommandLine& cli, CLI::App* marking) {
    auto files = std::make_shared<std::vector<std::string>>();
    auto* measure = cli.command(
        marking, "quality",
        "Measure whether a picture of a package is good enough to be judged: exit 0 when it is, "
        "1 when a better one is needed",
        "reelproof marking quality part-1.jpg part-2.jpg");
    measure->add_option("IMAGE", *files, "pictures of one part each, from above")->required();
    measure->callback(
        [&cli, files] { cli.action = [&cli, files] { return quality(cli, *files); }; });

    auto asked = std::make_shared<Reading>();
    auto* command = cli.command(
        marking, "read",
        "Read what is printed on packages, without samples of their lot: exit 0 when something "
        "was read, 1 when nothing was or the picture is too poor. With --expect: 0 when all of it "
        "agrees, else 1",
        "reelproof marking read part-1.jpg --expect SN74LS00N");
    command
        ->add_option("IMAGE", asked->files,
                     "pictures from above, of one part each, or with --several of more")
        ->required();
    command
        ->add_option("--expect", asked->expected,
                     "a line that must stand there, or an expectation file, NAME.toml "
                     "(docs/MARKINGS.md): how likely it does, and its worst character; may be "
                     "given several times")
        ->take_all()
        ->check(not_empty());
    command
        ->add_option("--network", asked->network,
                     "read with this network, which `marking train` made")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--annotate", asked->annotate,
                     "write a PNG: the picture with its parts' numbers and what was found; of "
                     "several pictures FILE-1.png, FILE-2.png …")
        ->check(not_empty());
    command
        ->add_option("--observation", asked->observation,
                     "with --expect: write what was read as JSON, for `reelproof check --marking` "
                     "and `reelproof observe`; it holds an item at most")
        ->check(not_empty());
    command->add_flag("--several", asked->several,
                      "a picture may show several parts of one form: each is read and numbered");
    command->add_flag("--tesseract", asked->tesseract,
                      "where our reader doubts a line, tell what Tesseract takes it for");
    command->callback([&cli, asked] { cli.action = [&cli, asked] { return read(cli, *asked); }; });
}

}  // namespace reelproof::node
