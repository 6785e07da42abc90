// How print compares with symbols: bench_text [--seed N] [--labels N] [--list] [FOLDER…]. On
// photographs of genuine labels (../shared unless folders are named) what is agreed, not found and,
// falsely, said to differ; on drawn labels of which one field's print was altered, what is caught.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/vision/print_support.h"
#include "tests/vision/vision_support.h"
#include "vision/label/photograph.h"
#include "vision/reader/reader_pool.h"

namespace fs = std::filesystem;
using namespace reelproof;

namespace {

double part_of(std::vector<double> ms, double part) {
    if (ms.empty()) return 0;
    std::sort(ms.begin(), ms.end());
    return ms[static_cast<std::size_t>(part * static_cast<double>(ms.size() - 1))];
}

struct Row {
    int labels = 0, agreed = 0, not_found = 0, differs = 0, incomplete = 0, failed = 0;
    std::vector<double> symbol_ms, text_ms;

    void add(const vision::LabelReading& reading) {
        if (!reading.text) return;
        ++labels;
        symbol_ms.push_back(reading.ms);
        text_ms.push_back(reading.text->ms);
        incomplete += !reading.text->complete;
        failed += !reading.text->trouble.empty();
        for (const auto& field : reading.text->fields) {
            agreed += field.state == vision::TextState::agreed;
            not_found += field.state == vision::TextState::not_found;
            differs += field.state == vision::TextState::differs;
        }
    }

    void print(const std::string& name) const {
        std::printf("%-24s %6d %7d %9d %8d %10d %6d %8.0f %8.0f %8.0f\n", name.c_str(), labels,
                    agreed, not_found, differs, incomplete, failed, part_of(symbol_ms, 0.5),
                    part_of(text_ms, 0.5), part_of(text_ms, 0.95));
        std::fflush(stdout);
    }
};

void print_head(const char* what) {
    std::printf("%-24s %6s %7s %9s %8s %10s %6s %8s %8s %8s\n", what, "labels", "agreed",
                "not found", "differs", "incomplete", "failed", "symb. ms", "text ms", "p95");
}

void list(const std::string& name, const vision::LabelReading& reading) {
    std::printf("%s\n", name.c_str());
    if (!reading.text) return;
    for (const auto& field : reading.text->fields)
        std::printf("    %-12s %-9s symbols %s, print %s\n", field.field.c_str(),
                    std::string(to_string(field.state)).c_str(), field.symbol.c_str(),
                    field.print.c_str());
}

void photographs(vision::ReaderPool& pool, const std::vector<fs::path>& folders, bool listed) {
    print_head("photographs");
    Row all;
    for (const fs::path& folder : folders) {
        Row row;
        for (const fs::path& picture : tests::pictures_in(folder)) {
            const auto reading = pool.read_label(tests::read_bytes(picture));
            if (!reading) continue;
            if (listed) list(picture.filename(), *reading);
            row.add(*reading);
            all.add(*reading);
        }
        row.print(folder.filename());
    }
    if (folders.size() > 1) all.print("all");
}

struct Case {
    const char* name;
    vision::Shot shot;
};

std::vector<Case> cases() {
    vision::Shot plain;
    plain.defocus = 0.7;
    plain.scale = 0.9;
    std::vector<Case> out;
    const auto add = [&](const char* name, auto change) {
        vision::Shot shot = plain;
        change(shot);
        out.push_back({name, shot});
    };
    add("straight", [](vision::Shot&) {});
    add("turned 90", [](vision::Shot& s) { s.turn = 90, s.height = 1600; });
    add("turned 180", [](vision::Shot& s) { s.turn = 180; });
    add("turned 17", [](vision::Shot& s) { s.turn = 17; });
    add("tilted", [](vision::Shot& s) { s.tilt_x = 18, s.tilt_y = -14; });
    add("wrapped", [](vision::Shot& s) { s.wrap = 50; });
    add("blurred", [](vision::Shot& s) { s.defocus = 1.6; });
    add("smaller", [](vision::Shot& s) { s.scale = 0.55; });
    add("dim, noisy", [](vision::Shot& s) { s.light = 0.45, s.noise = 6; });
    return out;
}

struct Caught {
    int altered = 0, caught = 0, missed = 0, wrong = 0;
};

void drawn(vision::ReaderPool& pool, std::uint64_t seed, int labels, bool listed) {
    std::printf("\ndrawn labels, seed %llu\n", static_cast<unsigned long long>(seed));
    std::map<std::string, Caught> by_field, by_case;
    Row genuine;
    int unread = 0;
    std::mt19937_64 random(seed);
    const auto all = cases();
    const char* fields[] = {"mpn", "lot", "quantity", "date_code", "country", "msl", "po"};
    print_head("genuine");
    for (const Case& one : all) {
        Row row;
        for (int i = 0; i < labels; ++i) {
            const auto style = tests::print_styles[i % std::size(tests::print_styles)];
            const auto stated = tests::random_fields(random);
            const std::string field = fields[static_cast<std::size_t>(i) % std::size(fields)];
            auto printed = stated;
            printed[field] = tests::altered(field, vision::to_string(stated.at(field)), random);
            vision::Shot shot = one.shot;
            shot.seed = random();
            const auto honest =
                pool.read_label(*take(tests::label_with_print(stated, stated, style), shot));
            const auto forged =
                pool.read_label(*take(tests::label_with_print(stated, printed, style), shot));
            if (!honest || !forged || !honest->text || !forged->text) {
                ++unread;
                continue;
            }
            row.add(*honest);
            genuine.add(*honest);
            for (const auto& told : honest->text->fields)
                if (told.state == vision::TextState::differs)
                    list("FALSE on " + std::string(one.name), *honest);
            if (listed) list(std::string(one.name) + " " + name_of(style) + " " + field, *forged);
            bool caught = false;
            int wrong = 0;
            for (const auto& told : forged->text->fields) {
                if (told.state != vision::TextState::differs) continue;
                caught = caught || told.field == field;
                wrong += told.field != field;
            }
            for (Caught* sum :
                 {&by_field[field], &by_case[one.name],
                  &by_field[std::string("style ") + name_of(style)], &by_field["all"]}) {
                ++sum->altered;
                sum->caught += caught;
                sum->missed += !caught;
                sum->wrong += wrong;
            }
        }
        row.print(one.name);
    }
    genuine.print("all");
    std::printf("pictures without a symbol read: %d\n", unread);
    for (const auto* table : {&by_case, &by_field}) {
        std::printf("\n%-24s %8s %8s %8s %14s\n", table == &by_case ? "by picture" : "by field",
                    "altered", "caught", "missed", "others accused");
        for (const auto& [name, sum] : *table)
            std::printf("%-24s %8d %8d %8d %14d\n", name.c_str(), sum.altered, sum.caught,
                        sum.missed, sum.wrong);
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t seed = 1;
    int labels = 42;
    bool listed = false;
    std::vector<fs::path> folders;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            seed = std::strtoull(argv[++i], nullptr, 10);
        else if (std::strcmp(argv[i], "--labels") == 0 && i + 1 < argc)
            labels = std::atoi(argv[++i]);
        else if (std::strcmp(argv[i], "--list") == 0)
            listed = true;
        else
            folders.emplace_back(argv[i]);
    }
    if (folders.empty()) {
        const char* configured = std::getenv("REELPROOF_DATA");
        const fs::path root = configured != nullptr ? fs::path(configured)
                                                    : fs::path(REELPROOF_SOURCE_DIR "/../shared");
        for (const char* name : {"labels/photos", "barcodes/reel-labels", "barcodes/Multi"})
            if (fs::is_directory(root / name)) folders.push_back(root / name);
        if (folders.empty()) std::printf("no photographs in %s\n", root.c_str());
    }
    vision::ReaderPool pool(tests::reader_options());
    if (!folders.empty()) photographs(pool, folders, listed);
    if (labels > 0) drawn(pool, seed, labels, listed);
    return 0;
}
