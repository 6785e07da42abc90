// marking read, marking quality: one package's picture, without samples of its lot.
#include "node/cli/marking_read.h"

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/cli.h"
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

json::object line_json(const vision::ReadLine& line) {
    json::array characters;
    for (const auto& one : line.characters) {
        json::array alternatives;
        for (const auto& each : one.alternatives)
            alternatives.push_back(json::object{{"character", std::string(1, each.character)},
                                                {"probability", each.probability}});
        characters.push_back(json::object{{"alternatives", std::move(alternatives)},
                                          {"position", position_json(one.position)}});
    }
    return {{"text", line.text},
            {"confidence", line.confidence},
            {"position", position_json(line.position)},
            {"characters", std::move(characters)}};
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

std::string told(const vision::MarkingReading& reading) {
    if (reading.quality.trouble) return "UNUSABLE: " + reading.quality.trouble->text;
    if (reading.lines.empty())
        return reading.outline ? "no marking can be read on this package"
                               : "neither a package nor a marking was found";
    std::string out;
    for (const auto& line : reading.lines)
        out += "\n  " + line.text + "  " + percent(line.confidence) + doubts(line);
    return std::to_string(reading.lines.size()) + (reading.lines.size() == 1 ? " line" : " lines") +
           out;
}

vision::ReaderPool reader_pool() {
    vision::ReaderOptions options;
    options.command = {"/proc/self/exe", "reader"};
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

int read(const CommandLine& cli, const std::vector<std::string>& files) {
    auto reader = reader_pool();
    return of_each(files, [&](const std::string& file, const ledger::Bytes& picture) -> int {
        const auto reading = reader.read_marking(picture);
        if (!reading) return bad_picture(cli, file, reading.error());
        json::array lines;
        for (const auto& line : reading->lines) lines.push_back(line_json(line));
        cli.print(json::object{{"file", file},
                               {"quality", quality_json(reading->quality)},
                               {"package_found", reading->outline},
                               {"lines", std::move(lines)}},
                  file + ": " + told(*reading));
        return reading->quality.trouble || reading->lines.empty() ? kNo : kDone;
    });
}

}  // namespace

void add_marking_read(CommandLine& cli, CLI::App* marking) {
    auto files = std::make_shared<std::vector<std::string>>();
    const auto command = [&](const char* name, const char* about, const char* example, auto run) {
        auto* out = cli.command(marking, name, about, example);
        out->add_option("IMAGE", *files, "pictures of one part each, from above")->required();
        out->callback(
            [&cli, files, run] { cli.action = [&cli, files, run] { return run(cli, *files); }; });
    };
    command("read",
            "Read what is printed on a package, without samples of its lot: exit 0 when something "
            "was read, 1 when nothing was or the picture is too poor",
            "reelproof marking read part-1.jpg", read);
    command(
        "quality",
        "Measure whether a picture of a package is good enough to be judged: exit 0 when it is, "
        "1 when a better one is needed",
        "reelproof marking quality part-1.jpg part-2.jpg", quality);
}

}  // namespace reelproof::node
