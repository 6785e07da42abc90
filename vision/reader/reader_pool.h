// Reads pictures in child processes: a decoder that crashes or hangs costs one picture. One that is
// taken over has no keys, network or files, but sees the pictures that the same child reads after
// it. Print is read by children of its own, behind the symbols: what goes wrong there costs the
// print. Thread safety: all methods may be called from any thread; each picture occupies one child.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "vision/label/label.h"
#include "vision/label/printed_line.h"
#include "vision/label/result.h"
#include "vision/label/symbol.h"
#include "vision/marking/reading.h"
#include "vision/marking/study.h"

namespace reelproof::vision {

struct ReaderOptions {
    // Program and arguments, e.g. {"/proc/self/exe", "reader"}. An empty command reads nothing.
    std::vector<std::string> command;
    std::size_t processes = 1;  // at most this many children; each is started when first needed
    // A file with the network that markings are read with; "" the one in the program.
    std::string line_network{};
    // For a child to be free; then again for the picture, of the child's own time.
    std::chrono::milliseconds deadline{15000};
    // Told once, by whichever thread, why no print at all can be read on this machine.
    std::function<void(const Error&)> on_no_text;
};

struct ReaderStats {
    std::uint64_t pictures = 0;
    std::uint64_t started = 0;  // children
    std::uint64_t crashed = 0;
    std::uint64_t timed_out = 0;
    std::uint64_t text_started = 0;  // the same of those for print
    std::uint64_t text_crashed = 0;
    std::uint64_t text_timed_out = 0;
    std::uint64_t marking_started = 0;  // and of those for packages, studied ones too
    std::uint64_t marking_crashed = 0;
    std::uint64_t marking_timed_out = 0;
};

// Whether print is compared with the symbols.
enum class PrintedText { compare, leave };

class ReaderPool {
  public:
    explicit ReaderPool(ReaderOptions options);
    ~ReaderPool();  // ends the children; no call may be running
    ReaderPool(const ReaderPool&) = delete;
    ReaderPool& operator=(const ReaderPool&) = delete;

    // Fails: as read_image; "reader.crashed" (names the signal), "reader.timeout",
    // "reader.garbage", "reader.cannot-start", "reader.busy". A picture on which a child dies goes
    // once more to a fresh one, that reads it with care.
    Result<ReadResult> read_picture(std::span<const std::uint8_t> picture);

    // What was read of it, without what was not.
    Result<std::vector<Symbol>> read_symbols(std::span<const std::uint8_t> picture);

    // read_picture(), then merge() of its symbols, here in this process; then read_text(), whose
    // trouble is told in LabelReading::text.
    Result<LabelReading> read_label(std::span<const std::uint8_t> picture,
                                    PrintedText text = PrintedText::compare);

    // What the print of this picture says of the fields that were asked for. Fails: as
    // read_picture(); "reader.no-text-data" for good, once it was found to be missing.
    Result<TextReading> read_text(std::span<const std::uint8_t> picture,
                                  const TextQuestion& question);

    // What is printed on the packages of this picture, read without samples, and how well each
    // expected line suits each; or only how good the picture of one is. Fails: as read_marking(),
    // as check_expected_lines(), and as read_picture(); "reader.no-network".
    Result<MarkingReading> read_marking(std::span<const std::uint8_t> picture,
                                        std::span<const std::string> expected = {},
                                        const LookWish& wish = {});
    // What Tesseract takes such lines of a package for: one answer each. Fails: as read_text().
    Result<std::vector<PrintedLine>> read_printed_lines(std::span<const std::uint8_t> picture,
                                                        std::span<const Quad> lines);
    Result<PictureQuality> marking_quality(std::span<const std::uint8_t> picture);
    // Whether parts bear the marking that the samples bear, and more of the same parts
    // (vision/marking/study.h). Pictures of at most max_picture_bytes, at most max_marking_samples
    // and max_marking_parts of them. Fails: as study_markings(), and as read_picture().
    Result<MarkingStudy> study_markings(const MarkingText& text,
                                        std::span<const PictureBytes> samples,
                                        std::span<const PictureBytes> parts, const StudyWish& wish);
    // At most max_run_pictures. Fails: as sort_markings(), and as read_picture().
    Result<MarkingKinds> sort_markings(std::span<const PictureBytes> pictures,
                                       const LookWish& wish = {});

    ReaderStats stats() const;

  private:
    Result<ReadResult> try_picture(std::span<const std::uint8_t> picture, bool careful);

    class Children;
    const std::chrono::milliseconds deadline_;
    const std::unique_ptr<Children> symbols_, text_, markings_, studies_;
};

}  // namespace reelproof::vision
