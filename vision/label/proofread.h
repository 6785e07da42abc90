// Reads a drawn label back, as whoever gets it will, before it is handed out.
// Thread safety: any thread, as ReaderPool.
#pragma once

#include <string_view>
#include <vector>

#include "vision/label/render.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::vision {

// Gives: the symbols on it. Fails: "label.does-not-read" where one is not found or not byte by byte
// what it should be, or one is seen that was not drawn; as ReaderPool::read_symbols.
Result<std::vector<Symbol>> read_back(const RenderedLabel& label, ReaderPool& reader);

// The same for an issued label, whose symbols together must give the fields that are printed on it,
// and no contradiction. The messages hold no 25S data.
Result<void> proofread(const RenderedLabel& label, const Fields& fields, std::string_view unique_id,
                       ReaderPool& reader);

}  // namespace reelproof::vision
