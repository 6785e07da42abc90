// What Reed-Solomon codes over any field have in common. A Field has static functions add,
// subtract, multiply, inverse of its elements as int, and power (of its generator).
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace reelproof::vision {

using Polynomial = std::vector<int>;  // lowest coefficient first

// At generator^1 to generator^check. The first codeword has the highest power.
template <class Field>
Polynomial syndromes_of(std::span<const int> codewords, std::size_t check) {
    Polynomial syndromes(check);
    for (std::size_t i = 0; i < check; ++i) {
        const int x = Field::power(i + 1);
        for (const int codeword : codewords)
            syndromes[i] = Field::add(Field::multiply(syndromes[i], x), codeword);
    }
    return syndromes;
}

// Its roots tell the places that are wrong, its degree how many. Berlekamp and Massey, begun with
// the places that are known to be wrong ({1} without any).
template <class Field>
Polynomial locator_of(const Polynomial& syndromes, Polynomial known) {
    const std::size_t erased = known.size() - 1;
    Polynomial locator = std::move(known), before = locator;
    std::size_t length = erased, shift = 1;
    int last = 1;
    for (std::size_t r = erased; r < syndromes.size(); ++r) {
        int discrepancy = 0;
        for (std::size_t i = 0; i < locator.size() && i <= r; ++i)
            discrepancy = Field::add(discrepancy, Field::multiply(locator[i], syndromes[r - i]));
        if (discrepancy == 0) {
            ++shift;
            continue;
        }
        const Polynomial kept = locator;
        const int factor = Field::multiply(discrepancy, Field::inverse(last));
        if (locator.size() < before.size() + shift) locator.resize(before.size() + shift);
        for (std::size_t i = 0; i < before.size(); ++i)
            locator[i + shift] =
                Field::subtract(locator[i + shift], Field::multiply(factor, before[i]));
        if (2 * length <= r + erased) {
            length = r + 1 + erased - length;
            before = kept;
            last = discrepancy;
            shift = 1;
        } else {
            ++shift;
        }
    }
    while (locator.size() > 1 && locator.back() == 0) locator.pop_back();
    return locator;
}

}  // namespace reelproof::vision
