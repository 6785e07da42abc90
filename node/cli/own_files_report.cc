#include "node/cli/own_files_report.h"

#include <iostream>

#include <boost/json.hpp>

#include "ledger/base/counted.h"
#include "node/cli/arguments.h"

namespace reelproof::node {

int report_own_files(const CommandLine& cli, const ledger::Result<OwnFilesCheck>& check,
                     std::string_view noun) {
    if (!check) return fail(check.error());
    for (const auto* troubles : {&check->unreadable, &check->wrong})
        for (const auto& trouble : *troubles)
            std::cerr << "reelproof: " << printable(trouble) << '\n';
    const auto count = check->unreadable.size() + check->wrong.size();
    cli.print({{"files", check->files},
               {"examples", check->examples},
               {"unreadable", boost::json::value_from(check->unreadable)},
               {"wrong", boost::json::value_from(check->wrong)}},
              ledger::counted(check->files, std::string(noun)) + ", " +
                  ledger::counted(check->examples, "example") + ": " +
                  (count == 0 ? "all right" : std::to_string(count) + " wrong"));
    if (!check->unreadable.empty()) return kBadInput;
    return check->wrong.empty() ? kDone : kNo;
}

}  // namespace reelproof::node
