#include "vision/pages/gerber_layers.h"

#include <algorithm>
#include <charconv>

#include "vision/pages/child_output.h"
#include "vision/pages/message_lines.h"
#include "vision/sheets/zip_archive.h"

namespace reelproof::vision {
namespace {

constexpr std::size_t kBeginning = 4096;

Error no_layers() {
    return {"pages.no-layers", "the archive holds no Gerber or drill files to be shown"};
}

Result<std::vector<const ZipMember*>> layers_of(const ZipArchive& archive) {
    std::vector<const ZipMember*> out;
    for (const auto& member : archive.members()) {
        const auto beginning = archive.beginning(member, kBeginning);
        if (!beginning || !begins_as_gerber(*beginning)) continue;
        if (out.size() == kMostLayers)
            return Error{"pages.too-many",
                         "the archive holds more than " + std::to_string(kMostLayers) + " layers"};
        out.push_back(&member);
    }
    if (out.empty()) return no_layers();
    std::sort(out.begin(), out.end(),
              [](const auto* a, const auto* b) { return a->name < b->name; });
    return out;
}

// Whatever somebody wrote, on one line.
std::string shown_name(const ZipMember& member) {
    auto out = message_line(member.name);
    out.pop_back();
    return out;
}

std::string encode_error(const Error& error) {
    return "E\n" + message_line(error.code) + message_line(error.text);
}

std::optional<Error> decode_error(std::string_view text) {
    const auto code = take_message_line(text);
    const auto words = code ? take_message_line(text) : std::nullopt;
    if (!words || !text.empty() || !(code->starts_with("pages.") || code->starts_with("zip.")))
        return std::nullopt;
    return Error{*code, *words};
}

}  // namespace

bool begins_as_gerber(std::string_view beginning) {
    if (beginning.find("%FSLA") != std::string_view::npos ||
        beginning.find("%FSTA") != std::string_view::npos)
        return true;
    const auto first = beginning.find_first_not_of("\xef\xbb\xbf \r\n");
    return first != std::string_view::npos && beginning.substr(first).starts_with("M48");
}

Result<std::vector<std::string>> gerber_layers(std::span<const std::uint8_t> zip) {
    const auto archive = ZipArchive::open(zip);
    if (!archive) return archive.error();
    const auto layers = layers_of(*archive);
    if (!layers) return layers.error();
    std::vector<std::string> out;
    for (const auto* layer : *layers) out.push_back(shown_name(*layer));
    return out;
}

Result<GerberLayer> gerber_layer(std::span<const std::uint8_t> zip, std::size_t number) {
    const auto archive = ZipArchive::open(zip);
    if (!archive) return archive.error();
    const auto layers = layers_of(*archive);
    if (!layers) return layers.error();
    if (number < 1 || number > layers->size())
        return Error{"pages.missing", "the archive has no such layer"};
    const auto& member = *(*layers)[number - 1];
    auto file = archive->read(member);
    if (!file) return file.error();
    return GerberLayer{shown_name(member), std::move(*file)};
}

int run_gerber_layers(char** argv) {
    return answer_locked_in([&](std::span<const std::uint8_t> zip) {
        if (argv[0] == nullptr) return encode_layers(gerber_layers(zip));
        const std::string_view text(argv[0]);
        std::size_t number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        return encode_layer(gerber_layer(zip, number));
    });
}

std::string encode_layers(const Result<std::vector<std::string>>& layers) {
    if (!layers) return encode_error(layers.error());
    std::string out = "N\n";
    for (const auto& name : *layers) out += message_line(name);
    return out;
}

std::optional<Result<std::vector<std::string>>> decode_layers(std::string_view text) {
    using Out = Result<std::vector<std::string>>;
    const auto kind = take_message_line(text);
    if (kind == "E") {
        auto error = decode_error(text);
        return error ? std::optional(Out(*error)) : std::nullopt;
    }
    if (kind != "N") return std::nullopt;
    std::vector<std::string> out;
    while (!text.empty()) {
        auto name = take_message_line(text);
        if (!name || out.size() == kMostLayers) return std::nullopt;
        out.push_back(std::move(*name));
    }
    if (out.empty()) return std::nullopt;
    return Out(std::move(out));
}

std::string encode_layer(const Result<GerberLayer>& layer) {
    if (!layer) return encode_error(layer.error());
    return "L\n" + message_line(layer->name) + layer->file;
}

std::optional<Result<GerberLayer>> decode_layer(std::string_view text) {
    using Out = Result<GerberLayer>;
    const auto kind = take_message_line(text);
    if (kind == "E") {
        auto error = decode_error(text);
        return error ? std::optional(Out(*error)) : std::nullopt;
    }
    const auto name = kind == "L" ? take_message_line(text) : std::nullopt;
    if (!name) return std::nullopt;
    return Out(GerberLayer{*name, std::string(text)});
}

}  // namespace reelproof::vision
