// The file that says what good parts show (docs/MARKINGS.md), and where pictures come from.
// Single-threaded.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/service/observe_marking.h"
#include "node/cli/marking_text.h"

namespace reelproof::node {

struct MarkingExpectation {
    api::MarkingLook look;  // without parts
    vision::MarkingRuleSet rules;
    std::optional<RuledPart> part;                    // where the file names an MPN
    std::optional<vision::ExpectedMarking> expected;  // of it

    [[nodiscard]] std::vector<vision::PictureBytes> samples() const {
        return {look.samples.begin(), look.samples.end()};
    }
};

// Samples, part data and rules are found beside the file that names them; samples may lack where
// they are not `needed`. `malformed` names file and field.
enum class Samples { needed, optional };
ledger::Result<std::unique_ptr<MarkingExpectation>> read_expectation(
    const std::string& file, Samples samples = Samples::needed);

// Files as they are; of a folder all pictures, by name.
ledger::Result<std::vector<std::string>> picture_files(const std::vector<std::string>& arguments);

// The pictures in a folder, by name; perhaps none.
ledger::Result<std::vector<std::string>> pictures_in(const std::string& folder);

// "out.png" for one picture, "out-2.png" for the second of several.
std::string numbered(const std::string& file, std::size_t index, std::size_t all);

// marking enrol, compare, sort.
void add_marking_surface_commands(CommandLine& cli, CLI::App* marking);

}  // namespace reelproof::node
