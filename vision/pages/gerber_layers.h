// Zip archives of Gerber and drill files, as boards are sent: their layers, each a page. Opened in
// a process of our own that is locked in. Pure but for run_gerber_layers, which owns its process.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"

namespace reelproof::vision {

inline constexpr std::size_t kMostLayers = 200;

// Names of the layers, sorted; what else is in the archive is passed over. Fails:
// "pages.no-layers", "pages.too-many"; as ZipArchive.
Result<std::vector<std::string>> gerber_layers(std::span<const std::uint8_t> zip);

struct GerberLayer {
    std::string name, file;
};
// `number` from 1. Fails: the same, and "pages.missing".
Result<GerberLayer> gerber_layer(std::span<const std::uint8_t> zip, std::size_t number);

// The child: argv[0] is the number of a layer; null: their names are wanted.
inline constexpr std::string_view gerber_layers_argument = "gerber-layers";
int run_gerber_layers(char** argv);

// What the child writes; the parent trusts none of it: nothing where it is something else.
std::string encode_layers(const Result<std::vector<std::string>>& layers);
std::optional<Result<std::vector<std::string>>> decode_layers(std::string_view text);
std::string encode_layer(const Result<GerberLayer>& layer);
std::optional<Result<GerberLayer>> decode_layer(std::string_view text);

// Whether a file that begins so is a Gerber or drill file.
bool begins_as_gerber(std::string_view beginning);

}  // namespace reelproof::vision
