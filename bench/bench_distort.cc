// Where reading stops: labels of ours under each distortion, step by step: bench_distort [--quick]
// [--labels N] [--seed N] [--save FOLDER] [NAME…]. Each step takes pictures of N labels as `label
// issue` draws them; beside our reader zxing-cpp 1.4.0 reads the same pictures. Same seed, same
// pictures.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <unistd.h>

#include "bench/plain_zxing.h"
#include "tests/vision/vision_support.h"
#include "vision/label/layout.h"
#include "vision/label/photograph.h"
#include "vision/label/render.h"
#include "vision/reader/reader_pool.h"

using namespace reelproof;
using vision::Shot;

namespace {

struct Label {
    vision::RenderedLabel drawn;
    double matrix_x, matrix_y;  // the Data Matrix's centre, as parts of the label
    int module;                 // of it, in dots
};

Label make_label(std::uint64_t seed) {
    std::uint64_t state = seed * 0x9e3779b97f4a7c15ull + 12345;
    const auto one_of = [&](std::string_view characters) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        return characters[(state >> 33) % characters.size()];
    };
    const auto word = [&](std::string text) {
        for (char& c : text) {
            if (c == '#') c = one_of("0123456789");
            if (c == '@') c = one_of("ABCDEFGHJKMNPQRSTVWXYZ");
        }
        return text;
    };
    vision::Fields fields{{"mpn", word("@@#####-@@@-@")}, {"lot", word("#@@###")},
                          {"date_code", word("251#")},    {"country", "MY"},
                          {"manufacturer", "Nordlicht"},  {"msl", "3"}};
    fields["quantity"] = std::int64_t{1000 + static_cast<std::int64_t>(seed % 9) * 500};
    const std::string id = word("LERPFRP#@#@#@#@#@#@#@#@#@#@#@#@#@");
    const vision::RenderOptions options;
    auto drawn = vision::render_label(fields, id, options);
    const auto layout = vision::lay_out(fields, drawn->payload, options);
    const auto& matrix = layout->symbols.front();
    return {*std::move(drawn), (matrix.x + matrix.width() / 2.0) / layout->width,
            (matrix.y + matrix.height() / 2.0) / layout->height, matrix.module};
}

// Of one reader, at one step.
struct Score {
    int matrix = 0, linear = 0, wrong = 0, aborted = 0;
    std::vector<double> ms;

    double median() {
        if (ms.empty()) return 0;
        std::nth_element(ms.begin(), ms.begin() + static_cast<std::ptrdiff_t>(ms.size() / 2),
                         ms.end());
        return ms[ms.size() / 2];
    }
    void count(const Label& label, std::string_view symbology, std::string_view bytes,
               std::vector<bool>& seen) {
        const auto& symbols = label.drawn.symbols;
        for (std::size_t i = 0; i < symbols.size(); ++i) {
            if (symbols[i].symbology != symbology || symbols[i].data != bytes) continue;
            if (!seen[i]) ++(symbology == "DataMatrix" ? matrix : linear);
            seen[i] = true;
            return;
        }
        ++wrong;
    }
};

struct Step {
    int pictures = 0, matrices = 0, linears = 0;
    Score ours, plain;

    void add(const Step& other) {
        pictures += other.pictures;
        matrices += other.matrices;
        linears += other.linears;
        for (auto [mine, its] : {std::pair{&ours, &other.ours}, std::pair{&plain, &other.plain}}) {
            mine->matrix += its->matrix;
            mine->linear += its->linear;
            mine->wrong += its->wrong;
            mine->aborted += its->aborted;
            mine->ms.insert(mine->ms.end(), its->ms.begin(), its->ms.end());
        }
    }
};

struct Distortion {
    const char* name;
    const char* unit;
    std::vector<double> severities;
    std::function<void(Shot&, double, const Label&)> apply;
};

// A step of the scale is a module of so many pixels.
void size_modules(Shot& shot, double pixels, const Label& label) {
    shot.scale = pixels / label.module;
}

std::vector<Distortion> distortions() {
    return {
        {"none", "", {0}, [](Shot&, double, const Label&) {}},
        {"perspective",
         "tilt, degrees",
         {15, 30, 40, 50, 60, 70},
         [](Shot& shot, double v, const Label&) {
             (shot.seed % 2 ? shot.tilt_x : shot.tilt_y) = v;
         }},
        {"defocus",
         "sigma, modules",
         {0.25, 0.4, 0.5, 0.6, 0.8, 1.0},
         [](Shot& shot, double v, const Label& label) {
             shot.defocus = v * shot.scale * label.module;
         }},
        {"motion",
         "length, modules",
         {0.5, 1, 1.5, 2, 3, 4},
         [](Shot& shot, double v, const Label& label) {
             shot.motion = v * shot.scale * label.module;
             shot.motion_direction = 37.0 * static_cast<double>(shot.seed);
         }},
        {"noise",
         "sigma of 255",
         {10, 20, 35, 50, 70, 90},
         [](Shot& shot, double v, const Label&) { shot.noise = v; }},
        {"low light",
         "of full, noise 4",
         {0.3, 0.15, 0.1, 0.06, 0.04, 0.02},
         [](Shot& shot, double v, const Label&) {
             shot.light = v;
             shot.noise = 4;
         }},
        {"JPEG",
         "quality",
         {50, 30, 20, 10, 5, 2},
         [](Shot& shot, double v, const Label&) { shot.jpeg_quality = static_cast<int>(v); }},
        {"glare",
         "radius, of the Data Matrix's side; at its corner",
         {0.1, 0.2, 0.35, 0.5, 0.8},
         [](Shot& shot, double v, const Label& label) {
             // 36 modules of 6 dots, of a label 709 dots high.
             shot.glare = v * 36 * label.module / 709;
             const double aside = shot.seed % 2 ? 0.09 : -0.09;
             shot.glare_x = label.matrix_x + aside;
             shot.glare_y = label.matrix_y + (shot.seed / 2 % 2 ? 0.15 : -0.15);
         }},
        {"curvature",
         "degrees of a drum under the label",
         {60, 90, 110, 130, 150, 165},
         [](Shot& shot, double v, const Label&) { shot.wrap = v; }},
        {"damage",
         "part of the label's area",
         {0.01, 0.02, 0.04, 0.08, 0.12, 0.16},
         [](Shot& shot, double v, const Label&) { shot.damage = v; }},
        {"small",
         "pixels a module, 4000 x 3000",
         {4, 3, 2.5, 2, 1.75, 1.5},
         [](Shot& shot, double v, const Label& label) {
             shot.width = 4000;
             shot.height = 3000;
             size_modules(shot, v, label);
         }},
        {"low contrast",
         "of full",
         {0.5, 0.25, 0.15, 0.1, 0.06, 0.04},
         [](Shot& shot, double v, const Label&) { shot.contrast = v; }},
        {"inverted", "", {1}, [](Shot& shot, double, const Label&) { shot.inverted = true; }},
    };
}

struct Bench {
    std::vector<Label> labels;
    std::uint64_t seed = 1;
    std::filesystem::path save;  // empty: nowhere
    vision::ReaderPool pool{tests::reader_options()};

    Step take_step(const Distortion& distortion, double severity, std::size_t pictures) {
        Step step;
        for (std::size_t i = 0; i < pictures; ++i) {
            const Label& label = labels[i % labels.size()];
            Shot shot;
            shot.seed = seed + i;
            // Anywhere in the frame but cut off, as nobody aims at the middle.
            shot.x = 0.5 + 0.02 * static_cast<double>(shot.seed * 7 % 9) - 0.08;
            shot.y = 0.5 + 0.01 * static_cast<double>(shot.seed * 5 % 9) - 0.04;
            shot.noise = 3;
            size_modules(shot, 4.5, label);
            distortion.apply(shot, severity, label);
            const auto picture = vision::take(label.drawn.png, shot);
            if (!save.empty()) {
                char name[96];
                std::snprintf(name, sizeof name, "%s-%g-%zu.jpg", distortion.name, severity, i);
                std::ofstream(save / name, std::ios::binary)
                    .write(reinterpret_cast<const char*>(picture->data()),
                           static_cast<std::streamsize>(picture->size()));
            }
            read(label, *picture, step);
        }
        return step;
    }

  private:
    void read(const Label& label, const std::vector<std::uint8_t>& picture, Step& step) {
        ++step.pictures;
        for (const auto& symbol : label.drawn.symbols)
            ++(symbol.symbology == "DataMatrix" ? step.matrices : step.linears);
        std::vector<bool> seen(label.drawn.symbols.size());
        const auto start = std::chrono::steady_clock::now();
        const auto symbols = pool.read_symbols(picture);
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - start;
        step.ours.ms.push_back(took.count());
        if (symbols) {
            for (const auto& symbol : *symbols)
                step.ours.count(
                    label, symbol.symbology,
                    {reinterpret_cast<const char*>(symbol.bytes.data()), symbol.bytes.size()},
                    seen);
        } else {
            ++step.ours.aborted;
        }
        const auto plain = bench::read_plainly(picture);
        std::fill(seen.begin(), seen.end(), false);
        if (plain.aborted) {
            ++step.plain.aborted;
            return;
        }
        step.plain.ms.push_back(plain.ms);
        for (const auto& symbol : plain.symbols)
            step.plain.count(label, symbol.symbology, symbol.bytes, seen);
    }
};

// One line of the table: the curve of each reader, step by step, in percent.
struct Curve {
    std::string name, unit;
    std::vector<std::string> severities;
    std::vector<Step> steps;

    std::string percents(int Score::*part, Score Step::*reader, int Step::*whole) const {
        std::string text;
        for (const Step& step : steps)
            text += (text.empty() ? "" : " ") +
                    std::to_string((200 * (step.*reader.*part) / (step.*whole) + 1) / 2);
        return text;
    }

    void print() const {
        Step all;
        std::string axis;
        for (const Step& step : steps) all.add(step);
        for (const auto& severity : severities) axis += (axis.empty() ? "" : " ") + severity;
        std::printf("| %s%s | %s |", name.c_str(), unit.empty() ? "" : (", " + unit).c_str(),
                    axis.c_str());
        for (auto reader : {&Step::ours, &Step::plain}) {
            Score& score = all.*reader;
            std::printf(" %s | %s | %d | %.0f |",
                        percents(&Score::matrix, reader, &Step::matrices).c_str(),
                        percents(&Score::linear, reader, &Step::linears).c_str(), score.wrong,
                        score.median());
        }
        std::printf("\n");
        if (all.ours.aborted + all.plain.aborted > 0)
            std::printf("| | pictures given up: %d by ours, %d by zxing | | | | | | | | |\n",
                        all.ours.aborted, all.plain.aborted);
        std::fflush(stdout);
    }
};

void print_head() {
    std::printf(
        "| distortion | steps | 2D %% | 1D %% | misread | ms | 2D %% zxing | 1D %% zxing | misread "
        "| ms |\n|---|---|---|---|---|---|---|---|---|---|\n");
}

void progress(const std::string& text) {
    if (isatty(STDERR_FILENO) != 0) std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
}

std::string plain_number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

Step all_steps(const std::vector<Curve>& curves) {
    Step all;
    for (const auto& curve : curves)
        for (const Step& step : curve.steps) all.add(step);
    return all;
}

Curve bend(Bench& bench, const Distortion& distortion, std::size_t pictures) {
    Curve curve{distortion.name, distortion.unit, {}, {}};
    for (const double severity : distortion.severities) {
        progress(curve.name + " " + plain_number(severity));
        curve.severities.push_back(distortion.severities.size() == 1 ? "" : plain_number(severity));
        curve.steps.push_back(bench.take_step(distortion, severity, pictures));
    }
    progress("");
    curve.print();
    return curve;
}

// A full turn in sectors of 30 degrees, and the angles at which we lost something.
Curve turn_around(Bench& bench, int degrees, std::size_t pictures) {
    std::string lost_matrix, lost_linear;
    const Distortion rotation{
        "rotation", "", {}, [](Shot& shot, double v, const Label&) { shot.turn = v; }};
    Curve curve{"rotation", "every " + std::to_string(degrees) + " degrees", {}, {}};
    for (int sector = 0; sector < 360; sector += 30) {
        Step sum;
        for (int angle = sector; angle < sector + 30; angle += degrees) {
            progress("rotation " + std::to_string(angle));
            const Step step = bench.take_step(rotation, angle, pictures);
            if (step.ours.matrix < step.matrices) lost_matrix += " " + std::to_string(angle);
            if (step.ours.linear < step.linears) lost_linear += " " + std::to_string(angle);
            sum.add(step);
        }
        curve.severities.push_back(std::to_string(sector) + "-" +
                                   std::to_string(sector + 30 - degrees));
        curve.steps.push_back(sum);
    }
    progress("");
    curve.print();
    std::printf("| | 2D lost at:%s; 1D lost at:%s | | | | | | | | |\n",
                lost_matrix.empty() ? " no angle" : lost_matrix.c_str(),
                lost_linear.empty() ? " no angle" : lost_linear.c_str());
    return curve;
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t labels = 4, turned = 2;
    int degrees = 5;
    Bench bench;
    std::vector<std::string> names;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--quick") {
            labels = turned = 1;
            degrees = 15;
        } else if (argument == "--labels" && i + 1 < argc) {
            labels = turned = static_cast<std::size_t>(std::clamp(std::atoi(argv[++i]), 1, 100));
        } else if (argument == "--seed" && i + 1 < argc) {
            bench.seed = static_cast<std::uint64_t>(std::atoll(argv[++i]));
        } else if (argument == "--save" && i + 1 < argc) {
            bench.save = argv[++i];
            std::filesystem::create_directories(bench.save);
        } else {
            names.push_back(argument);
        }
    }
    for (std::uint64_t i = 0; i < labels; ++i) bench.labels.push_back(make_label(bench.seed + i));
    const auto& first = bench.labels.front();
    std::printf(
        "%zu labels of 100 x 60 mm at 300 dpi, seeds %llu to %llu: one Data Matrix with "
        "modules of %d dots (%.1f pixels in a picture of 1600 x 1200) and %zu Code 128 "
        "each\n\n",
        labels, static_cast<unsigned long long>(bench.seed),
        static_cast<unsigned long long>(bench.seed + labels - 1), first.module, 4.5,
        first.drawn.symbols.size() - 1);
    const auto wanted = [&](const std::string& name) {
        return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
    };
    std::vector<Curve> curves;
    print_head();
    for (const auto& distortion : distortions())
        if (wanted(distortion.name)) curves.push_back(bend(bench, distortion, labels));
    if (wanted("rotation")) curves.push_back(turn_around(bench, degrees, turned));
    const Step all = all_steps(curves);
    Curve{"all", std::to_string(all.pictures) + " pictures", {}, {all}}.print();
    return all.ours.wrong == 0 ? 0 : 1;
}
