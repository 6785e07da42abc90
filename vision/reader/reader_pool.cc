#include "vision/reader/reader_pool.h"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "vision/label/read_image.h"
#include "vision/reader/child.h"
#include "vision/reader/marking_read_wire.h"
#include "vision/reader/marking_wire.h"
#include "vision/reader/study_wire.h"
#include "vision/reader/text_wire.h"
#include "vision/reader/wire.h"

namespace reelproof::vision {

using Clock = ReaderChild::Clock;

namespace {

// Of the child's own time; reading ends by itself long before.
constexpr std::chrono::milliseconds text_deadline{5000};

// A lot's samples are placed on one another first.
constexpr std::chrono::milliseconds marking_deadline{50000};

std::vector<std::string> command_of(std::vector<std::string> command, std::string_view kind,
                                    const std::string& file = {}) {
    if (!command.empty()) command.emplace_back(kind);
    if (!file.empty()) command.push_back(file);
    return command;
}

}  // namespace

// The children of one kind. Any thread may call.
class ReaderPool::Children {
  public:
    // `on_useless` is told once why none of them can serve; none is started after that.
    Children(std::vector<std::string> command, std::size_t processes,
             std::function<void(const Error&)> on_useless)
        : command_(std::move(command)),
          most_(std::max<std::size_t>(1, processes)),
          on_useless_(std::move(on_useless)) {}

    ~Children() {
        {
            const std::lock_guard lock(mutex_);
            closing_ = true;
        }
        changed_.notify_all();
        if (starter_.joinable()) starter_.join();
    }

    // `decode` makes an std::optional<Result<T>> of an answer; a child whose answer it can't read
    // is replaced. Nobody is given a child within `deadline`: "reader.busy".
    template <class T, class Decode>
    Result<T> exchange(std::span<const std::uint8_t> message, bool careful,
                       std::chrono::milliseconds deadline, Decode decode) {
        auto child = take(Clock::now() + deadline);
        if (!child) return child.error();
        const auto answer = child->exchange(message, careful, deadline);
        if (!answer) {
            const Error trouble = answer.error();
            give_back(std::nullopt, &trouble);
            return trouble;
        }
        std::optional<Result<T>> decoded = decode(*answer);
        if (!decoded) {
            const Error garbage{"reader.garbage", "the reader process answered nonsense"};
            give_back(std::nullopt, &garbage);
            return garbage;
        }
        give_back(*std::move(child), nullptr);
        return *std::move(decoded);
    }

    void count_picture() {
        const std::lock_guard lock(mutex_);
        ++stats_.pictures;
    }

    ReaderStats stats() const {
        const std::lock_guard lock(mutex_);
        return stats_;
    }

  private:
    void start_children() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [&] { return closing_ || !wanted_.empty(); });
            if (closing_) return;
            std::promise<Result<ReaderChild>> promise = std::move(wanted_.back());
            wanted_.pop_back();
            lock.unlock();
            promise.set_value(ReaderChild::start(command_));
            lock.lock();
        }
    }

    Result<ReaderChild> take(Clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        if (useless_) return *useless_;
        if (!changed_.wait_until(lock, deadline, [&] { return busy_ < most_; })) {
            return Error{"reader.busy", "all reader processes were busy for too long"};
        }
        ++busy_;
        while (!idle_.empty()) {
            ReaderChild child = std::move(idle_.back());
            idle_.pop_back();
            if (child.running()) return child;
        }
        if (!starter_.joinable()) starter_ = std::thread([this] { start_children(); });
        wanted_.emplace_back();
        auto started = wanted_.back().get_future();
        changed_.notify_all();
        lock.unlock();
        auto child = started.get();
        lock.lock();
        if (child) {
            ++stats_.started;
        } else {
            --busy_;
            changed_.notify_all();
        }
        return child;
    }

    void give_back(std::optional<ReaderChild> child, const Error* trouble) {
        bool news = false;
        {
            const std::lock_guard lock(mutex_);
            --busy_;
            if (trouble != nullptr && trouble->code == no_text_data) {
                news = !useless_;
                useless_ = *trouble;
            } else if (trouble != nullptr) {
                ++(trouble->code == "reader.timeout" ? stats_.timed_out : stats_.crashed);
            } else {
                idle_.push_back(std::move(*child));
            }
        }
        changed_.notify_all();
        if (news && on_useless_) on_useless_(*trouble);
    }

    const std::vector<std::string> command_;
    const std::size_t most_;
    const std::function<void(const Error&)> on_useless_;

    mutable std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    std::vector<ReaderChild> idle_;
    std::size_t busy_ = 0;  // children at work, or being started
    ReaderStats stats_;
    std::optional<Error> useless_;
    bool closing_ = false;
    std::vector<std::promise<Result<ReaderChild>>> wanted_;
    // Starts all children: the kernel ends a child together with the thread that started it, and
    // the threads that call us come and go.
    std::thread starter_;
};

ReaderPool::ReaderPool(ReaderOptions options)
    : deadline_(options.deadline),
      symbols_(std::make_unique<Children>(options.command, options.processes, nullptr)),
      text_(std::make_unique<Children>(command_of(options.command, text_reader_argument),
                                       options.processes, options.on_no_text)),
      markings_(std::make_unique<Children>(
          command_of(options.command, marking_reader_argument, options.line_network),
          options.processes, nullptr)),
      studies_(std::make_unique<Children>(command_of(options.command, study_reader_argument),
                                          options.processes, nullptr)) {}

ReaderPool::~ReaderPool() = default;

Result<ReadResult> ReaderPool::read_picture(std::span<const std::uint8_t> picture) {
    if (picture.empty()) return Error{"picture.empty", "the file is empty"};
    if (picture.size() > max_picture_bytes) {
        return Error{"picture.too-large", "the file is larger than 64 MiB"};
    }
    symbols_->count_picture();
    auto result = try_picture(picture, false);
    // Packaged decoders abort on some sound photographs: what others read there is not lost.
    if (!result && result.error().code == "reader.crashed") result = try_picture(picture, true);
    return result;
}

Result<ReadResult> ReaderPool::try_picture(std::span<const std::uint8_t> picture, bool careful) {
    return symbols_->exchange<ReadResult>(picture, careful, deadline_, decode_answer);
}

Result<std::vector<Symbol>> ReaderPool::read_symbols(std::span<const std::uint8_t> picture) {
    auto result = read_picture(picture);
    if (!result) return result.error();
    return std::move(result->symbols);
}

Result<TextReading> ReaderPool::read_text(std::span<const std::uint8_t> picture,
                                          const TextQuestion& question) {
    const auto start = Clock::now();
    auto reading = text_->exchange<TextReading>(
        encode_text_request(question, picture), false, std::min(deadline_, text_deadline),
        [&](std::string_view answer) { return decode_text_answer(answer, question); });
    if (reading)
        reading->ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    return reading;
}

Result<MarkingReading> ReaderPool::read_marking(std::span<const std::uint8_t> picture,
                                                std::span<const std::string> expected,
                                                const LookWish& wish) {
    if (!expected.empty())
        if (const auto fine = check_expected_lines(expected); !fine) return fine.error();
    const MarkingReadRequest request{
        MarkingQuestion::read, picture, {expected.begin(), expected.end()}, wish};
    return markings_->exchange<MarkingReading>(
        encode_marking_read_request(request), false, marking_deadline,
        [&](std::string_view answer) { return decode_marking_reading(answer, expected); });
}

Result<std::vector<PrintedLine>> ReaderPool::read_printed_lines(
    std::span<const std::uint8_t> picture, std::span<const Quad> lines) {
    return text_->exchange<std::vector<PrintedLine>>(
        encode_lines_request(lines, picture), false, std::min(deadline_, text_deadline),
        [&](std::string_view answer) { return decode_lines_answer(answer, lines.size()); });
}

Result<PictureQuality> ReaderPool::marking_quality(std::span<const std::uint8_t> picture) {
    const auto answer = markings_->exchange<MarkingReading>(
        encode_marking_read_request({MarkingQuestion::quality, picture}), false, marking_deadline,
        [](std::string_view text) { return decode_marking_reading(text); });
    if (!answer) return answer.error();
    return answer->parts.front().quality;
}

Result<MarkingStudy> ReaderPool::study_markings(const MarkingText& text,
                                                std::span<const PictureBytes> samples,
                                                std::span<const PictureBytes> parts,
                                                const StudyWish& wish) {
    if (const auto fine = check_marking_text(text); !fine) return fine.error();
    const StudyRequest request{
        {text, {samples.begin(), samples.end()}, {parts.begin(), parts.end()}}, wish};
    return studies_->exchange<MarkingStudy>(
        encode_study_request(request), false, marking_deadline,
        [&](std::string_view answer) { return decode_study_answer(answer, request); });
}

Result<MarkingKinds> ReaderPool::sort_markings(std::span<const PictureBytes> pictures,
                                               const LookWish& wish) {
    return studies_->exchange<MarkingKinds>(
        encode_kinds_request({{pictures.begin(), pictures.end()}, wish}), false, marking_deadline,
        [&](std::string_view answer) { return decode_kinds_answer(answer, pictures.size()); });
}

Result<LabelReading> ReaderPool::read_label(std::span<const std::uint8_t> picture,
                                            PrintedText text) {
    const auto start = Clock::now();
    auto result = read_picture(picture);
    if (!result) return result.error();
    LabelReading reading = merge(std::move(result->symbols), {Channel::camera, {}});
    reading.unread = std::move(result->unread);
    reading.width = result->width;
    reading.height = result->height;
    if (result->more_pages)
        reading.warnings.push_back(
            {"picture.more-pages",
             "the file has several pages, of which only the first was read; hand in the others as "
             "files of their own"});
    if (std::any_of(reading.symbols.begin(), reading.symbols.end(),
                    [](const Symbol& symbol) { return !is_utf8(symbol.bytes); })) {
        reading.warnings.push_back({"content.not-utf8",
                                    "a symbol's bytes are no UTF-8: its text is a guess, its bytes "
                                    "are exact"});
    }
    reading.ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    if (text == PrintedText::leave) return reading;
    if (const TextQuestion question = text_question(reading); has_statements(question)) {
        auto printed = read_text(picture, question);
        TextReading trouble;
        if (!printed) trouble.trouble = printed.error().code;
        add_text(reading, printed ? *std::move(printed) : std::move(trouble));
    }
    return reading;
}

ReaderStats ReaderPool::stats() const {
    ReaderStats all = symbols_->stats();
    const ReaderStats text = text_->stats();
    all.text_started = text.started;
    all.text_crashed = text.crashed;
    all.text_timed_out = text.timed_out;
    for (const auto* children : {markings_.get(), studies_.get()}) {
        const ReaderStats markings = children->stats();
        all.marking_started += markings.started;
        all.marking_crashed += markings.crashed;
        all.marking_timed_out += markings.timed_out;
    }
    return all;
}

}  // namespace reelproof::vision
