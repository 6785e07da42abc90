// How surfaces' conditions and the kinds of a run are told, on the photographs of
// ../shared/markings and on SYNTHETIC alterations of them: bench_surfaces
// [conditions|logos|kinds|siblings].
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "bench/markings_data.h"
#include "vision/marking/surface.h"
#include "vision/marking/surface_condition.h"

namespace {

using namespace reelproof;
using namespace reelproof::vision;
using namespace reelproof::bench;

constexpr std::size_t kSamples = 3;

double quantile(std::vector<double> values, double part) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

// Altered ones are above, genuine ones below: area under the ROC, equal error, and what is found
// where one in a hundred genuine is.
void report(const char* name, const std::vector<double>& genuine,
            const std::vector<double>& altered) {
    std::vector<double> sorted = genuine;
    std::sort(sorted.begin(), sorted.end());
    double area = 0;
    for (const double value : altered)
        area += static_cast<double>(std::lower_bound(sorted.begin(), sorted.end(), value) -
                                    sorted.begin());
    area /= static_cast<double>(sorted.size()) * static_cast<double>(altered.size());
    const auto found = [&](double threshold) {
        return static_cast<double>(std::count_if(altered.begin(), altered.end(),
                                                 [&](double v) { return v > threshold; })) /
               static_cast<double>(altered.size());
    };
    double equal = 1;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const double false_alarms =
            static_cast<double>(sorted.size() - 1 - i) / static_cast<double>(sorted.size());
        equal = std::min(equal, std::max(false_alarms, 1 - found(sorted[i])));
    }
    const double limit = quantile(genuine, 0.99);
    std::printf(
        "  %-34s AUC %.3f, equal error %5.1f %%, found at 1 %% false alarms %5.1f %% "
        "(limit %.3f; %zu genuine, median %.3f; %zu altered, median %.3f)\n",
        name, area, 100 * equal, 100 * found(limit), limit, genuine.size(), quantile(genuine, 0.5),
        altered.size(), quantile(altered, 0.5));
    std::fflush(stdout);
}

struct Alteration {
    const char* name;
    const char* what;
    double strength;
    cv::Mat (*make)(const cv::Mat&, double, cv::RNG&);
};

// SYNTHETIC sanding: noise drawn out over 40 pixels in one direction, of this spread in grey
// levels.
cv::Mat sanded(const cv::Mat& grey, double strength, cv::RNG& random) {
    cv::Mat noise(grey.size(), CV_32F);
    random.fill(noise, cv::RNG::NORMAL, 0, 1);
    cv::Mat streaks;
    cv::blur(noise, streaks, {41, 1});
    const double angle = random.uniform(-30.0, 30.0);
    const auto turn = cv::getRotationMatrix2D(
        {static_cast<float>(grey.cols) / 2, static_cast<float>(grey.rows) / 2}, angle, 1);
    cv::warpAffine(streaks, streaks, turn, grey.size(), cv::INTER_LINEAR, cv::BORDER_REFLECT);
    cv::Scalar mean, spread;
    cv::meanStdDev(streaks, mean, spread);
    cv::Mat levels, out;
    grey.convertTo(levels, CV_32F);
    levels += streaks * (strength / spread[0]);
    levels.convertTo(out, CV_8U);
    return out;
}

// SYNTHETIC blacktop: what is finer than `strength` pixels is painted over where the body is dark,
// and the paint has a fine grain of one grey level.
cv::Mat blacktopped(const cv::Mat& grey, double strength, cv::RNG& random) {
    cv::Mat smooth, out = grey.clone(), dark;
    cv::GaussianBlur(grey, smooth, {}, strength);
    cv::Mat paint(grey.size(), CV_32F), levels;
    random.fill(paint, cv::RNG::NORMAL, 0, 1);
    smooth.convertTo(levels, CV_32F);
    levels += paint;
    levels.convertTo(smooth, CV_8U);
    // The new marking stands on the paint: its strokes stay.
    cv::Mat around;
    cv::GaussianBlur(grey, around, {}, 8);
    dark = grey < around + 10;
    smooth.copyTo(out, dark);
    return out;
}

void bench_conditions(const std::map<std::string, Lot>& lots) {
    const Alteration alterations[] = {{"SYNTHETIC sanding, 2 grey levels", "sanding", 2, sanded},
                                      {"SYNTHETIC sanding, 4 grey levels", "sanding", 4, sanded},
                                      {"SYNTHETIC sanding, 6 grey levels", "sanding", 6, sanded},
                                      {"SYNTHETIC blacktop, 1 px", "blacktop", 1, blacktopped},
                                      {"SYNTHETIC blacktop, 2 px", "blacktop", 2, blacktopped},
                                      {"SYNTHETIC blacktop, 4 px", "blacktop", 4, blacktopped}};
    std::printf(
        "\nConditions of the surface: three samples a lot, other parts measured; altered pictures "
        "are SYNTHETIC\n");
    std::map<std::string, std::vector<double>> genuine;
    std::map<const Alteration*, std::vector<double>> altered;
    constexpr double kBodyLength = 19.3;  // mm, of a dual in-line package of 14 pins
    std::map<double, std::vector<double>> shifted_by{{0.5, {}}, {1.0, {}}};
    std::vector<double> ghosts_none, ghosts_faint, ghosts_clear;
    cv::RNG random(7);
    double ms = 0;
    std::size_t measured = 0;
    const Lot* other = nullptr;
    for (const auto& [name, lot] : lots) {
        const Lot* ghost_of = other;
        other = &lot;
        if (lot.chips.size() <= kSamples) continue;
        cv::Size view;
        std::vector<PartPicture> samples;
        std::vector<const Photograph*> parts;
        for (const auto& [chip, captures] : lot.chips) {
            if (samples.size() < kSamples)
                samples.push_back(part_picture(captures.front()->grey, view));
            else
                for (const Photograph* capture : captures) parts.push_back(capture);
        }
        const auto reference = MarkingReference::make(samples, view, lot.lines);
        if (!reference) continue;
        SurfaceCondition condition(*reference, samples);
        const auto measure = [&](SurfaceCondition& by, const cv::Mat& grey) {
            const PartPicture part = part_picture(grey, view);
            const auto placed = reference->place(part);
            const auto start = std::chrono::steady_clock::now();
            auto found = by.measure(part, placed.map);
            ms +=
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                    .count();
            ++measured;
            return found;
        };
        for (const Photograph* part : parts)
            for (const auto& one : measure(condition, part->grey))
                genuine[one.what].push_back(one.value);
        // SYNTHETIC shift: the body lies so much further along than it does.
        for (auto& [mm, values] : shifted_by)
            for (const Photograph* part : parts) {
                if (part->capture != 0) continue;
                PartPicture moved = part_picture(part->grey, view);
                const auto placed = reference->place(moved);
                moved.guess = moved.guess * shifted(mm * view.width / kBodyLength, 0);
                for (const auto& one :
                     SurfaceCondition(*reference, samples).measure(moved, placed.map))
                    if (one.what == "position") values.push_back(one.value);
            }
        if (const auto ghost = condition.ghost()) ghosts_none.push_back(ghost->value);
        for (const auto& alteration : alterations)
            for (const Photograph* part : parts) {
                if (part->capture != 0) continue;
                const cv::Mat made = alteration.make(part->grey, alteration.strength, random);
                for (const auto& one : measure(condition, made))
                    if (one.what == alteration.what) altered[&alteration].push_back(one.value);
            }
        if (ghost_of == nullptr) continue;
        // SYNTHETIC ghost: the strokes of another lot's marking, faint, at about the same place of
        // each part.
        cv::Size foreign_view;
        const auto foreign =
            part_picture(ghost_of->chips.begin()->second.front()->grey, foreign_view);
        cv::Mat shape = sample(foreign.grey, foreign.guess, view), smooth;
        cv::GaussianBlur(shape, smooth, {}, 12);
        shape.convertTo(shape, CV_32F);
        smooth.convertTo(smooth, CV_32F);
        cv::Mat strokes = cv::max(shape - smooth, 0);
        cv::GaussianBlur(strokes, strokes, {}, 1.5);
        for (const double strength : {0.05, 0.15}) {
            SurfaceCondition ghosted(*reference, samples);
            for (const Photograph* part : parts) {
                const auto placed = reference->place(part_picture(part->grey, view));
                const PlaneMap map =
                    placed.map * shifted(random.uniform(-2.0, 2.0), random.uniform(-2.0, 2.0));
                cv::Mat faint, levels, made;
                cv::warpPerspective(strokes, faint, cv::Mat(map), part->grey.size());
                part->grey.convertTo(levels, CV_32F);
                levels += strength * faint;
                levels.convertTo(made, CV_8U);
                measure(ghosted, made);
            }
            if (const auto ghost = ghosted.ghost())
                (strength < 0.1 ? ghosts_faint : ghosts_clear).push_back(ghost->value);
        }
    }
    for (const auto& [what, values] : genuine)
        std::printf("  genuine %-9s median %.3f, 95 %% %.3f, 99 %% %.3f, most %.3f (%zu)\n",
                    what.c_str(), quantile(values, 0.5), quantile(values, 0.95),
                    quantile(values, 0.99), quantile(values, 1), values.size());
    for (const auto& alteration : alterations)
        report(alteration.name, genuine[alteration.what], altered[&alteration]);
    for (const auto& [mm, values] : shifted_by)
        report(mm < 1 ? "SYNTHETIC shift of 0.5 mm" : "SYNTHETIC shift of 1 mm",
               genuine["position"], values);
    report("SYNTHETIC ghost, 5 % of the strokes", ghosts_none, ghosts_faint);
    report("SYNTHETIC ghost, 15 % of the strokes", ghosts_none, ghosts_clear);
    std::printf("  %.1f ms a part (placing left out)\n", ms / static_cast<double>(measured));
}

void bench_kinds(const std::map<std::string, Lot>& lots) {
    std::printf(
        "\nKinds within a run: eight parts of a lot with none, or with two of another lot\n");
    std::size_t pure = 0, pure_right = 0, mixed = 0, mixed_right = 0;
    std::vector<std::pair<std::string, const Lot*>> all;
    for (const auto& [name, lot] : lots)
        if (lot.chips.size() >= 2) all.emplace_back(name, &lot);
    const auto pictures = [](const Lot& lot, std::size_t most) {
        std::vector<std::vector<std::uint8_t>> out;
        for (const auto& [chip, captures] : lot.chips)
            for (const Photograph* capture : captures) {
                if (out.size() >= most) return out;
                if (capture->capture > 1) continue;
                std::vector<std::uint8_t> png;
                cv::imencode(".png", capture->grey, png, {cv::IMWRITE_PNG_COMPRESSION, 1});
                out.push_back(std::move(png));
            }
        return out;
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto run = pictures(*all[i].second, 8);
        const auto ask = [](const std::vector<std::vector<std::uint8_t>>& files) {
            const std::vector<PictureBytes> views(files.begin(), files.end());
            return sort_markings(views);
        };
        const auto one = ask(run);
        if (one.has_value()) {
            ++pure;
            pure_right += one->kinds.size() == 1 ? 1 : 0;
            if (one->kinds.size() != 1)
                std::printf("  %s: %zu kinds\n", all[i].first.c_str(), one->kinds.size());
        }
        const auto& [other_name, other] = all[(i + 1) % all.size()];
        const std::size_t own = run.size();
        for (auto& file : pictures(*other, 2)) run.push_back(std::move(file));
        const auto two = ask(run);
        if (!two.has_value()) continue;
        ++mixed;
        bool right = two->kinds.size() == 2;
        for (std::size_t k = 0; right && k < run.size(); ++k)
            right = (two->parts[k].kind == two->parts[0].kind) == (k < own) ||
                    two->parts[k].trouble.has_value();
        mixed_right += right ? 1 : 0;
        if (!right)
            std::printf("  %s with %s: %zu kinds\n", all[i].first.c_str(), other_name.c_str(),
                        two->kinds.size());
    }
    std::printf("  one kind: %zu of %zu right; two kinds, parted as they are: %zu of %zu\n",
                pure_right, pure, mixed_right, mixed);
}

// The logo of each lot against that of one: what is drawn beside the text of the others' parts.
void bench_logos(const std::map<std::string, Lot>& lots) {
    std::printf("\nLogos: the distance of each lot's parts from the shape on one lot's samples\n");
    const char* const kEnrolled = "hp_74LS00_A";
    std::vector<LogoShape> shapes;
    for (const bool enrolling : {true, false})
        for (const auto& [name, lot] : lots) {
            if (enrolling && name != kEnrolled) continue;
            cv::Size view;
            std::vector<PartPicture> good, all;
            for (const auto& [chip, captures] : lot.chips) {
                all.push_back(part_picture(captures.front()->grey, view));
                if (good.size() < kSamples) good.push_back(all.back());
            }
            const auto reference = MarkingReference::make(good, view, lot.lines);
            const auto logo = reference ? MarkingLogo::find(*reference) : std::nullopt;
            if (!logo) {
                std::printf("  %-16s no logo found\n", name.c_str());
                continue;
            }
            if (enrolling) {
                shapes.push_back(logo->shape());
                for (int y = 0; y < LogoShape::side; y += 2) {
                    for (int x = 0; x < LogoShape::side; ++x)
                        std::putchar(shapes[0].at(x, y) || shapes[0].at(x, y + 1) ? '#' : '.');
                    std::putchar('\n');
                }
                continue;
            }
            std::vector<double> distances;
            for (const PartPicture& part : all)
                distances.push_back(
                    logo->distance(sample(part.grey, reference->place(part).map, view), shapes));
            std::printf(
                "  %-16s at %d,%d %dx%d; samples' mean %.2f; %zu parts: %.2f to %.2f, median "
                "%.2f\n",
                name.c_str(), logo->box().x, logo->box().y, logo->box().width, logo->box().height,
                logo->distance(reference->lot().grey, shapes), distances.size(),
                quantile(distances, 0), quantile(distances, 1), quantile(distances, 0.5));
            std::fflush(stdout);
        }
}

// Others of a lot, by how much their surfaces agree: those of one mould cavity stand out.
void bench_siblings(const std::map<std::string, Lot>& lots) {
    std::printf("\nAgreement of surfaces: the same part re-placed, and other parts of its lot\n");
    std::vector<double> same, others;
    for (const auto& [name, lot] : lots) {
        cv::Size view;
        std::vector<PartPicture> first;
        for (const auto& [chip, captures] : lot.chips)
            first.push_back(part_picture(captures.front()->grey, view));
        const auto reference = MarkingReference::make(
            std::span(first).first(std::min<std::size_t>(first.size(), 4)), view, lot.lines);
        if (!reference) continue;
        const SurfaceReader reader(*reference, 1);
        std::map<std::string, std::vector<SurfaceView>> seen;
        for (const auto& [chip, captures] : lot.chips)
            for (const Photograph* capture : captures)
                seen[chip].push_back(reader.read(part_picture(capture->grey, view)));
        for (const auto& [chip, views] : seen)
            for (const auto& [now, again] : seen)
                for (std::size_t i = 1; i < again.size(); ++i)
                    (chip == now ? same : others)
                        .push_back(surface_agreement(
                            views.front().codes[views.front().codes.size() / 2], again[i]));
    }
    std::printf("  from    same  others\n");
    for (double from = -0.1; from < 1; from += 0.05)
        std::printf(
            "  %5.2f  %5zu  %5zu\n", from,
            static_cast<std::size_t>(std::count_if(
                same.begin(), same.end(), [&](double v) { return v >= from && v < from + 0.05; })),
            static_cast<std::size_t>(std::count_if(others.begin(), others.end(), [&](double v) {
                return v >= from && v < from + 0.05;
            })));
    std::printf("  least same %.3f, most other %.3f, 99 %% of others below %.3f\n",
                quantile(same, 0), quantile(others, 1), quantile(others, 0.99));
}

}  // namespace

int main(int argc, char** argv) {
    cv::setNumThreads(1);
    const auto photographs = read_photographs();
    const auto lots = lots_of(photographs);
    const bool all = argc < 2;
    if (all || std::strcmp(argv[1], "conditions") == 0) bench_conditions(lots);
    if (all || std::strcmp(argv[1], "siblings") == 0) bench_siblings(lots);
    if (all || std::strcmp(argv[1], "logos") == 0) bench_logos(lots);
    if (all || std::strcmp(argv[1], "kinds") == 0) bench_kinds(lots);
    return 0;
}
