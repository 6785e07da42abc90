#include "ledger/store/tag_filter.h"

#include <algorithm>
#include <cstring>

#include <sodium.h>

#include "ledger/base/secret.h"

namespace reelproof::ledger {

namespace {

__extension__ using Wide = unsigned __int128;

}  // namespace

TagFilter::TagFilter(std::uint64_t tags)
    : capacity_(std::clamp(tags, kLeastTags, kMostTags)),
      lines_((capacity_ + kTagsOfLine - 1) / kTagsOfLine) {
    static_assert(sizeof(key_) == crypto_shorthash_siphashx24_KEYBYTES);
    fill_random(key_);
}

TagFilter::Position TagFilter::position(const Tag& tag) const {
    std::array<std::uint64_t, 2> hash;
    static_assert(sizeof(hash) == crypto_shorthash_siphashx24_BYTES);
    crypto_shorthash_siphashx24(reinterpret_cast<unsigned char*>(hash.data()), tag.data(),
                                tag.size(), key_.data());
    return {static_cast<std::size_t>(static_cast<Wide>(hash[0]) * lines_.size() >> 64), hash[1]};
}

void TagFilter::add(const Tag& tag) {
    const Position at = position(tag);
    Line& line = lines_[at.line];
    bool is_new = false;
    for (std::size_t word = 0; word < kWords; ++word) {
        const std::uint64_t mask = at.mask(word);
        // What is there already is not written again: the line stays in others' caches.
        if ((line.words[word].load(std::memory_order_relaxed) & mask) != 0) continue;
        line.words[word].fetch_or(mask, std::memory_order_relaxed);
        is_new = true;
    }
    if (is_new) held_.fetch_add(1, std::memory_order_relaxed);
}

bool TagFilter::may_hold(const Tag& tag) const {
    const Position at = position(tag);
    const Line& line = lines_[at.line];
    // All words, without a branch at each: which one says no can't be foreseen, and a wrong guess
    // would make everything behind it wait for the line.
    std::uint64_t missing = 0;
    for (std::size_t word = 0; word < kWords; ++word)
        missing |= at.mask(word) & ~line.words[word].load(std::memory_order_relaxed);
    return missing == 0;
}

}  // namespace reelproof::ledger
