#include "vision/label/read_text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include <opencv2/imgproc.hpp>

#include "vision/label/picture.h"
#include "vision/label/processor_time.h"
#include "vision/label/text_compare.h"
#include "vision/label/text_lines.h"

namespace reelproof::vision {
namespace {

// Of a line that is looked at: the height of its letters, room around them in such heights.
struct Look {
    double height;
    double room;
    Clean clean;
};
constexpr Look first_look{32, 0.4, Clean::none};
// Each its own idea of the pixels: what all of them read is on the paper.
constexpr Look further_looks[] = {{26, 0.6, Clean::none}, {40, 0.5, Clean::otsu}};
constexpr int widest_view = 3200;

class PrintReader {
  public:
    PrintReader(const cv::Mat& picture, const TextQuestion& question, TextEngine& engine,
                std::chrono::nanoseconds end)
        : picture_(picture), question_(question), engine_(engine), end_(end) {}

    TextReading run() {
        for (std::size_t i = 0; i < question_.labels.size(); ++i) read_label(i);
        if (!reading_.complete) withdraw_differences(reading_);
        return std::move(reading_);
    }

  private:
    bool late() const { return processor_time() > end_; }

    void read_label(std::size_t index) {
        const TextLabel& label = question_.labels[index];
        FoundPrint found;
        std::vector<TextLine> lines;
        std::vector<std::optional<TextSpan>> agreed(label.statements.size());
        if (!label.statements.empty()) {
            if (late())
                found.complete = false;
            else
                found = find_print(picture_, label.symbols);
        }
        reading_.complete = reading_.complete && found.complete;
        const std::vector<PrintLine>& places = found.lines;
        std::vector<std::size_t> place_of;
        for (std::size_t i = 0; i < places.size() && !all_found(label, agreed); ++i) {
            if (late()) {
                reading_.complete = false;
                break;
            }
            TextLine line = look_at(places[i], first_look);
            if (line.text.empty()) continue;
            lines.push_back(std::move(line));
            place_of.push_back(i);
            for (std::size_t k = 0; k < agreed.size(); ++k)
                if (!agreed[k]) agreed[k] = find_agreement(label.statements[k], lines);
        }
        std::map<std::string, TextField> fields;
        const auto put = [&](std::size_t statement, TextState state, std::string print,
                             const TextSpan* span) {
            const TextStatement& said = label.statements[statement];
            TextField field{index, said.field, state, said.value, std::move(print), {}};
            if (span != nullptr) field.position = position_of(lines[span->line], *span);
            fields.insert_or_assign(said.field, std::move(field));
        };
        for (std::size_t i = agreed.size(); i-- > 0;)
            if (!agreed[i] && !fields.contains(label.statements[i].field))
                put(i, TextState::not_found, "", nullptr);
        for (std::size_t i = agreed.size(); i-- > 0;)
            if (agreed[i]) put(i, TextState::agreed, text_of(lines, *agreed[i]), &*agreed[i]);
        if (reading_.complete)
            for (const Suspicion& one : suspicions(question_, index, lines, agreed))
                if (is_sure(one, label.statements[one.statement], places[place_of[one.span.line]]))
                    put(one.statement, TextState::differs, text_of(lines, one.span), &one.span);
        for (auto& [name, field] : fields) reading_.fields.push_back(std::move(field));
    }

    static bool all_found(const TextLabel& label,
                          const std::vector<std::optional<TextSpan>>& agreed) {
        return std::all_of(label.statements.begin(), label.statements.end(),
                           [&](const TextStatement& one) {
                               for (std::size_t i = 0; i < agreed.size(); ++i)
                                   if (agreed[i] && label.statements[i].field == one.field)
                                       return true;
                               return false;
                           });
    }

    static std::string text_of(const std::vector<TextLine>& lines, const TextSpan& span) {
        return lines[span.line].text.substr(span.first, span.last - span.first);
    }

    bool is_sure(const Suspicion& suspicion, const TextStatement& statement,
                 const PrintLine& place) {
        return std::all_of(
            std::begin(further_looks), std::end(further_looks),
            [&](const Look& how) { return confirms(suspicion, statement, look_at(place, how)); });
    }

    TextLine look_at(const PrintLine& place, const Look& how) {
        Region region = place.region;
        region.size.width += 2 * how.room * place.height;
        region.size.height += 2 * how.room * place.height;
        const double scale = std::min(how.height / place.height, widest_view / region.size.width);
        const View view = cleaned(cut(picture_, region, scale), how.clean);
        const auto corner = [&](double x, double y) {
            const cv::Point2d there = view.in_picture(x, y);
            return Point{cvRound(there.x), cvRound(there.y)};
        };
        EngineLine read = engine_.read_line({view.pixels.data, view.pixels.cols, view.pixels.rows,
                                             static_cast<int>(view.pixels.step)});
        TextLine line;
        line.text = std::move(read.text);
        line.confidence = std::move(read.confidence);
        const double width = view.pixels.cols, height = view.pixels.rows;
        for (std::size_t i = 0; i < line.text.size(); ++i) {
            line.left.push_back(static_cast<float>(read.left[i] / width));
            line.right.push_back(static_cast<float>(read.right[i] / width));
        }
        line.position = {corner(0, 0), corner(width, 0), corner(width, height), corner(0, height)};
        line.x = place.x;
        line.y = place.y;
        line.width = place.region.size.width;
        line.height = place.height;
        line.joined = place.joined;
        return line;
    }

    const cv::Mat& picture_;
    const TextQuestion& question_;
    TextEngine& engine_;
    const std::chrono::nanoseconds end_;
    TextReading reading_;
};

}  // namespace

Result<TextReading> read_text(std::span<const std::uint8_t> picture, const TextQuestion& question,
                              TextEngine& engine, std::chrono::milliseconds budget) {
    const auto start = processor_time();
    const auto pixels = decode_picture(picture);
    if (!pixels) return pixels.error();
    const auto end = std::max(start + budget, processor_time() + budget / 2);
    try {
        return PrintReader(*pixels, question, engine, end).run();
    } catch (const std::exception& trouble) {
        return Error{"picture.unreadable",
                     std::string("the picture's print could not be read: ") + trouble.what()};
    }
}

}  // namespace reelproof::vision
