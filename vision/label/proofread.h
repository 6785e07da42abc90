// Reads a drawn label back, as whoever gets it will, before it is handed out.
// Thread safety: any thread, as ReaderPool.
#pragma once

#include <string_view>

#include "vision/label/render.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::vision {

// Fails: "label.does-not-read" where a symbol is not found or not byte by byte what it should be,
// where one is seen that was not drawn, or where their fields together are not those of the print;
// as ReaderPool::read_symbols. The message holds no 25S data.
Result<void> proofread(const RenderedLabel& label, const Fields& fields, std::string_view unique_id,
                       ReaderPool& reader);

}  // namespace reelproof::vision
