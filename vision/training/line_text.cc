#include "vision/training/line_text.h"

#include <array>
#include <string_view>

namespace reelproof::training {
namespace {

constexpr std::string_view kDigits = "0123456789", kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                           kSmall = "abcdefghijklmnopqrstuvwxyz",
                           // Many makers leave out what is taken for digits.
    kClear = "ABCDEFGHJKLMNPRSTUVWXYZ";
// Words that markings of many makers bear.
constexpr std::array kWords{
    "MALAYSIA",  "TAIWAN",  "JAPAN",   "KOREA",   "CHINA",   "PHILIPPINES", "SINGAPORE", "THAILAND",
    "MEXICO",    "USA",     "GERMANY", "MALTA",   "MOROCCO", "INDONESIA",   "VIETNAM",   "PORTUGAL",
    "MALAY",     "COSTA",   "RICA",    "IRELAND", "ISRAEL",  "CANADA",      "FRANCE",    "ITALY",
    "VER",       "REV",     "VOLT",    "CLASS",   "MADE",    "IN",          "AND",       "FOR",
    "USE",       "ONLY",    "CORE",    "CACHE",   "MHZ",     "GHZ",         "SAMPLE",    "ENG",
    "COPYRIGHT", "INDEX",   "MAX",     "TYPE",    "MEMORY",  "FLASH",       "ARM",       "FAN",
    "HEATSINK",  "VERSION", "CPU",     "SRAM",    "MASK",    "DATA",        "LOGIC",     "POWER"};

constexpr std::array kFamilies{
    "SN74",   "SN54",   "HD74",  "74LS",   "74HC",   "74ACT", "74F",   "CD4",    "HEF4",  "MC",
    "MC14",   "LM",     "TL0",   "NE",     "UA",     "LF",    "OP",    "AD",     "ADG",   "MAX",
    "LT",     "LTC",    "TPS",   "INA",    "OPA",    "REF",   "ICL",   "DS",     "DG",    "TLC",
    "ATMEGA", "ATTINY", "AT89C", "PIC12F", "PIC24F", "DSPIC", "STM8S", "STM32L", "LPC",   "MSP430",
    "GD32F",  "ESP",    "NRF",   "RP",     "XC3S",   "XC9",   "XCF",   "EPM",    "EP4C",  "LCMXO",
    "ICE40",  "CY7C",   "IS61",  "K4S",    "MT48",   "W25Q",  "MX25L", "AM29F",  "AM27C", "TMS",
    "N80",    "P80",    "D80",   "Z80",    "Z84",    "M5M",   "HM6",   "HY5",    "UPD7",  "TA",
    "LA",     "BA",     "TDA",   "TEA",    "SAA",    "PCF",   "L78",   "IRF",    "FDS",   "BUK",
    "2N",     "27C",    "28F",   "24LC",   "93C",    "M27C",  "L6",    "STP",    "CS4",   "WM8",
    "RTL",    "BCM",    "88E",   "FT2",    "CH3",    "KSZ",   "DP8",   "LAN",    "TUSB",  "SI"};
constexpr std::array kEndings{"N",  "D", "P", "CN", "CP",  "DR",  "PW",   "AG",   "BE", "XI",
                              "TR", "T", "E", "G",  "AP",  "CJ",  "-I/P", "-E/S", "T6", "AN",
                              "A",  "B", "L", "V",  "PBF", "-PU", "-AU",  "QFP",  "C",  "IN"};

std::string some(Dice& dice, std::string_view among, int count) {
    std::string out;
    for (int i = 0; i < count; ++i)
        out += among[static_cast<std::size_t>(dice.below(static_cast<int>(among.size())))];
    return out;
}

template <std::size_t Count>
std::string one_of(Dice& dice, const std::array<const char*, Count>& words) {
    return words[static_cast<std::size_t>(dice.below(static_cast<int>(Count)))];
}

// Letters and digits in runs, as trace codes are.
std::string code(Dice& dice, int length) {
    std::string out;
    const std::string_view letters = dice.chance(0.6) ? kClear : kLetters;
    while (static_cast<int>(out.size()) < length) {
        const int run = 1 + dice.below(4);
        out += some(dice, dice.chance(0.5) ? kDigits : letters, run);
        if (dice.chance(0.12)) out += some(dice, "--/..+", 1);
    }
    out.resize(static_cast<std::size_t>(length));
    return out;
}

// A family, a number, what it comes in.
std::string part_number(Dice& dice) {
    std::string out = one_of(dice, kFamilies) + some(dice, kDigits, 1 + dice.below(5));
    if (dice.chance(0.25)) out += some(dice, kLetters, 1) + some(dice, kDigits, 1 + dice.below(3));
    if (dice.chance(0.8)) out += one_of(dice, kEndings);
    if (dice.chance(0.15)) out += "-" + some(dice, kDigits, 1 + dice.below(2));
    return out;
}

// Years with what stands before them: signs in rings, apostrophes.
std::string years(Dice& dice) {
    std::string out = dice.chance(0.15)
                          ? "(M)"
                          : std::string(static_cast<std::size_t>(1 + dice.below(2)), ring_sign);
    if (dice.chance(0.3)) out += ' ';
    for (int i = 1 + dice.below(2); i > 0; --i) {
        const bool whole = dice.chance(0.4);
        out += whole ? (dice.chance(0.6) ? "19" : "20") : (dice.chance(0.8) ? "'" : "");
        out += some(dice, kDigits, 2);
        if (whole && i > 1) out += ' ';
    }
    return out;
}

std::string piece(Dice& dice) {
    switch (dice.below(13)) {
        case 0:
        case 1: {
            std::string out = one_of(dice, kWords);
            if (dice.chance(0.15)) out += ring_sign;
            return out;
        }
        case 2: {  // a date code
            char text[8];
            std::snprintf(text, sizeof text, "%02d%02d", dice.below(100), 1 + dice.below(53));
            return text;
        }
        case 3:
            return some(dice, kDigits, 1 + dice.below(8));
        case 4:
            return std::to_string(dice.below(10)) + "." + some(dice, kDigits, 1 + dice.below(2)) +
                   (dice.chance(0.5) ? "GHZ" : "V");
        case 5:
            return some(dice, kLetters, 1 + dice.below(3));
        case 6:
        case 7:
            return part_number(dice);
        case 8:
            return dice.chance(0.5) ? years(dice) : code(dice, 6) + " " + ringed_finish;
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
