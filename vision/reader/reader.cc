#include "vision/reader/reader.h"

#include <cerrno>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core.hpp>
#include <unistd.h>

#include "vision/confine/confine.h"
#include "vision/label/read_image.h"
#include "vision/label/read_lines.h"
#include "vision/label/read_text.h"
#include "vision/marking/line_network.h"
#include "vision/pages/confined_tool.h"
#include "vision/pages/gerber_layers.h"
#include "vision/pages/picture_page.h"
#include "vision/reader/marking_read_wire.h"
#include "vision/reader/marking_wire.h"
#include "vision/reader/study_wire.h"
#include "vision/reader/text_wire.h"
#include "vision/reader/wire.h"
#include "vision/sheets/sheet_reader.h"

namespace reelproof::vision {
namespace {

bool read_all(std::uint8_t* where, std::size_t length) {
    while (length > 0) {
        const ssize_t got = read(STDIN_FILENO, where, length);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        where += got;
        length -= static_cast<std::size_t>(got);
    }
    return true;
}

bool write_all(const std::uint8_t* from, std::size_t length) {
    while (length > 0) {
        const ssize_t put = write(STDOUT_FILENO, from, length);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        from += put;
        length -= static_cast<std::size_t>(put);
    }
    return true;
}

bool send(const std::string& text) {
    std::uint8_t length[length_bytes];
    put_length(static_cast<std::uint32_t>(text.size()), length);
    return write_all(length, sizeof length) &&
           write_all(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

// Serves messages of up to `most` bytes until standard input ends. `answer` may be called once this
// process is locked in.
template <class Answer>
int serve(std::size_t most, Answer answer) {
    if (const std::string trouble = confine_reader(); !trouble.empty()) {
        std::cerr << "reelproof reader: " << trouble << '\n';
        return exit_not_locked_in;
    }
    std::vector<std::uint8_t> message;
    for (;;) {
        std::uint8_t header[length_bytes];
        if (!read_all(header, sizeof header)) return 0;
        const bool careful = (get_length(header) & careful_bit) != 0;
        const std::uint32_t length = get_length(header) & ~careful_bit;
        if (length > most) return exit_bad_length;  // the parent asks for no such thing
        message.resize(length);
        if (!read_all(message.data(), length)) return 0;
        if (!send(answer(std::span<const std::uint8_t>(message), careful))) return 0;
    }
}

Result<MarkingReading> look_at_marking(const MarkingReadRequest& asked,
                                       const LineNetwork& network) {
    if (asked.question == MarkingQuestion::read)
        return read_marking(asked.picture, asked.expected, network, asked.wish);
    const auto quality = picture_quality(asked.picture);
    if (!quality) return quality.error();
    MarkingReading out;
    out.parts.emplace_back().quality = *quality;
    return out;
}

}  // namespace

int run_reader(ReaderHook hook) {
    cv::setNumThreads(1);
    return serve(max_picture_bytes, [hook](std::span<const std::uint8_t> picture, bool careful) {
        if (auto instead = hook == nullptr ? std::nullopt : hook(picture, careful))
            return encode_answer(*std::move(instead));
        ReadOptions options;
        options.careful = careful;
        std::string text = encode_answer(read_image(picture, options));
        if (text.size() <= max_answer_bytes) return text;
        return encode_answer(Error{"picture.too-many-symbols", "the picture holds too much text"});
    });
}

int run_text_reader(ReaderHook hook) {
    cv::setNumThreads(1);
    std::optional<TextEngine> engine;
    try {
        engine.emplace();
    } catch (const std::exception& trouble) {
        std::cerr << "reelproof reader: " << trouble.what() << '\n';
        return exit_no_text_data;
    }
    return serve(max_picture_bytes + max_question_bytes, [&](std::span<const std::uint8_t> message,
                                                             bool) {
        if (const auto lines = decode_lines_request(message))
            return encode_lines_answer(read_printed_lines(lines->picture, lines->lines, *engine));
        const auto request = decode_text_request(message);
        if (!request) return encode_text_answer(Error{"reader.garbage", "no such question"});
        if (auto instead = hook == nullptr ? std::nullopt : hook(request->picture, false))
            return encode_text_answer(*std::move(instead));
        return encode_text_answer(read_text(request->picture, request->question, *engine));
    });
}

int run_marking_reader(ReaderHook hook, const char* network_file) {
    cv::setNumThreads(1);
    std::optional<LineNetwork> given;
    if (network_file != nullptr) {
        std::ifstream in(network_file, std::ios::binary);
        const std::vector<std::uint8_t> file{std::istreambuf_iterator<char>(in), {}};
        given = LineNetwork::parse(file);
        if (!given) return exit_no_network;
    }
    const LineNetwork& network = given ? *given : LineNetwork::built_in();
    return serve(max_marking_message, [&](std::span<const std::uint8_t> message, bool) {
        const auto asked = decode_marking_read_request(message);
        if (!asked) return encode_marking_reading(Error{"reader.garbage", "no such question"});
        if (hook != nullptr)
            if (auto instead = hook(asked->picture, false))
                return encode_marking_reading(*std::move(instead));
        std::string text = encode_marking_reading(look_at_marking(*asked, network));
        if (text.size() <= max_answer_bytes) return text;
        return encode_marking_reading(
            Error{"marking.too-many", "there is too much print on this picture"});
    });
}

int run_study_reader(ReaderHook hook) {
    cv::setNumThreads(1);
    return serve(max_marking_message, [hook](std::span<const std::uint8_t> message, bool) {
        if (const auto run = decode_kinds_request(message)) {
            if (hook != nullptr && !run->pictures.empty())
                if (auto instead = hook(run->pictures.front(), false))
                    return encode_kinds_answer(*std::move(instead));
            return encode_kinds_answer(sort_markings(run->pictures, run->wish));
        }
        const auto request = decode_study_request(message);
        if (!request) return encode_study_answer(Error{"reader.garbage", "no such question"});
        const auto& about = request->about;
        if (hook != nullptr && !about.samples.empty())
            if (auto instead = hook(about.samples.front(), false))
                return encode_study_answer(*std::move(instead));
        std::string text = encode_study_answer(
            study_markings(about.text, about.samples, about.parts, request->wish));
        if (text.size() <= max_answer_bytes) return text;
        return encode_study_answer(
            Error{"marking.too-many", "these are too many annotated pictures at a time"});
    });
}

int reader_main(int argc, char** argv) {
    const std::string_view kind = argc > 1 ? argv[1] : "";
    if (kind == text_reader_argument) return run_text_reader(nullptr);
    if (kind == marking_reader_argument)
        return run_marking_reader(nullptr, argc > 2 ? argv[2] : nullptr);
    if (kind == study_reader_argument) return run_study_reader(nullptr);
    if (kind == picture_page_argument) return run_picture_page();
    if (kind == gerber_layers_argument) return run_gerber_layers(argv + 2);
    if (kind == sheet_argument) return run_sheet_reader(argv + 2);
    if (kind == confined_tool_argument) return become_confined_tool(argv + 2);
    return run_reader(nullptr);
}

}  // namespace reelproof::vision
