// Check codewords of PDF417 and MicroPDF417, made by long division: unlike the code that they test.
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <vector>

namespace reelproof::tests {

// Needs: codewords below 929.
inline std::vector<int> with_check(std::vector<int> codewords, std::size_t check) {
    constexpr int modulus = 929;
    std::vector<int> generator{1};  // highest coefficient first
    for (int i = 0, root = 3; i < static_cast<int>(check); ++i, root = root * 3 % modulus) {
        generator.push_back(0);
        for (std::size_t k = generator.size() - 1; k > 0; --k)
            generator[k] = (generator[k] + (modulus - root) * generator[k - 1]) % modulus;
    }
    const std::size_t data = codewords.size();
    codewords.resize(data + check);
    std::vector<int> rest = codewords;
    for (std::size_t i = 0; i < data; ++i) {
        const int factor = rest[i];
        for (std::size_t k = 0; k < generator.size(); ++k)
            rest[i + k] = (rest[i + k] + (modulus - factor) * generator[k]) % modulus;
    }
    for (std::size_t i = data; i < rest.size(); ++i) codewords[i] = (modulus - rest[i]) % modulus;
    return codewords;
}

}  // namespace reelproof::tests
