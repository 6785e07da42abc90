// The reader processes: they decode pictures with no keys, no network and no files. Started by
// ReaderPool as `reelproof reader` (symbols), `reelproof reader text` (print) and `reelproof reader
// marking` and `reelproof reader study` (packages), they talk through their standard input and
// output only. Three programs, so that Tesseract's data is loaded before the doors close without a
// cost to symbols, and trouble with print or packages costs no symbol. Thread safety: owns its
// process.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "vision/label/result.h"

namespace reelproof::vision {

// Serves requests until standard input ends; then returns 0. If it cannot begin, nothing was read
// and it returns one of the codes in wire.h.
int reader_main(int argc, char** argv);

// For the tests' own reader program only: `hook` sees each picture first, from within the locked
// process, and may answer in the reader's place. `careful`: as ReadOptions.
using ReaderHook = std::optional<Error> (*)(std::span<const std::uint8_t> picture, bool careful);
int run_reader(ReaderHook hook);
int run_text_reader(ReaderHook hook);
// The hook sees the first picture of each question.
int run_marking_reader(ReaderHook hook, const char* network_file = nullptr);
int run_study_reader(ReaderHook hook);

}  // namespace reelproof::vision
