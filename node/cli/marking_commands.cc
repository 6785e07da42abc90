// marking inspect: packages against good samples of their lot.
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/cli.h"
#include "node/cli/marking_read.h"
#include "node/toml.h"
#include "vision/label/read_image.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::node {

namespace json = boost::json;
using ledger::Bytes;
using ledger::Result;

namespace {

constexpr std::size_t kMaxExpectation = std::size_t{64} << 10;
constexpr std::size_t kBatch = 8;  // parts that one reader process is asked about at a time

struct Expectation {
    vision::MarkingText text;
    std::vector<Bytes> samples;
};

Result<std::vector<std::string>> texts_of(const toml::table& table, std::string_view key,
                                          const std::string& file) {
    const auto* list = table.get_as<toml::array>(key);
    if (list == nullptr || list->empty())
        return ledger::malformed(file + ": " + std::string(key) +
                                 " is missing: a list of texts, such as " + std::string(key) +
                                 (key == "lines" ? R"( = ["19E9XBL", "SN74LS00N"])"
                                                 : R"( = ["good-1.png", "good-2.png"])"));
    std::vector<std::string> out;
    for (const auto& value : *list) {
        const auto text = value.value<std::string>();
        if (!text || !value.is_string())
            return ledger::malformed(file + ": " + std::string(key) + " may only hold texts");
        out.push_back(*text);
    }
    return out;
}

// Samples are found beside the file that names them.
Result<Expectation> read_expectation(const std::string& file) {
    const auto bytes = ledger::read_file(file, kMaxExpectation);
    if (!bytes) return bytes.error();
    const auto table = parse_toml(ledger::as_text(*bytes), file);
    if (!table) return table.error();
    for (const auto& [key, value] : *table)
        if (key != "lines" && key != "samples")
            return ledger::malformed(file + ": nobody knows the field " +
                                     printable(std::string(key.str())) +
                                     "; there are lines and samples");
    Expectation out;
    auto lines = texts_of(*table, "lines", file);
    if (!lines) return lines.error();
    out.text.lines = std::move(*lines);
    if (const auto fine = vision::check_marking_text(out.text); !fine)
        return ledger::malformed(file + ": " + fine.error().text);
    const auto samples = texts_of(*table, "samples", file);
    if (!samples) return samples.error();
    if (samples->size() > vision::max_marking_samples)
        return ledger::malformed(file + ": samples: at most " +
                                 std::to_string(vision::max_marking_samples) + " are used");
    for (const std::string& name : *samples) {
        auto sample = ledger::read_file((std::filesystem::path(file).parent_path() / name).string(),
                                        vision::max_picture_bytes);
        if (!sample) return sample.error();
        out.samples.push_back(std::move(*sample));
    }
    return out;
}

std::string number(double value) {
    char text[16];
    std::snprintf(text, sizeof text, "%.2f", value);
    return text;
}

std::string place(const vision::InspectedPart& part, const vision::InspectedCharacter& one) {
    int nth = 0;
    for (const auto& other : part.characters) {
        nth += other.line == one.line ? 1 : 0;
        if (&other == &one) break;
    }
    return "line " + std::to_string(one.line + 1) + ", character " + std::to_string(nth);
}

std::string told(const vision::InspectedPart& part) {
    using vision::MarkingState;
    if (part.state == MarkingState::missing)
        return "MISSING: the expected marking was not found on this package";
    const auto* worst = part.worst();
    if (worst == nullptr) return std::string(to_string(part.state));
    if (part.state == MarkingState::agrees)
        return "agrees: " + ledger::counted(part.characters.size(), "character") +
               "; the least sure is " + place(part, *worst) + ", " +
               std::string(1, worst->expected) + ", with a lead of " + number(worst->margin);
    std::string out = part.state == MarkingState::differs ? "DIFFERS:" : "DOUBTFUL:";
    for (const auto& one : part.characters)
        if (one.margin < 0)
            out += "\n  " + place(part, one) + ": expected " + std::string(1, one.expected) +
                   ", more like " + std::string(1, one.rival) + " (by " + number(-one.margin) +
                   ") at " + std::to_string(one.position[0].x) + "," +
                   std::to_string(one.position[0].y);
    return out;
}

json::object part_json(const std::string& file, const vision::InspectedPart& part) {
    json::array characters;
    for (const auto& one : part.characters) {
        json::array position;
        for (const auto& corner : one.position) position.push_back(json::array{corner.x, corner.y});
        json::object out{{"expected", std::string(1, one.expected)},
                         {"line", one.line + 1},
                         {"likeness", one.likeness},
                         {"lead", one.margin},
                         {"position", std::move(position)}};
        if (one.rival != 0) out["rival"] = std::string(1, one.rival);
        characters.push_back(std::move(out));
    }
    json::object out{{"file", file}, {"state", to_string(part.state)}};
    if (part.trouble) {
        out["error"] = part.trouble->text;
        return out;
    }
    out["likeness"] = part.likeness;
    out["characters"] = std::move(characters);
    if (part.state != vision::MarkingState::agrees)
        out["finding"] =
            part.state == vision::MarkingState::missing ? "marking.missing" : "marking.text";
    return out;
}

int inspect(const CommandLine& cli, const std::string& expected,
            const std::vector<std::string>& files) {
    const auto expectation = read_expectation(expected);
    if (!expectation) return fail(expectation.error());
    vision::ReaderOptions options;
    options.command = {"/proc/self/exe", "reader"};
    vision::ReaderPool reader(options);
    std::vector<vision::PictureBytes> samples(expectation->samples.begin(),
                                              expectation->samples.end());
    bool held = false, bad = false;
    for (std::size_t first = 0; first < files.size(); first += kBatch) {
        std::vector<std::string> names;
        std::vector<Bytes> pictures;
        for (std::size_t i = first; i < std::min(files.size(), first + kBatch); ++i) {
            auto bytes = ledger::read_file(files[i], vision::max_picture_bytes);
            if (!bytes) {
                fail(bytes.error());
                bad = true;
                continue;
            }
            names.push_back(files[i]);
            pictures.push_back(std::move(*bytes));
        }
        if (pictures.empty()) continue;
        const std::vector<vision::PictureBytes> parts(pictures.begin(), pictures.end());
        const auto inspected = reader.inspect_markings(expectation->text, samples, parts);
        if (!inspected) {
            std::cerr << "reelproof: " << expected << ": " << inspected.error().text << '\n';
            return kBadInput;
        }
        if (first == 0 && !inspected->doubt.empty())
            std::cerr << "reelproof: " << expected << ": " << inspected->doubt << '\n';
        for (std::size_t i = 0; i < names.size(); ++i) {
            const vision::InspectedPart& part = inspected->parts[i];
            if (part.trouble) {
                std::cerr << "reelproof: " << names[i] << ": " << part.trouble->text << '\n';
                bad = true;
                if (!cli.json) continue;
            }
            held = held || (!part.trouble && part.state != vision::MarkingState::agrees);
            cli.print(part_json(names[i], part), names[i] + ": " + told(part));
        }
    }
    if (bad) return kBadInput;
    return held ? kNo : kDone;
}

}  // namespace

void add_marking_commands(CommandLine& cli) {
    auto* marking = cli.app.add_subcommand("marking", "Package markings: inspect, read, quality");
    marking->require_subcommand(1);
    add_marking_read(cli, marking);
    auto expected = std::make_shared<std::string>();
    auto files = std::make_shared<std::vector<std::string>>();
    auto* command = cli.command(
        marking, "inspect",
        "Compare the marking of parts, character by character, with that of good samples of their "
        "lot: exit 0 when all agree, 1 when one differs, is doubtful or missing",
        "reelproof marking inspect --expect lot.toml part-1.jpg part-2.jpg");
    command
        ->add_option("--expect", *expected,
                     "a TOML file: lines, the marking's lines as printed, and samples, pictures "
                     "of good parts beside the file (docs/MARKINGS.md)")
        ->required();
    command->add_option("IMAGE", *files, "pictures of one part each, from above")->required();
    command->callback([&cli, expected, files] {
        cli.action = [&cli, expected, files] { return inspect(cli, *expected, *files); };
    });
}

}  // namespace reelproof::node
