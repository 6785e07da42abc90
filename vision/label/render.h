// Draws the labels that we issue, as PNG, SVG, PDF and ZPL.
// Thread safety: pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/label.h"
#include "vision/label/result.h"

namespace reelproof::vision {

// The ISO/IEC 15434 format 06 message of a label with these fields (EIGP 114 identifiers, in its
// order). Understands mpn, customer_pn, supplier_pn, quantity, lot, date_code, country, po,
// packing_list, manufacturer, serial, package_id, revision, msl, expiry; other fields are not
// machine readable on our labels. `unique_id` becomes 25S; empty leaves it out.
// Inverse: parse(). Fails: "label.bad-value" where a value holds control characters or is not
// printable ASCII, "label.too-long".
Result<std::string> issued_label_payload(const Fields& fields, std::string_view unique_id);

// One record of that message, without 25S: what the label also says in print.
struct IssuedRecord {
    std::string field, identifier, value;
};
std::vector<IssuedRecord> issued_records(const Fields& fields);

// What a person asked to be printed: whether our own reader would take it, so that no label is
// issued that the rules refuse. Fails: as issued_label_payload; "label.bad-value" with the field
// for a value that is longer than EIGP 114 allows or would not be read back as it is, a date code
// that names no day or lies after tomorrow, a country or moisture level that does not exist in
// form.
Result<void> check_issued_fields(const Fields& fields, std::string_view unique_id,
                                 std::chrono::sys_days today);

// The fields that EIGP 114 asks for on a product label and that these lack.
std::vector<std::string> lacking_for_eigp_114(const Fields& fields);

struct RenderOptions {
    int dpi = 300;          // 203, 300 or 600
    double width_mm = 100;  // 25 to 300
    double height_mm = 60;  // 15 to 300
    std::string issuer;     // printed as a heading, e.g. the organisation's name
};

struct PrintedSymbol {
    std::string name;  // for people: "the Data Matrix", "the bars of lot"
    std::string symbology;
    std::string data;  // exactly
};

struct RenderedLabel {
    std::string payload;                 // what the Data Matrix carries
    std::vector<PrintedSymbol> symbols;  // all of the label's, the Data Matrix first
    std::vector<std::uint8_t> png;       // 8-bit grey with the resolution in its header
    std::string svg;
    std::string pdf;  // one page of the label's size
    std::string zpl;
};

// Needs: fields as for issued_label_payload. Gives: one label in four forms: a Data Matrix of all
// fields and 25S, print of every field, and, where there is room, bars of the most wanted ones.
// Modules are whole dots of at least 0.25 mm, print has capitals of at least 1.25 mm.
// Fails: as issued_label_payload; "label.does-not-fit", naming the field that is in the way.
Result<RenderedLabel> render_label(const Fields& fields, std::string_view unique_id,
                                   const RenderOptions& options = {});
// Labels that were rendered with the same fields and options, by their payloads (at least one), as
// one PDF with a page each.
Result<std::string> labels_as_pdf(const Fields& fields, const std::vector<std::string>& payloads,
                                  const RenderOptions& options);

}  // namespace reelproof::vision
