// What a request is about, in the words of the audit log (Request::subject). Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "api/http/message.h"
#include "api/service/typed_fields.h"
#include "ledger/format/public_statement.h"

namespace reelproof::api {

// This item, too.
void concerns_item(const Request& request, std::string_view item);
// What was typed of it by hand, by the names of the fields: "typed: lot quantity".
void concerns_typed(const Request& request, const TypedFields& typed);
// "recall of NL52840-QIAA-R 7AB124 7AB125"; of many lots the first.
std::string described(const ledger::Recall& recall);

}  // namespace reelproof::api
