// New labels, each with a secret of its own, drawn and read back before anybody is given one.
// Thread-safe.
#pragma once

#include <string>

#include "ledger/base/result.h"
#include "ledger/format/item.h"
#include "vision/label/proofread.h"
#include "vision/label/render.h"

namespace reelproof::api {

// Whoever has the texts and pictures of a label has its secret: they are wiped when it goes.
struct IssuedLabel {
    IssuedLabel(ledger::ItemKey of, vision::RenderedLabel as)
        : item(ledger::public_item_id(of)), key(std::move(of)), drawn(std::move(as)) {}
    ~IssuedLabel();
    IssuedLabel(IssuedLabel&&) = default;
    IssuedLabel& operator=(IssuedLabel&&) = delete;
    IssuedLabel(const IssuedLabel&) = delete;
    IssuedLabel& operator=(const IssuedLabel&) = delete;

    std::string item;  // public id
    ledger::ItemKey key;
    vision::RenderedLabel drawn;
};

// Whether labels with these fields can be issued at all: they must name what they are for, and our
// own reader must take each value. `issuing`: issuing agency code and company of the 25S identifier
// (ISO/IEC 15459). `count`: how many are wanted; a serial number is of one.
ledger::Result<void> check_label(const vision::Fields& fields, const std::string& issuing,
                                 int count);
// Draws one with a fresh secret and reads it back. `malformed` where it does not fit or does not
// read, `unavailable` where the reader has trouble of its own.
ledger::Result<IssuedLabel> issue_label(const vision::Fields& fields, const std::string& issuing,
                                        const vision::RenderOptions& render,
                                        vision::ReaderPool& reader);

}  // namespace reelproof::api
