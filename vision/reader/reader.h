// The reader process: decodes pictures with no keys, no network and no files. Started by
// ReaderPool as `reelproof reader`, talks through its standard input and output only.
// Thread safety: owns its process.
#pragma once

namespace reelproof::vision {

// Serves requests until standard input ends; then returns 0. Returns 3 if it cannot lock itself in
// (then nothing was read). Takes no options.
int reader_main(int argc, char** argv);

}  // namespace reelproof::vision
