#include "vision/label/profiles.h"

#include <algorithm>
#include <array>
#include <set>

#include "vision/label/characters.h"
#include "vision/label/field_reader.h"

namespace reelproof::vision {
namespace {

using Records = std::span<const Record>;

// The number before the first dash of a Digi-Key part number stands for the maker.
struct Maker {
    std::string_view prefix, name;
};
constexpr std::array digikey_makers{
    Maker{"296", "Texas Instruments"},
    Maker{"311", "Yageo"},
    Maker{"399", "KEMET"},
    Maker{"445", "TDK"},
    Maker{"455", "JST"},
    Maker{"490", "Murata"},
    Maker{"497", "STMicroelectronics"},
    Maker{"587", "Taiyo Yuden"},
    Maker{"732", "Wurth Elektronik"},
    Maker{"1276", "Samsung Electro-Mechanics"},
    Maker{"1292", "Walsin"},
    Maker{"1801", "Taiwan Semiconductor"},
};

class Label {
  public:
    explicit Label(Records records) : records_(records) {}

    bool has(std::string_view identifier) const { return find(identifier) != nullptr; }
    std::string_view operator[](std::string_view identifier) const {
        const Record* record = find(identifier);
        return record == nullptr ? std::string_view() : trim(record->data);
    }
    bool only(std::initializer_list<std::string_view> allowed) const {
        return std::all_of(records_.begin(), records_.end(), [&](const Record& record) {
            return std::find(allowed.begin(), allowed.end(), record.identifier) != allowed.end();
        });
    }

  private:
    const Record* find(std::string_view identifier) const {
        const auto found =
            std::find_if(records_.begin(), records_.end(),
                         [&](const Record& record) { return record.identifier == identifier; });
        return found == records_.end() ? nullptr : &*found;
    }

    Records records_;
};

bool is_digikey_number(std::string_view text) {
    return text.ends_with("-ND") && text.size() > 4;
}

bool is_digikey(const Label& label) {
    if (label.has("11Z") || label.has("12Z") || label.has("13Z") || label.has("20Z")) return true;
    // Digi-Key states the date as 9D; the standard's own example has a Digi-Key number beside 10D.
    if ((is_digikey_number(label["P"]) || is_digikey_number(label["30P"])) && !label.has("10D")) {
        return true;
    }
    return label.has("1K") && label.has("10K") && label.only({"K", "1K", "10K", "11K"});
}

bool is_mouser(const Label& label) {
    return label.has("14K") || (label.has("11K") && label.has("1V") && !label.has("1T"));
}

// Fields that mean the same in every dialect.
void read_common(const Label& label, FieldReader& fields) {
    fields.text("mpn", label["1P"]);
    fields.quantity(label["Q"]);
    fields.text("lot", label["1T"]);
    fields.country(label["4L"]);
    fields.date("9D", label["9D"]);
}

void read_digikey(const Label& label, ParsedLabel& result, FieldReader& fields) {
    result.format = "digikey";
    read_common(label, fields);
    const auto customer = label["P"], own = label["30P"];
    if (is_digikey_number(own)) {
        fields.text("supplier_pn", own);
        if (customer != own) fields.text("customer_pn", customer);
    } else {
        fields.text(is_digikey_number(customer) ? "supplier_pn" : "customer_pn", customer);
    }
    if (const auto number = result.fields.find("supplier_pn"); number != result.fields.end()) {
        const std::string text = to_string(number->second);
        const auto prefix = std::string_view(text).substr(0, text.find('-'));
        for (const Maker& maker : digikey_makers) {
            if (maker.prefix == prefix) fields.text("manufacturer", maker.name);
        }
    }
    fields.text("po", label["K"]);
    fields.text("so", label["1K"]);
    fields.text("invoice", label["10K"]);
    fields.text("packing_list", label["11K"]);
    fields.text("part_id", label["12Z"]);
    fields.text("load_id", label["13Z"]);
    fields.text("package_id", label["J"]);
    fields.text("distributor", "DigiKey");
    if (label.only({"K", "1K", "10K", "11K"})) {
        fields.text("label_kind", "packing_list");
        return;
    }
    if (label["11Z"] != "PICK") fields.text("label_kind", label["11Z"]);
    fields.require({"mpn", "quantity"});
    // Lot and date are part of the format since 2023, but may be left blank.
    if (label.has("1T")) fields.require({"lot"});
    if (label.has("9D")) fields.require({"date_code"});
}

void read_mouser(const Label& label, ParsedLabel& result, FieldReader& fields) {
    result.format = "mouser";
    read_common(label, fields);
    fields.text("customer_pn", label["P"]);  // replaces 1P when the customer gave one
    fields.text("order_ref", label["K"]);    // the customer's order, or Mouser's own
    fields.text("po_line", label["14K"]);
    fields.text("invoice", label["11K"]);
    fields.text("manufacturer", label["1V"]);
    fields.text("distributor", "Mouser");
    fields.require({"mpn", "quantity"});
}

void read_farnell(const Label& label, ParsedLabel& result, FieldReader& fields) {
    result.format = "farnell";
    read_common(label, fields);
    fields.text("customer_pn", label["P"]);
    fields.text("supplier_pn", label["3P"]);
    fields.text("po", label["K"]);
    fields.text("po_line", label["4K"]);
    fields.text("distributor", "Farnell");
    fields.require({"mpn", "quantity", "lot", "date_code"});
}

void read_nxp(const Label& label, ParsedLabel& result, FieldReader& fields) {
    result.format = "nxp";
    fields.text("mpn", label["30P"]);
    fields.text("order_code", label["1P"]);  // the 12NC
    fields.quantity(label["Q"]);
    fields.text("lot", label["1T"]);
    fields.date("9D", label["9D"]);
    fields.text("package_id", label["33T"]);
    fields.require({"mpn", "quantity", "lot", "date_code"});
}

void read_mat_label(const Label& label, ParsedLabel& result, FieldReader& fields) {
    result.format = "mat-label";
    fields.text("label_format", "MAT-Label");
    read_common(label, fields);
    fields.date("6D", label["6D"]);
    fields.text("label_version", label["12S"]);
    fields.text("customer_pn", label["P"]);
    fields.text("order_code", label["31P"]);
    const auto maker = label["12V"];
    // MH10.8.2 wants a DUNS number here; a letter and eight digits occur as well.
    if (std::count_if(maker.begin(), maker.end(), is_digit) >= 8) {
        fields.text("manufacturer_duns", maker);
    } else {
        fields.text("manufacturer", maker);
    }
    fields.text("manufacturer_location", label["10V"]);
    fields.text("revision", label["2P"]);
    fields.text("add_info", label["20P"]);
    fields.text("expiry", label.has("14D") ? label["14D"] : label["15D"]);
    fields.text("rohs", label["30P"]);
    fields.text("msl", label["Z"]);
    fields.text("po", label["K"]);
    fields.text("shipping_note", label["16K"]);
    fields.text("supplier_code", label["V"]);
    fields.text("package_id", label["3S"]);
    fields.text("supplier_data", label["1Z"]);
    fields.require({"mpn", "quantity", "lot", "date_code"});
}

void read_standard(const Label& label, Records records, ParsedLabel& result, FieldReader& fields) {
    result.format = "iso15434-06";
    const bool pharmacy = label.has("9N");
    const bool issued = label.has("25S");  // our own labels name the maker here
    for (const Record& record : records) {
        const Identifier* known = find_identifier(record.identifier);
        if (known == nullptr || known->field.empty()) continue;
        if (known->field == "quantity") {
            fields.quantity(record.data);
        } else if (known->field == "country") {
            fields.country(record.data);
        } else if (record.identifier == "1V" && issued) {
            fields.text("manufacturer", record.data);
        } else if (known->field == "date_code" && pharmacy) {
            fields.text("expiry", record.data);
        } else if (known->field == "date_code") {
            fields.date(record.identifier, record.data);
        } else {
            fields.text(known->field, record.data);
        }
    }
    if (label.has("P") && label.has("1P") && label.has("Q") && records.size() == 3) {
        fields.text("label_kind", "packing_list_line");
    }
    if (pharmacy) {
        fields.text("kind", "not_electronics");
        fields.warn("content.not-electronics", "this is the label of a medicine");
    } else if (records.size() > 3) {
        fields.require({"mpn", "quantity", "lot", "date_code"});
    }
}

void collect(Records records, ParsedLabel& result, FieldReader& fields) {
    std::set<std::string_view> repeated;
    for (const Record& record : records) {
        if (record.identifier == "25S") {
            if (!result.unique_id) {
                result.unique_id = record.data;
            } else if (*result.unique_id != record.data) {
                fields.warn("conflict.unique_id", "the label carries two unique ids");
            }
            continue;
        }
        const bool added = result.identifiers.emplace(record.identifier, record.data).second;
        if (!added && repeated.insert(record.identifier).second) {
            fields.warn("syntax.duplicate-identifier",
                        "the data identifier " + record.identifier + " is repeated");
        }
    }
}

}  // namespace

void apply_records(Records records, Dialect dialect, ParsedLabel& result) {
    FieldReader fields(result);
    collect(records, result, fields);
    const Label label(records);
    // A distributor's own numbers on an issued label don't make it the distributor's format.
    const bool issued = label.has("25S");
    if (dialect == Dialect::mat_label) {
        read_mat_label(label, result, fields);
    } else if (!issued && is_digikey(label)) {
        read_digikey(label, result, fields);
    } else if (!issued && label.has("3P") && label.has("4K")) {
        read_farnell(label, result, fields);
    } else if (!issued && is_mouser(label)) {
        read_mouser(label, result, fields);
    } else if (!issued && label.has("33T") && label.has("30P")) {
        read_nxp(label, result, fields);
    } else {
        read_standard(label, records, result, fields);
    }
}

void apply_single_record(const Record& record, ParsedLabel& result) {
    FieldReader fields(result);
    result.format = "di";
    collect({&record, 1}, result, fields);
    const Identifier* known = find_identifier(record.identifier);
    if (record.identifier == "L") {
        fields.text("lot", record.data);  // a storage location by the standard, a lot on reels
    } else if (known->field == "quantity") {
        fields.quantity(record.data);
    } else if (known->field == "date_code") {
        fields.date(record.identifier, record.data);
    } else if (!known->field.empty()) {
        fields.text(known->field, record.data);
    }
}

}  // namespace reelproof::vision
