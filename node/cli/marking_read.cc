// marking read, marking quality: one package's picture, without samples of its lot.
#include "node/cli/marking_read.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ledger/base/file.h"
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

json::array position_json(const vision::Quad& position) {
    json::array out;
    for (const auto& corner : position) out.push_back(json::array{corner.x, corner.y});
    return out;
}

json::object quality_json(const vision::PictureQuality& it) {
    json::object out{{"usable", !it.trouble.has_value()},
                     {"package_width", it.width},
                     {"edge_width", it.edge},
                     {"edge_limit", it.edge_limit},
                     {"contrast", it.contrast},
                     {"noise", it.noise},
                     {"black", it.dark},
                     {"white", it.bright},
                     {"glare", it.glare}};
    if (it.trouble) {
        out["code"] = it.trouble->code;
        out["error"] = it.trouble->text;
    }
    return out;
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

json::array characters_json(const std::vector<vision::ReadCharacter>& characters) {
    json::array out;
    for (const auto& one : characters) {
        json::array alternatives;
        for (const auto& each : one.alternatives)
            alternatives.push_back(json::object{{"character", std::string(1, each.character)},
                                                {"probability", each.probability}});
        out.push_back(json::object{{"alternatives", std::move(alternatives)},
                                   {"position", position_json(one.position)}});
    }
    return out;
}

json::object line_json(const vision::ReadLine& line) {
    return {{"text", line.text},
            {"confidence", line.confidence},
            {"position", position_json(line.position)},
            {"characters", characters_json(line.characters)}};
}

json::object expected_json(const vision::ExpectedLine& line) {
    json::object out{{"text", line.text},
                     {"state", vision::to_string(line.state)},
                     {"probability", line.confidence}};
    if (line.characters.empty()) return out;
    const auto& worst = line.characters[line.worst];
    out["worst"] =
        json::object{{"index", line.worst},
                     {"character", std::string(1, vision::plain_line(line.text)[line.worst])},
                     {"probability", line.probability},
                     {"seen", std::string(1, worst.alternatives.front().character)},
                     {"position", position_json(worst.position)}};
    out["characters"] = characters_json(line.characters);
    return out;
}

// Where another character is at least a tenth as likely.
std::string doubts(const vision::ReadLine& line) {
    std::string out;
    for (const auto& one : line.characters) {
        if (one.alternatives.size() < 2 || one.alternatives[1].probability < 0.1) continue;
        out += out.empty() ? "  (" : ", ";
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

std::string told(const vision::MarkingReading& reading, const Opinions& opinions) {
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
        json::object out = quality_json(*measured);
        out["file"] = file;
        cli.print(out, file + ": " + told(*measured));
        return measured->trouble ? kNo : kDone;
    });
}

struct Reading {
    std::vector<std::string> files, expected;
    std::string network;
    bool tesseract = false;
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

int read(const CommandLine& cli, const Reading& asked) {
    const auto expected = expected_lines(asked.expected);
    if (!expected) return fail(expected.error());
    auto reader = reader_pool(asked.network);
    bool told_why = false;
    return of_each(asked.files, [&](const std::string& file, const ledger::Bytes& picture) -> int {
        const auto reading = reader.read_marking(picture, *expected);
        if (!reading) return bad_picture(cli, file, reading.error());
        Opinions opinions;
        const bool doubted =
            std::any_of(reading->lines.begin(), reading->lines.end(),
                        [](const vision::ReadLine& line) { return line.confidence < kSure; });
        if (asked.tesseract && doubted) {
            std::vector<vision::Quad> places;
            for (const auto& line : reading->lines) places.push_back(line.position);
            auto second = reader.read_printed_lines(picture, places);
            if (second) {
                opinions = std::move(*second);
                for (std::size_t i = 0; i < opinions.size(); ++i)
                    if (reading->lines[i].confidence >= kSure) opinions[i] = {};
            } else if (!std::exchange(told_why, true)) {
                std::cerr << "reelproof: without a second opinion: " << second.error().text << '\n';
            }
        }
        json::array lines, weighed;
        for (std::size_t i = 0; i < reading->lines.size(); ++i) {
            json::object line = line_json(reading->lines[i]);
            if (i < opinions.size() && !opinions[i].text.empty())
                line["tesseract"] = json::object{{"text", opinions[i].text},
                                                 {"confidence", opinions[i].confidence}};
            lines.push_back(std::move(line));
        }
        bool agree = true;
        for (const auto& line : reading->expected) {
            weighed.push_back(expected_json(line));
            agree = agree && line.state == vision::ExpectedLine::State::agrees;
        }
        json::object out{{"file", file},
                         {"quality", quality_json(reading->quality)},
                         {"package_found", reading->outline},
                         {"lines", std::move(lines)}};
        if (!expected->empty()) out["expected"] = std::move(weighed);
        cli.print(out, file + ": " + told(*reading, opinions));
        if (reading->quality.trouble) return kNo;
        if (!expected->empty()) return agree ? kDone : kNo;
        return reading->lines.empty() ? kNo : kDone;
    });
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
        "Read what is printed on a package, without samples of its lot: exit 0 when something "
        "was read, 1 when nothing was or the picture is too poor. With --expect: 0 when all of it "
        "agrees, else 1",
        "reelproof marking read part-1.jpg --expect SN74LS00N");
    command->add_option("IMAGE", asked->files, "pictures of one part each, from above")->required();
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
    command->add_flag("--tesseract", asked->tesseract,
                      "where our reader doubts a line, tell what Tesseract takes it for");
    command->callback([&cli, asked] { cli.action = [&cli, asked] { return read(cli, *asked); }; });
}

}  // namespace reelproof::node
