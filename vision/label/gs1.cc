#include "vision/label/gs1.h"

#include <array>
#include <string_view>

#include "vision/label/characters.h"
#include "vision/label/field_reader.h"

namespace reelproof::vision {
namespace {

// GS1 General Specifications 3.2: application identifiers on parts and their packages.
struct Application {
    std::string_view code;
    std::size_t length;  // of the data; 0 when a separator ends it
    std::string_view field;
};
constexpr std::array applications{
    Application{"00", 18, "package_id"},
    Application{"01", 14, "item"},
    Application{"02", 14, ""},
    Application{"10", 0, "lot"},
    Application{"11", 6, "date_code"},
    Application{"13", 6, ""},
    Application{"15", 6, ""},
    Application{"17", 6, "expiry"},
    Application{"20", 2, ""},
    Application{"21", 0, "serial"},
    Application{"30", 0, "quantity"},
    Application{"37", 0, "quantity"},
    Application{"240", 0, ""},
    Application{"241", 0, "customer_pn"},
    Application{"250", 0, ""},
    Application{"251", 0, ""},
    Application{"400", 0, "po"},
    Application{"422", 3, ""},
};

const Application* find(std::string_view text) {
    for (const Application& known : applications) {
        if (text.starts_with(known.code)) return &known;
    }
    return nullptr;
}

}  // namespace

void apply_gs1(std::span<const std::string> records, ParsedLabel& label) {
    FieldReader fields(label);
    for (std::string_view rest : records) {
        while (!rest.empty()) {
            const Application* known = find(rest);
            if (known == nullptr) {
                fields.warn("content.unknown-identifier",
                            "an application identifier is not known here");
                break;
            }
            rest.remove_prefix(known->code.size());
            const auto data = rest.substr(0, known->length == 0 ? rest.size() : known->length);
            rest.remove_prefix(data.size());
            if (known->length != 0 && data.size() != known->length) {
                fields.warn("syntax.record", "an element string is too short");
                break;
            }
            label.identifiers.emplace("(" + std::string(known->code) + ")", data);
            if (known->field == "quantity") {
                fields.quantity(data);
            } else if (known->field == "date_code") {
                fields.date("D", data);
            } else if (!known->field.empty()) {
                fields.text(known->field, data);
            }
        }
    }
}

}  // namespace reelproof::vision
