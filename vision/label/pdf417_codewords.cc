#include "vision/label/pdf417_codewords.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "vision/label/reed_solomon.h"

namespace reelproof::vision {
namespace {

constexpr int modulus = 929, generator = 3;

struct Logarithms {
    std::array<int, modulus> power{};  // generator^i
    std::array<int, modulus> log{};    // of 1 to 928

    Logarithms() {
        int value = 1;
        for (int i = 0; i < modulus; ++i) {
            power[static_cast<std::size_t>(i)] = value;
            if (i < modulus - 1) log[static_cast<std::size_t>(value)] = i;
            value = value * generator % modulus;
        }
    }
};

const Logarithms& tables() {
    static const Logarithms all;
    return all;
}

struct Field {
    static int add(int a, int b) { return (a + b) % modulus; }
    static int subtract(int a, int b) { return (a + modulus - b) % modulus; }
    static int multiply(int a, int b) { return a * b % modulus; }
    static int power(std::size_t exponent) { return tables().power[exponent % (modulus - 1)]; }
    static int inverse(int value) {
        const auto log = static_cast<std::size_t>(tables().log[static_cast<std::size_t>(value)]);
        return power(modulus - 1 - log);
    }
};

int value_of(const Polynomial& polynomial, int x) {
    int value = 0;
    for (auto i = polynomial.rbegin(); i != polynomial.rend(); ++i)
        value = (value * x + *i) % modulus;
    return value;
}

bool all_zero(const Polynomial& polynomial) {
    return std::all_of(polynomial.begin(), polynomial.end(), [](int c) { return c == 0; });
}

// Text Compaction's sub-modes, 0 to 29: letters, then what switches.
constexpr std::string_view mixed_characters = "0123456789&\r\t,:#-.$/+%*=^";
constexpr std::string_view punctuation_characters = ";<>@[\\]_`~!\r\t,:\n-.$/\"|*()?{}'";

class Compaction {
  public:
    explicit Compaction(std::span<const int> codewords) : codewords_(codewords) {}

    std::optional<Pdf417Text> decode() {
        if (codewords_.empty()) return std::nullopt;
        const int envelope = codewords_[0] == 916 ? '5' : codewords_[0] == 917 ? '6' : 0;
        if (envelope != 0) {
            append(
                "[)>\x1e"
                "0");
            result_.bytes.push_back(static_cast<std::uint8_t>(envelope));
            append("\x1d");
            ++at_;
        }
        while (at_ < codewords_.size()) {
            if (!segment()) return std::nullopt;
        }
        // Padding that trails, a latch to text, adds nothing.
        if (envelope != 0) append("\x1e\x04");
        return std::move(result_);
    }

  private:
    enum class Mode { text, bytes, bytes_by_six, numbers };
    enum class Sub { upper, lower, mixed, punctuation };

    void append(std::string_view text) {
        result_.bytes.insert(result_.bytes.end(), text.begin(), text.end());
    }

    void append(char c) { result_.bytes.push_back(static_cast<std::uint8_t>(c)); }

    bool data_ahead() const { return at_ < codewords_.size() && codewords_[at_] < 900; }

    // One latch, or what follows up to the next.
    bool segment() {
        if (data_ahead()) {
            switch (mode_) {
                case Mode::text:
                    text();
                    return true;
                case Mode::bytes:
                case Mode::bytes_by_six:
                    return bytes();
                case Mode::numbers:
                    return numbers();
            }
        }
        switch (codewords_[at_++]) {
            case 900:
                mode_ = Mode::text;
                sub_ = Sub::upper;
                shifted_.reset();
                return true;
            case 901:
                mode_ = Mode::bytes;
                return true;
            case 902:
                mode_ = Mode::numbers;
                return true;
            case 924:
                mode_ = Mode::bytes_by_six;
                return true;
            case 913: {
                if (mode_ != Mode::text || at_ == codewords_.size() || codewords_[at_] > 255)
                    return false;
                shifted_.reset();
                append(static_cast<char>(codewords_[at_++]));
                return true;
            }
            case 925:
                return eci(1, [](int a, int) { return 810900 + a; });
            case 926:
                return eci(2, [](int a, int b) { return 900 * (a + 1) + b; });
            case 927:
                return eci(1, [](int a, int) { return a; });
            default:
                return false;
        }
    }

    template <class Number>
    bool eci(std::size_t operands, Number number) {
        if (codewords_.size() - at_ < operands) return false;
        const auto operand = codewords_.subspan(at_, operands);
        if (std::any_of(operand.begin(), operand.end(), [](int c) { return c >= 900; }))
            return false;
        result_.eci = number(operand.front(), operand.back());
        at_ += operands;
        return true;
    }

    void text() {
        while (data_ahead()) {
            const int pair = codewords_[at_++];
            character(pair / 30);
            character(pair % 30);
        }
    }

    void character(int value) {
        const Sub sub = shifted_.value_or(sub_);
        shifted_.reset();
        const auto index = static_cast<std::size_t>(value);
        switch (sub) {
            case Sub::upper:
            case Sub::lower:
                if (value < 26)
                    append(static_cast<char>((sub == Sub::upper ? 'A' : 'a') + value));
                else if (value == 26)
                    append(' ');
                else if (value == 27 && sub == Sub::upper)
                    sub_ = Sub::lower;
                else if (value == 27)
                    shifted_ = Sub::upper;
                else if (value == 28)
                    sub_ = Sub::mixed;
                else
                    shifted_ = Sub::punctuation;
                break;
            case Sub::mixed:
                if (index < mixed_characters.size())
                    append(mixed_characters[index]);
                else if (value == 25)
                    sub_ = Sub::punctuation;
                else if (value == 26)
                    append(' ');
                else if (value == 27)
                    sub_ = Sub::lower;
                else if (value == 28)
                    sub_ = Sub::upper;
                else
                    shifted_ = Sub::punctuation;
                break;
            case Sub::punctuation:
                if (index < punctuation_characters.size())
                    append(punctuation_characters[index]);
                else
                    sub_ = Sub::upper;
                break;
        }
    }

    // Five codewords are six bytes; what is left over, and after 901 that is never nothing, one
    // each.
    bool bytes() {
        std::size_t end = at_;
        while (end < codewords_.size() && codewords_[end] < 900) ++end;
        std::size_t count = end - at_;
        std::size_t groups = count / 5;
        if (mode_ == Mode::bytes && count % 5 == 0) --groups;
        if (mode_ == Mode::bytes_by_six && count % 5 != 0) return false;
        for (; groups > 0; --groups, at_ += 5) {
            std::uint64_t value = 0;
            for (std::size_t i = 0; i < 5; ++i)
                value = value * 900 + static_cast<std::uint64_t>(codewords_[at_ + i]);
            if (value >> 48 != 0) return false;
            for (int shift = 40; shift >= 0; shift -= 8) append(static_cast<char>(value >> shift));
        }
        for (; at_ < end; ++at_) {
            if (codewords_[at_] > 255) return false;
            append(static_cast<char>(codewords_[at_]));
        }
        return true;
    }

    // Fifteen codewords at a time, to the base of 900, are a 1 and up to 44 digits.
    bool numbers() {
        constexpr std::size_t most = 15;
        std::string digits = "0";  // lowest first
        for (std::size_t i = 0; i < most && data_ahead(); ++i) {
            int carry = codewords_[at_++];
            for (char& digit : digits) {
                carry += 900 * (digit - '0');
                digit = static_cast<char>('0' + carry % 10);
                carry /= 10;
            }
            for (; carry > 0; carry /= 10) digits += static_cast<char>('0' + carry % 10);
        }
        if (digits.back() != '1') return false;
        result_.bytes.insert(result_.bytes.end(), digits.rbegin() + 1, digits.rend());
        return true;
    }

    std::span<const int> codewords_;
    std::size_t at_ = 0;
    Mode mode_ = Mode::bytes;
    Sub sub_ = Sub::upper;
    std::optional<Sub> shifted_;  // for one character
    Pdf417Text result_;
};

}  // namespace

bool correct_pdf417(std::span<int> codewords, std::size_t check) {
    constexpr std::size_t kept = 2;
    const std::size_t count = codewords.size();
    if (check <= kept || check >= count || count >= modulus) return false;
    Polynomial known{1};
    std::size_t erased = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (codewords[i] >= 0) continue;
        if (++erased > check - kept) return false;
        codewords[i] = 0;
        const int x = Field::power(count - 1 - i);
        known.push_back(0);
        for (std::size_t k = known.size() - 1; k > 0; --k)
            known[k] = (known[k] + (modulus - x) * known[k - 1]) % modulus;
    }
    const Polynomial syndromes = syndromes_of<Field>(codewords, check);
    if (all_zero(syndromes)) return true;
    const Polynomial locator = locator_of<Field>(syndromes, known);
    const std::size_t wrong = locator.size() - 1;
    if (wrong < erased || 2 * (wrong - erased) + erased > check - kept) return false;
    Polynomial evaluator(check);
    for (std::size_t i = 0; i < check; ++i)
        for (std::size_t k = 0; k <= i && k < locator.size(); ++k)
            evaluator[i] = (evaluator[i] + locator[k] * syndromes[i - k]) % modulus;
    Polynomial slope;
    for (std::size_t i = 1; i < locator.size(); ++i)
        slope.push_back(static_cast<int>(i) * locator[i] % modulus);
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const int x = Field::power(modulus - 1 - (count - 1 - i));
        if (value_of(locator, x) != 0) continue;
        ++found;
        const int steep = value_of(slope, x);
        if (steep == 0) return false;
        // Minus the error, to be taken away.
        const int error = value_of(evaluator, x) * Field::inverse(steep) % modulus;
        codewords[i] = (codewords[i] + error) % modulus;
    }
    return found == wrong && all_zero(syndromes_of<Field>(codewords, check));
}

std::optional<Pdf417Text> decode_pdf417(std::span<const int> codewords) {
    return Compaction(codewords).decode();
}

}  // namespace reelproof::vision
