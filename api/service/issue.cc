#include "api/service/issue.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace reelproof::api {

namespace {

// One of these at least, so that a person knows what the label belongs on.
constexpr std::array kNames{"mpn", "customer_pn", "serial"};

struct Wiped {
    std::string text;
    ~Wiped() { ledger::wipe(text.data(), text.size()); }
};

}  // namespace

ledger::Result<void> check_label(const vision::Fields& fields, const std::string& issuing,
                                 int count) {
    constexpr std::size_t kLongestIssuer = 20;
    const auto fits = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    if (issuing.size() < 2 || issuing.size() > kLongestIssuer ||
        !std::all_of(issuing.begin(), issuing.end(), fits))
        return ledger::malformed(
            "issuing: the agency code and company of ISO/IEC 15459 are 2 to 20 capital letters "
            "and digits, like LERPF");
    const bool named = std::any_of(kNames.begin(), kNames.end(),
                                   [&](const char* name) { return fields.contains(name); });
    if (!named)
        return ledger::malformed(
            "the label would not say what it is for: it needs an mpn (and lot, date_code, "
            "quantity) of parts, the customer_pn or serial of a board");
    if (count > 1 && fields.contains("serial"))
        return ledger::malformed("serial is of one item, and all " + std::to_string(count) +
                                 " labels would bear it: issue them one by one, or leave it out");
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    if (const auto fine = vision::check_issued_fields(
            fields, issuing + ledger::issued_serial(ledger::ItemSeed::random()), today);
        !fine)
        return ledger::malformed(fine.error().text);
    return {};
}

IssuedLabel::~IssuedLabel() {
    for (auto* text : {&drawn.payload, &drawn.svg, &drawn.pdf, &drawn.zpl})
        ledger::wipe(text->data(), text->size());
    for (auto& symbol : drawn.symbols) ledger::wipe(symbol.data.data(), symbol.data.size());
    ledger::wipe(drawn.png.data(), drawn.png.size());
}

ledger::Result<IssuedLabel> issue_label(const vision::Fields& fields, const std::string& issuing,
                                        const vision::RenderOptions& render,
                                        vision::ReaderPool& reader) {
    const auto seed = ledger::ItemSeed::random();
    const Wiped serial{ledger::issued_serial(seed)}, unique_id{issuing + serial.text};
    auto drawn = vision::render_label(fields, unique_id.text, render);
    if (!drawn) return ledger::malformed(drawn.error().text);
    IssuedLabel label(ledger::issued_item_key(seed), *std::move(drawn));
    // A label that our own reader does not read is no label.
    const auto read = vision::proofread(label.drawn, fields, unique_id.text, reader);
    if (!read && read.error().code.starts_with("reader."))
        return ledger::Error{ledger::ErrorKind::unavailable,
                             "the label can't be read back: " + read.error().text};
    if (!read) return ledger::malformed(read.error().text);
    return label;
}

}  // namespace reelproof::api
