#include "vision/label/picture.h"

#include <algorithm>
#include <string_view>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/label/read_image.h"

namespace reelproof::vision {
namespace {

using Kind = PictureHeader::Kind;

// Reads numbers of a file; past its end it reads zeros and remembers that.
class Bytes {
  public:
    explicit Bytes(std::span<const std::uint8_t> file) : file_(file) {}

    std::uint64_t big(std::size_t at, std::size_t length) const {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < length; ++i) value = value << 8 | byte(at + i);
        return value;
    }
    std::uint64_t little(std::size_t at, std::size_t length) const {
        std::uint64_t value = 0;
        for (std::size_t i = length; i-- > 0;) value = value << 8 | byte(at + i);
        return value;
    }
    std::uint8_t byte(std::size_t at) const { return at < file_.size() ? file_[at] : 0; }
    std::size_t size() const { return file_.size(); }
    bool starts_with(std::string_view magic, std::size_t at = 0) const {
        return at + magic.size() <= file_.size() &&
               std::equal(magic.begin(), magic.end(), file_.begin() + static_cast<long>(at),
                          [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
    }

  private:
    std::span<const std::uint8_t> file_;
};

constexpr const char* too_deep = "it has more than 8 bits a channel";
constexpr const char* cmyk = "its colours are CMYK, for a printing press";
constexpr const char* animated = "it is animated";

// From the first scan on: is there an end of image? What libjpeg makes of half a picture looks
// whole.
bool jpeg_ends(const Bytes& file, std::size_t at) {
    while (at + 1 < file.size()) {
        const auto marker = file.byte(at + 1);
        const bool in_scan = file.byte(at) != 0xff || marker == 0x00 || marker == 0xff ||
                             (marker >= 0xd0 && marker <= 0xd7);
        if (in_scan) {
            ++at;
        } else if (marker == 0xd9) {
            return true;
        } else {
            at += 2 + file.big(at + 2, 2);
        }
    }
    return false;
}

// ITU-T T.81, B.2.2: the first frame header (SOF) has height and width.
std::optional<PictureHeader> jpeg(const Bytes& file) {
    std::size_t at = 2;
    while (at + 9 < file.size()) {
        if (file.byte(at) != 0xff) return std::nullopt;
        const auto marker = file.byte(at + 1);
        if (marker == 0xff) {
            ++at;
            continue;
        }
        const bool frame =
            marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame) {
            PictureHeader header{Kind::jpeg, file.big(at + 7, 2), file.big(at + 5, 2)};
            if (file.byte(at + 4) > 8) header.trouble = too_deep;
            if (file.byte(at + 9) == 4) header.trouble = cmyk;
            header.truncated = !jpeg_ends(file, at);
            return header;
        }
        const bool without_length = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
        at += without_length ? 2 : 2 + file.big(at + 2, 2);
    }
    return std::nullopt;
}

std::optional<PictureHeader> png(const Bytes& file) {
    if (!file.starts_with("IHDR", 12)) return std::nullopt;
    PictureHeader header{Kind::png, file.big(16, 4), file.big(20, 4)};
    header.alpha = (file.byte(25) & 4) != 0;
    if (file.byte(24) > 8) header.trouble = too_deep;
    // APNG: its control chunk stands before the picture's data.
    std::size_t at = 8;
    while (at + 12 <= file.size() && !file.starts_with("IDAT", at + 4)) {
        if (file.starts_with("acTL", at + 4)) header.trouble = animated;
        at += 12 + file.big(at, 4);
    }
    return header;
}

std::optional<PictureHeader> webp(const Bytes& file) {
    if (file.starts_with("VP8X", 12)) {
        PictureHeader header{Kind::webp, file.little(24, 3) + 1, file.little(27, 3) + 1};
        header.alpha = (file.byte(20) & 16) != 0;
        if ((file.byte(20) & 2) != 0) header.trouble = animated;
        return header;
    }
    if (file.starts_with("VP8L", 12)) {
        const auto bits = file.little(21, 4);
        return PictureHeader{Kind::webp, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1,
                             (bits >> 28 & 1) != 0};
    }
    if (file.starts_with("VP8 ", 12)) {
        return PictureHeader{Kind::webp, file.little(26, 2) & 0x3fff, file.little(28, 2) & 0x3fff};
    }
    return std::nullopt;
}

std::optional<PictureHeader> bmp(const Bytes& file) {
    const auto height = static_cast<std::int32_t>(file.little(22, 4));
    const auto rows = height < 0 ? -static_cast<std::int64_t>(height) : height;
    return PictureHeader{Kind::bmp, file.little(18, 4), static_cast<std::uint64_t>(rows)};
}

// TIFF 6.0: width and height are tags 256 and 257 of the first directory.
std::optional<PictureHeader> tiff(const Bytes& file) {
    const bool little = file.starts_with("II");
    const auto number = [&](std::size_t at, std::size_t length) {
        return little ? file.little(at, length) : file.big(at, length);
    };
    const auto directory = number(4, 4);
    if (directory + 2 > file.size()) return std::nullopt;
    PictureHeader header{Kind::tiff};
    const auto entries = number(directory, 2);
    header.more_pages = number(directory + 2 + 12 * entries, 4) != 0;
    for (std::uint64_t i = 0; i < entries; ++i) {
        const auto entry = directory + 2 + 12 * i;
        const auto value = number(entry + 8, number(entry + 2, 2) == 3 ? 2 : 4);
        if (number(entry, 2) == 256) header.width = value;
        if (number(entry, 2) == 257) header.height = value;
        if (number(entry, 2) == 258) {
            // Three or more values stand elsewhere.
            const auto count = number(entry + 4, 4);
            const auto depth = count > 2 ? number(number(entry + 8, 4), 2) : value;
            if (depth > 8) header.trouble = too_deep;
        }
        if (number(entry, 2) == 262 && value == 5) header.trouble = cmyk;
    }
    return header;
}

std::optional<PictureHeader> pnm(const Bytes& file) {
    std::size_t at = 2;
    const bool with_depth = file.byte(1) != '1' && file.byte(1) != '4';
    std::uint64_t numbers[3] = {0, 0, 0};
    for (int i = 0; i < (with_depth ? 3 : 2); ++i) {
        auto& number = numbers[i];
        while (at < file.size() && (std::isspace(file.byte(at)) != 0 || file.byte(at) == '#')) {
            if (file.byte(at) == '#') {
                while (at < file.size() && file.byte(at) != '\n') ++at;
            } else {
                ++at;
            }
        }
        while (std::isdigit(file.byte(at)) != 0 && number < 1'000'000) {
            number = number * 10 + (file.byte(at++) - '0');
        }
    }
    PictureHeader header{Kind::pnm, numbers[0], numbers[1]};
    if (numbers[2] > 255) header.trouble = too_deep;
    return header;
}

std::optional<PictureHeader> jpeg2000(const Bytes& file) {
    // ISO/IEC 15444-1, I.5.3.1: the image header box lies within the first few boxes.
    for (std::size_t at = 12; at < 256; ++at) {
        if (file.starts_with("ihdr", at)) {
            PictureHeader header{Kind::jpeg2000, file.big(at + 8, 4), file.big(at + 4, 4)};
            if ((file.byte(at + 14) & 0x7f) + 1 > 8) header.trouble = too_deep;
            return header;
        }
    }
    return std::nullopt;
}

std::optional<Kind> kind_of(const Bytes& file) {
    using namespace std::string_view_literals;
    if (file.starts_with("\xff\xd8\xff"sv)) return Kind::jpeg;
    if (file.starts_with("\x89PNG\r\n\x1a\n"sv)) return Kind::png;
    if (file.starts_with("RIFF"sv) && file.starts_with("WEBP"sv, 8)) return Kind::webp;
    if (file.starts_with("BM"sv)) return Kind::bmp;
    if (file.starts_with("II*\0"sv) || file.starts_with("MM\0*"sv)) return Kind::tiff;
    if (file.starts_with("\0\0\0\x0cjP  "sv)) return Kind::jpeg2000;
    if (file.byte(0) == 'P' && file.byte(1) >= '1' && file.byte(1) <= '6') return Kind::pnm;
    return std::nullopt;
}

// What else people hand in, and what to do about it.
std::string name_of_other_kind(const Bytes& file) {
    constexpr std::string_view with_box = "ftyp";
    if (file.starts_with("GIF8")) return "a GIF picture, which is not read; save it as PNG or JPEG";
    if (file.starts_with("%PDF"))
        return "a PDF document, which is not read; photograph the label, or save its page as PNG";
    if (file.starts_with(with_box, 4) &&
        (file.starts_with("hei", 8) || file.starts_with("mif", 8) || file.starts_with("avif", 8)))
        return "a HEIC or AVIF picture, which is not read; save it as JPEG, or set the camera to "
               "JPEG "
               "(\"most compatible\")";
    return "no JPEG, PNG, WebP, BMP, TIFF, PNM or JPEG 2000 picture";
}

// Row by row: the whole picture once more in each of its channels is more than there may be.
cv::Mat on_white(const cv::Mat& with_alpha) {
    cv::Mat result(with_alpha.size(), CV_8U), deep, grey, alpha;
    for (int y = 0; y < with_alpha.rows; ++y) {
        deep = with_alpha.row(y);
        if (deep.depth() == CV_16U) deep.convertTo(deep, CV_8U, 1 / 257.0);
        if (deep.channels() == 2) {
            cv::extractChannel(deep, grey, 0);
        } else {
            cv::cvtColor(deep, grey, cv::COLOR_BGRA2GRAY);
        }
        cv::extractChannel(deep, alpha, deep.channels() - 1);
        const auto *g = grey.ptr<std::uint8_t>(), *a = alpha.ptr<std::uint8_t>();
        auto* out = result.ptr<std::uint8_t>(y);
        for (int x = 0; x < grey.cols; ++x) {
            out[x] = static_cast<std::uint8_t>((g[x] * a[x] + 255 * (255 - a[x])) / 255);
        }
    }
    return result;
}

}  // namespace

std::optional<PictureHeader> read_picture_header(std::span<const std::uint8_t> bytes) {
    const Bytes file(bytes);
    const auto kind = kind_of(file);
    if (!kind) return std::nullopt;
    switch (*kind) {
        case Kind::jpeg:
            return jpeg(file);
        case Kind::png:
            return png(file);
        case Kind::webp:
            return webp(file);
        case Kind::bmp:
            return bmp(file);
        case Kind::tiff:
            return tiff(file);
        case Kind::pnm:
            return pnm(file);
        case Kind::jpeg2000:
            return jpeg2000(file);
    }
    return std::nullopt;
}

Result<cv::Mat> decode_picture(std::span<const std::uint8_t> file) {
    if (file.empty()) return Error{"picture.empty", "the file is empty"};
    if (file.size() > max_picture_bytes) {
        return Error{"picture.too-large", "the file is larger than 64 MiB"};
    }
    const auto header = read_picture_header(file);
    if (!header) {
        if (kind_of(Bytes(file)))
            return Error{"picture.damaged",
                         "the picture is cut off or damaged: its header is not whole"};
        return Error{"picture.unknown-format", "this is " + name_of_other_kind(Bytes(file))};
    }
    if (header->width == 0 || header->height == 0) {
        return Error{"picture.damaged", "the picture has no pixels"};
    }
    // OpenCV warps from and to less than 32767 pixels a side.
    constexpr std::uint64_t longest_side = 32000;
    const bool jpeg2000 = header->kind == Kind::jpeg2000;
    const std::uint64_t most = jpeg2000 ? max_jpeg2000_pixels : max_picture_pixels;
    const bool too_long = header->width > longest_side || header->height > longest_side;
    if (too_long || header->width * header->height > most) {
        const std::string limit =
            too_long ? "a side of " + std::to_string(longest_side) + " pixels is the limit"
                     : std::to_string(most / 1'000'000) + " megapixels are the limit" +
                           (jpeg2000 ? " for JPEG 2000" : "");
        return Error{"picture.too-many-pixels", "the picture has " + std::to_string(header->width) +
                                                    " x " + std::to_string(header->height) +
                                                    " pixels; " + limit};
    }
    if (*header->trouble != '\0') {
        return Error{"picture.unsupported", std::string("the picture can't be read: ") +
                                                header->trouble +
                                                "; save it as an ordinary 8-bit picture"};
    }
    if (header->truncated) {
        return Error{"picture.damaged", "the picture is cut off: its end is missing"};
    }
    cv::Mat pixels;
    try {
        const cv::Mat raw(1, static_cast<int>(file.size()), CV_8U,
                          const_cast<std::uint8_t*>(file.data()));
        pixels = cv::imdecode(raw, header->alpha ? cv::IMREAD_UNCHANGED : cv::IMREAD_GRAYSCALE);
        if (header->alpha && (pixels.channels() == 2 || pixels.channels() == 4)) {
            pixels = on_white(pixels);
        } else if (pixels.channels() == 3) {
            cv::cvtColor(pixels, pixels, cv::COLOR_BGR2GRAY);
        }
    } catch (const std::exception&) {
        pixels.release();
    }
    if (pixels.empty() || pixels.type() != CV_8U) {
        return Error{"picture.damaged", "the picture is damaged and can't be decoded"};
    }
    return pixels;
}

}  // namespace reelproof::vision
