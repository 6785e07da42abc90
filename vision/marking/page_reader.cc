#include "vision/marking/page_reader.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <opencv2/imgproc.hpp>

#include "vision/marking/line_finder.h"
#include "vision/marking/usage.h"

namespace reelproof::vision {
namespace {

constexpr std::size_t kLooks = 5;       // kept of each line
constexpr std::size_t kMostTried = 16;  // places
// Of a line: more than one clear character, and a logarithm of its text's probability for each.
// What grain is taken for comes to -1.5 and less, what print is seldom below -0.8.
constexpr double kLeastScore = 1.2, kLeastLikely = -1.1;
constexpr double kLeast = -30;  // of a look's logarithm: one bad look does not decide
// Of an expected text, for each of its characters: what is less likely is another text.
constexpr double kLeastFound = -3;

std::string without_spaces(std::string text) {
    std::erase(text, ' ');
    return text;
}

PageLine::Look look_at(const LineNetwork& network, const cv::Mat& grey, cv::Rect2d band, bool dark,
                       double stretch) {
    // Whole pixels of the view; beyond its edges its border goes on.
    const cv::Rect place(static_cast<int>(std::floor(band.x)), static_cast<int>(std::floor(band.y)),
                         std::max(4, static_cast<int>(std::lround(band.width))),
                         std::max(4, static_cast<int>(std::lround(band.height))));
    const cv::Rect inside = place & cv::Rect({0, 0}, grey.size());
    PageLine::Look out;
    if (inside.width < 4 || inside.height < 4) return out;
    cv::Mat piece;
    cv::copyMakeBorder(grey(inside), piece, inside.y - place.y, place.br().y - inside.br().y,
                       inside.x - place.x, place.br().x - inside.br().x, cv::BORDER_REPLICATE);
    if (stretch != 1) cv::resize(piece, piece, {}, stretch, 1, cv::INTER_LINEAR);
    out.band = place;
    out.columns = network.look(line_picture(piece, dark));
    return out;
}

// The line at a place that was found roughly.
PageLine read_line(const LineNetwork& network, const cv::Mat& grey, const LinePlace& found) {
    struct Tried {
        double score;
        cv::Rect2d at;
        PageLine::Look look;
    };
    std::vector<Tried> tried;
    const auto attempt = [&](const cv::Rect2d& at, double stretch) {
        PageLine::Look look = look_at(network, grey, at, found.dark, stretch);
        if (look.columns.count == 0) return;
        const double score = clear_characters(look.columns, 0, look.columns.count);
        tried.push_back({score, at, std::move(look)});
    };
    const cv::Rect2d& band = found.band;
    for (const double higher : {0.85, 1.0, 1.18})
        for (const double off : {-0.12, 0.0, 0.12}) {
            const double height = band.height * higher;
            attempt({band.x, band.y + band.height / 2 - height / 2 + off * band.height, band.width,
                     height},
                    1);
        }
    if (!tried.empty()) {
        const auto best =
            std::max_element(tried.begin(), tried.end(),
                             [](const Tried& a, const Tried& b) { return a.score < b.score; });
        const cv::Rect2d at = best->at;
        for (const double stretch : {0.85, 1.2}) attempt(at, stretch);
    }
    std::sort(tried.begin(), tried.end(),
              [](const Tried& a, const Tried& b) { return a.score > b.score; });
    PageLine out;
    if (tried.empty()) return out;
    out.score = tried.front().score;
    for (std::size_t i = 0; i < std::min(kLooks, tried.size()); ++i)
        out.looks.push_back(std::move(tried[i].look));
    // What one look reads, all looks judge.
    std::set<std::string> texts;
    double best = -1e30;
    for (const PageLine::Look& look : out.looks) {
        std::string text = likely_text(look.columns);
        if (!texts.insert(without_spaces(text)).second) continue;
        if (const double value = out.log_probability(without_spaces(text)); value > best) {
            best = value;
            out.text = std::move(text);
        }
    }
    return out;
}

bool is_print(const PageLine& line) {
    const std::string text = without_spaces(line.text);
    // Dots and dashes alone are grain.
    return line.score >= kLeastScore && !std::all_of(text.begin(), text.end(), is_speck) &&
           line.log_probability(text) >= kLeastLikely * static_cast<double>(text.size());
}

// Where the picture is about as good for either of two characters, usage decides.
std::string as_usual(const PageLine& line) {
    std::string text = line.text;
    if (text.find_first_of("0O1I") == std::string::npos) return text;
    const auto characters = line.characters(without_spaces(text));
    std::size_t which = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == ' ') continue;
        const auto& of = characters[which++].of;
        const auto usual = usual_character(text, at);
        if (usual &&
            kUsualOdds * of[marking_alphabet.find(*usual)] > of[marking_alphabet.find(text[at])])
            text[at] = *usual;
    }
    return text;
}

// Dots and dashes at the ends are seldom print: grain at the rim of a line is taken for them.
std::string without_specks(const PageLine& line) {
    std::string text = line.text;
    const double odds = std::log(kUsualOdds);
    for (const bool front : {true, false})
        while (text.size() > 1 && is_speck(front ? text.front() : text.back())) {
            auto less = front ? text.substr(1) : text.substr(0, text.size() - 1);
            less.erase(0, less.find_first_not_of(' '));
            less.erase(less.find_last_not_of(' ') + 1);
            if (less.empty() || line.log_probability(without_spaces(less)) + odds <
                                    line.log_probability(without_spaces(text)))
                break;
            text = less;
        }
    return text;
}

}  // namespace

double PageLine::log_probability(std::string_view of, Beside beside) const {
    double sum = 0;
    for (const Look& look : looks)
        sum += std::max(kLeast, vision::log_probability(look.columns, of, beside));
    return sum / static_cast<double>(std::max<std::size_t>(1, looks.size()));
}

std::vector<PageLine::Character> PageLine::characters(std::string_view of, Beside beside) const {
    std::vector<Character> out(of.size());
    double weights = 0;
    for (const Look& look : looks) {
        const double weight =
            std::exp(std::max(kLeast, vision::log_probability(look.columns, of, beside)) / 4);
        weights += weight;
        const auto places = character_places(look.columns, of, beside);
        for (std::size_t i = 0; i < of.size(); ++i)
            for (std::size_t c = 0; c < out[i].of.size(); ++c)
                out[i].of[c] += weight * places[i].of[c];
    }
    for (Character& one : out)
        for (double& part : one.of) part /= weights + 1e-30;
    if (looks.empty()) return out;
    const Look& first = looks.front();
    const auto places = character_places(first.columns, of, beside);
    const double column = first.band.width / first.columns.count;
    for (std::size_t i = 0; i < of.size(); ++i)
        out[i].box = {first.band.x + places[i].begin * column,
                      first.band.y + 0.12 * first.band.height,
                      (places[i].end - places[i].begin) * column, 0.76 * first.band.height};
    return out;
}

Page read_page(const LineNetwork& network, const cv::Mat& grey) {
    std::vector<PageLine> found, unclear;
    auto places = find_lines(network, grey);
    if (places.size() > kMostTried) places.resize(kMostTried);
    for (const LinePlace& place : places) {
        PageLine line = read_line(network, grey, place);
        if (line.looks.empty()) continue;
        (is_print(line) ? found : unclear).push_back(std::move(line));
    }
    std::sort(found.begin(), found.end(),
              [](const PageLine& a, const PageLine& b) { return a.score > b.score; });
    Page out;
    out.unclear = std::move(unclear);
    for (PageLine& line : found) {
        if (std::any_of(out.lines.begin(), out.lines.end(), [&](const PageLine& other) {
                return same_line(line.looks.front().band, other.looks.front().band);
            })) {
            out.unclear.push_back(std::move(line));
            continue;
        }
        // What was only guessed at counts less: upside down, much looks like some character.
        out.score += std::max(0.0, line.score + line.log_probability(without_spaces(line.text)));
        line.text = without_specks(line);
        line.text = as_usual(line);
        out.lines.push_back(std::move(line));
    }
    std::sort(out.lines.begin(), out.lines.end(), [](const PageLine& a, const PageLine& b) {
        const cv::Rect2d &one = a.looks.front().band, &other = b.looks.front().band;
        return one.y + one.height / 2 < other.y + other.height / 2;
    });
    return out;
}

namespace {

// Two lines side by side, as one.
std::optional<PageLine> joined(const PageLine& left, const PageLine& right) {
    const cv::Rect2d &a = left.looks.front().band, &b = right.looks.front().band;
    const double both = std::min(a.br().y, b.br().y) - std::max(a.y, b.y);
    if (both < 0.6 * std::min(a.height, b.height) || b.x < a.x + 0.8 * a.width) return std::nullopt;
    PageLine out;
    for (std::size_t i = 0; i < std::min(left.looks.size(), right.looks.size()); ++i) {
        const PageLine::Look &one = left.looks[i], &other = right.looks[i];
        PageLine::Look& look = out.looks.emplace_back();
        look.band = one.band | other.band;
        look.columns.count = one.columns.count + other.columns.count;
        look.columns.values = one.columns.values;
        look.columns.values.insert(look.columns.values.end(), other.columns.values.begin(),
                                   other.columns.values.end());
    }
    return out;
}

}  // namespace

std::optional<Weighed> weigh_text(const Page& page, std::string_view text) {
    if (text.empty()) return std::nullopt;
    std::optional<PageLine> best;
    // Further down all looks say the same.
    double most = std::max(kLeastFound * static_cast<double>(text.size()), 0.9 * kLeast);
    const auto consider = [&](const PageLine& line) {
        if (const double value = line.log_probability(text, Beside::anything); value > most) {
            most = value;
            best = line;
        }
    };
    for (const auto* lines : {&page.lines, &page.unclear})
        for (const PageLine& line : *lines) consider(line);
    for (const PageLine& left : page.lines)
        for (const PageLine& right : page.lines)
            if (const auto both = joined(left, right)) consider(*both);
    if (!best) return std::nullopt;
    return Weighed{most, best->characters(text, Beside::anything)};
}

TurnedPage read_page_turned(const LineNetwork& network, const cv::Mat& grey, bool sideways) {
    TurnedPage out;
    cv::Mat turned = grey;
    for (int quarters = 0; quarters < 4; ++quarters) {
        if (quarters > 0) {
            cv::Mat next;
            cv::rotate(turned, next, cv::ROTATE_90_CLOCKWISE);
            turned = next;
        }
        if (quarters % 2 == 1 && !sideways) continue;
        if (Page page = read_page(network, turned); quarters == 0 || page.score > out.page.score)
            out = {std::move(page), quarters};
    }
    return out;
}

}  // namespace reelproof::vision
