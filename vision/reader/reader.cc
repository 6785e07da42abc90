#include "vision/reader/reader.h"

#include <cerrno>
#include <iostream>
#include <vector>

#include <opencv2/core.hpp>
#include <unistd.h>

#include "vision/label/read_image.h"
#include "vision/reader/confine.h"
#include "vision/reader/wire.h"

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

bool answer(const Result<ReadResult>& result) {
    std::string text = encode_answer(result);
    if (text.size() > max_answer_bytes) {
        text = encode_answer(Error{"picture.too-many-symbols", "the picture holds too much text"});
    }
    std::uint8_t length[length_bytes];
    put_length(static_cast<std::uint32_t>(text.size()), length);
    return write_all(length, sizeof length) &&
           write_all(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

}  // namespace

int run_reader(ReaderHook hook) {
    cv::setNumThreads(1);
    if (const std::string trouble = confine_this_process(); !trouble.empty()) {
        std::cerr << "reelproof reader: " << trouble << '\n';
        return 3;
    }
    std::vector<std::uint8_t> picture;
    for (;;) {
        std::uint8_t header[length_bytes];
        if (!read_all(header, sizeof header)) return 0;
        const bool careful = (get_length(header) & careful_bit) != 0;
        const std::uint32_t length = get_length(header) & ~careful_bit;
        if (length > max_picture_bytes) return 2;  // the parent asks for no such thing
        picture.resize(length);
        if (!read_all(picture.data(), length)) return 0;
        std::optional<Error> instead = hook == nullptr ? std::nullopt : hook(picture, careful);
        ReadOptions options;
        options.careful = careful;
        if (!(instead ? answer(*std::move(instead)) : answer(read_image(picture, options))))
            return 0;
    }
}

int reader_main(int, char**) {
    return run_reader(nullptr);
}

}  // namespace reelproof::vision
