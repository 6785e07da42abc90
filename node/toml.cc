#include "node/toml.h"

#include <sstream>

namespace reelproof::node {

ledger::Result<toml::table> parse_toml(std::string_view text, const std::string& file) {
    try {
        return toml::parse(text, file);
    } catch (const toml::parse_error& error) {
        std::ostringstream what;
        what << file << ": line " << error.source().begin.line << ": " << error.description();
        return ledger::malformed(what.str());
    } catch (const std::logic_error&) {
        return ledger::malformed(file + ": this is not TOML");
    }
}

}  // namespace reelproof::node
