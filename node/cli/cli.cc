#include "node/cli/cli.h"

#include <iostream>

#include "node/cli/terminal.h"

namespace reelproof::node {

CLI::App* CommandLine::command(CLI::App* parent, const std::string& name, const std::string& help,
                               const std::string& example) {
    auto* sub = parent->add_subcommand(name, help);
    sub->footer("Example:\n  " + example);
    sub->add_flag("--json", json, "one JSON object a line on standard output");
    return sub;
}

void CommandLine::print(const boost::json::object& object, const std::string& text) const {
    if (json)
        std::cout << json_line(object) << '\n';
    else
        std::cout << text << '\n';
    std::cout.flush();
}

int fail(const ledger::Error& error) {
    std::cerr << "reelproof: " << error.message << '\n';
    using ledger::ErrorKind;
    switch (error.kind) {
        case ErrorKind::invalid:
        case ErrorKind::untrusted:
        case ErrorKind::conflict:
            return kNo;
        case ErrorKind::malformed:
        case ErrorKind::too_large:
        case ErrorKind::not_found:
            return kBadInput;
        case ErrorKind::unavailable:
        case ErrorKind::refused:
            return kTrouble;
    }
    return kTrouble;
}

}  // namespace reelproof::node
