#include "vision/training/line_text.h"

#include <array>
#include <string_view>

namespace reelproof::training {
namespace {

constexpr std::string_view kDigits = "0123456789", kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                           kSmall = "abcdefghijklmnopqrstuvwxyz";
// Words that markings of many makers bear.
constexpr std::array kWords{
    "MALAYSIA",  "TAIWAN",  "JAPAN",   "KOREA",   "CHINA",   "PHILIPPINES", "SINGAPORE", "THAILAND",
    "MEXICO",    "USA",     "GERMANY", "MALTA",   "MOROCCO", "INDONESIA",   "VIETNAM",   "PORTUGAL",
    "MALAY",     "COSTA",   "RICA",    "IRELAND", "ISRAEL",  "CANADA",      "FRANCE",    "ITALY",
    "VER",       "REV",     "VOLT",    "CLASS",   "MADE",    "IN",          "AND",       "FOR",
    "USE",       "ONLY",    "CORE",    "CACHE",   "MHZ",     "GHZ",         "SAMPLE",    "ENG",
    "COPYRIGHT", "INDEX",   "MAX",     "TYPE",    "MEMORY",  "FLASH",       "ARM",       "FAN",
    "HEATSINK",  "VERSION", "CPU",     "SRAM",    "MASK",    "DATA",        "LOGIC",     "POWER"};

std::string some(Dice& dice, std::string_view among, int count) {
    std::string out;
    for (int i = 0; i < count; ++i)
        out += among[static_cast<std::size_t>(dice.below(static_cast<int>(among.size())))];
    return out;
}

// Letters and digits in runs, as part numbers and trace codes are.
std::string code(Dice& dice, int length) {
    std::string out;
    while (static_cast<int>(out.size()) < length) {
        const int run = 1 + dice.below(4);
        out += some(dice, dice.chance(0.5) ? kDigits : kLetters, run);
        if (dice.chance(0.12)) out += some(dice, "--/..+", 1);
    }
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::string piece(Dice& dice) {
    switch (dice.below(10)) {
        case 0:
            return kWords[static_cast<std::size_t>(dice.below(kWords.size()))];
        case 1: {  // a date code
            char text[8];
            std::snprintf(text, sizeof text, "%02d%02d", dice.below(100), 1 + dice.below(53));
            return text;
        }
        case 2:
            return some(dice, kDigits, 1 + dice.below(8));
        case 3:
            return std::to_string(dice.below(10)) + "." + some(dice, kDigits, 1 + dice.below(2)) +
                   (dice.chance(0.5) ? "GHZ" : "V");
        case 4:
            return some(dice, kLetters, 1 + dice.below(3));
        default:
            return code(dice, 3 + dice.below(10));
    }
}

}  // namespace

std::string line_text(Dice& dice) {
    std::string out = piece(dice);
    while (out.size() < 18 && dice.chance(0.4)) out += " " + piece(dice);
    if (out.size() > 24) out.resize(24);
    if (dice.chance(0.12))  // a name or word in small letters
        for (char& c : out)
            if (c >= 'A' && c <= 'Z' && dice.chance(0.8)) c = static_cast<char>(c - 'A' + 'a');
    if (dice.chance(0.08)) out += some(dice, kSmall, 1 + dice.below(4));
    while (out.back() == ' ') out.pop_back();
    return out;
}

}  // namespace reelproof::training
