#include "vision/label/identifiers.h"

#include <algorithm>
#include <array>

#include "vision/label/characters.h"
#include "vision/label/date_code.h"

namespace reelproof::vision {
namespace {

constexpr std::array table{
    Identifier{"P", "customer's part number", "customer_pn", true},
    Identifier{"1P", "supplier's part number", "mpn", true},
    Identifier{"2P", "revision", "revision", false},
    Identifier{"3P", "GS1 item or order code", "", false},
    Identifier{"6P", "supplier and part number", "", false},
    Identifier{"20P", "customer's part number, second level", "", false},
    Identifier{"30P", "supplier's part number, first level", "supplier_pn", true},
    Identifier{"31P", "supplier's part number, second level", "", false},
    Identifier{"33P", "bin code", "bin", false},
    Identifier{"Q", "quantity", "quantity", true},
    Identifier{"13Q", "package n of m", "package_count", false},
    Identifier{"D", "date YYMMDD", "date_code", true},
    Identifier{"6D", "ship date YYYYMMDD", "ship_date", false},
    Identifier{"9D", "date code", "date_code", true},
    Identifier{"10D", "date code YYWW", "date_code", true},
    Identifier{"11D", "date code YYYYWW", "date_code", true},
    Identifier{"13D", "oldest and newest date code", "date_code", false},
    Identifier{"14D", "expiry YYYYMMDD", "expiry", true},
    Identifier{"15D", "expiry DDMMYYYY", "expiry", false},
    Identifier{"16D", "production date YYYYMMDD", "date_code", true},
    Identifier{"17D", "production date DDMMYYYY", "date_code", false},
    Identifier{"E", "environmental code, J-STD-609", "e_code", false},
    Identifier{"13E", "moisture sensitivity level", "msl", false},
    Identifier{"J", "licence plate", "package_id", false},
    Identifier{"K", "customer's order", "po", false},
    Identifier{"1K", "supplier's order", "so", true},
    Identifier{"4K", "customer's order line", "po_line", false},
    Identifier{"10K", "invoice", "invoice", true},
    Identifier{"11K", "packing list", "packing_list", true},
    Identifier{"14K", "order and line", "", false},
    Identifier{"16K", "delivery note", "shipping_note", false},
    Identifier{"L", "storage location", "", true},
    Identifier{"4L", "country of origin", "country", true},
    Identifier{"33L", "web address", "url", false},
    Identifier{"9N", "pharmacy product number", "item", false},
    Identifier{"S", "serial number", "serial", true},
    Identifier{"3S", "package id", "package_id", true},
    Identifier{"4S", "package id, master", "package_id", false},
    Identifier{"5S", "package id, mixed", "package_id", false},
    Identifier{"23S", "MAC address", "mac", false},
    Identifier{"25S", "unique item, ISO/IEC 15459", "", true},
    Identifier{"T", "customer's lot", "", false},
    Identifier{"1T", "supplier's lot", "lot", true},
    Identifier{"V", "supplier's code at the customer", "supplier_code", true},
    Identifier{"1V", "supplier's code", "supplier_code", true},
    Identifier{"18V", "party, ISO/IEC 15459", "party", false},
    Identifier{"3Z", "free text", "", false},
};

bool printable(std::string_view data) {
    return std::all_of(data.begin(), data.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; });
}

}  // namespace

std::optional<Record> split_record(std::string_view text) {
    std::size_t digits = 0;
    while (digits < text.size() && digits < 3 && is_digit(text[digits])) ++digits;
    if (digits == text.size() || !is_upper(text[digits])) return std::nullopt;
    return Record{std::string(text.substr(0, digits + 1)), std::string(text.substr(digits + 1))};
}

std::span<const Identifier> identifiers() {
    return table;
}

const Identifier* find_identifier(std::string_view code) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const Identifier& known) { return known.code == code; });
    return found == table.end() ? nullptr : &*found;
}

bool data_fits(std::string_view identifier, std::string_view data) {
    if (!printable(data)) return false;
    if (identifier == "Q") return data.size() <= 9 && all_digits(data);
    if (identifier == "4L") return data.size() == 2 && is_upper(data[0]) && is_upper(data[1]);
    if (identifier.ends_with('D')) {
        const auto kind = date_code_kind(identifier, data);
        return kind && *kind != "vendor";
    }
    return !data.empty();
}

}  // namespace reelproof::vision
