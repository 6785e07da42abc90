#include "vision/label/text_elements.h"

#include <algorithm>
#include <array>

#include "vision/label/characters.h"
#include "vision/label/field_reader.h"

namespace reelproof::vision {
namespace {

struct Element {
    std::string_view code, field;
};
// ATA Spec 2000, chapter 9. Those without a field here are kept as they are.
constexpr std::array elements{
    Element{"PNO", "mpn"},     Element{"PNR", "mpn"},       Element{"SER", "serial"},
    Element{"SEQ", "serial"},  Element{"UCN", "serial"},    Element{"CAG", "cage"},
    Element{"MFR", "cage"},    Element{"SPL", "cage"},      Element{"DUN", "supplier_duns"},
    Element{"LOT", "lot"},     Element{"LTN", "lot"},       Element{"BAT", "lot"},
    Element{"BII", "lot"},     Element{"DMF", "date_code"}, Element{"EXP", "expiry"},
    Element{"EXD", "expiry"},  Element{"QTY", "quantity"},  Element{"CNT", "country"},
    Element{"CTY", "country"}, Element{"PML", "revision"},  Element{"POR", "po"},
    Element{"PON", "po"},      Element{"INV", "invoice"},   Element{"ORD", "so"},
};

}  // namespace

void apply_text_elements(std::span<const std::string_view> texts, ParsedLabel& label) {
    FieldReader fields(label);
    for (const std::string_view text : texts) {
        if (text.size() < 4 || text[3] != ' ' ||
            !std::all_of(text.begin(), text.begin() + 3, is_upper)) {
            fields.warn("syntax.record", "a record has no text element identifier");
            continue;
        }
        const auto identifier = text.substr(0, 3), data = text.substr(4);
        fields.keep(identifier, data);
        for (const Element& known : elements) {
            // The original number of a part and the present one are both its own: the first wins.
            if (known.code == identifier && !fields.has(known.field)) {
                fields.put(known.field, "", data);
            }
        }
    }
}

}  // namespace reelproof::vision
