#include "tests/ledger/format/vectors_support.h"

#include "ledger/base/file.h"
#include "tests/shared_data.h"

namespace reelproof::ledger::tests {

boost::json::array load_vectors(const std::string& name) {
    Bytes file = load_shared("vectors/" + name);
    if (file.empty()) return {};
    auto document = boost::json::parse(as_text(file));
    return document.at("vectors").as_array();
}

Bytes load_shared(const std::string& relative) {
    auto path = reelproof::tests::shared_data(relative);
    if (!path) return {};
    return read_file(*path, std::size_t{64} << 20).value();
}

bool has_shared(const std::string& relative) {
    return reelproof::tests::shared_data(relative).has_value();
}

std::string text_of(const boost::json::value& value, const char* name) {
    return std::string(value.at(name).as_string());
}
std::uint64_t number_of(const boost::json::value& value, const char* name) {
    return value.at(name).to_number<std::uint64_t>();
}
Bytes bytes_of(const boost::json::value& value, const char* name) {
    return unhex(text_of(value, name));
}
Hash hash_of(const boost::json::value& value, const char* name) {
    return array_from_hex<32>(text_of(value, name), name).value();
}
std::vector<Hash> hashes_of(const boost::json::value& value, const char* name) {
    std::vector<Hash> out;
    for (const auto& item : value.at(name).as_array())
        out.push_back(array_from_hex<32>(std::string(item.as_string()), name).value());
    return out;
}

Bytes unhex(std::string_view hex) {
    return from_hex(hex, "hex of the test").value();
}

}  // namespace reelproof::ledger::tests
