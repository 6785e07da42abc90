// Reads the vector files beside the project for the tests of the formats.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "ledger/base/bytes.h"
#include "tests/ledger/base/result_printer.h"

namespace reelproof::ledger::tests {

// The "vectors" of shared/vectors/<name>; empty, with a message, when the folder is not there.
boost::json::array load_vectors(const std::string& name);
// A whole file of the shared folder; empty when it is not there.
Bytes load_shared(const std::string& relative);
bool has_shared(const std::string& relative);

std::string text_of(const boost::json::value& value, const char* name);
std::uint64_t number_of(const boost::json::value& value, const char* name);
Bytes bytes_of(const boost::json::value& value, const char* name);
Hash hash_of(const boost::json::value& value, const char* name);
std::vector<Hash> hashes_of(const boost::json::value& value, const char* name);

Bytes unhex(std::string_view hex);

// Stands for any result: the message of the error, or "" when there is none.
template <class T>
std::string why(const Result<T>& result) {
    return result ? std::string() : result.error().message;
}

}  // namespace reelproof::ledger::tests
