// Changes to the text of a configuration file, which a person wrote and goes on writing: what is
// not changed stays as it is, comments too. Single-threaded.
#pragma once

#include <filesystem>
#include <string>

#include "ledger/base/file.h"

namespace reelproof::node {

inline constexpr std::size_t kMaxConfigFile = std::size_t{1} << 20;

// Puts the text in the file's place once it loads: `load` reads a file and gives a Result.
template <class Load>
ledger::Result<void> replace_checked(const std::filesystem::path& file, std::string_view text,
                                     Load load) {
    const auto trial = std::filesystem::path(file.string() + ".new");
    ledger::write_file_durably(trial, ledger::as_bytes(text), 0600);
    auto checked = load(trial);
    std::filesystem::remove(trial);
    if (!checked) {
        auto error = checked.error();
        if (const auto at = error.message.find(trial.string()); at != std::string::npos)
            error.message.replace(at, trial.string().size(), file.string());
        return error;
    }
    const auto mode = std::filesystem::status(file).permissions();
    ledger::write_file_durably(file, ledger::as_bytes(text), static_cast<unsigned>(mode) & 0777);
    return {};
}

// The file's text with more at its end, checked in the same way.
template <class Load>
ledger::Result<void> append_checked(const std::filesystem::path& file, std::string_view more,
                                    Load load) {
    const auto bytes = ledger::read_file(file, kMaxConfigFile);
    if (!bytes) return bytes.error();
    return replace_checked(file, std::string(ledger::as_text(*bytes)).append(more), load);
}

// The text without the [[partner]] table of that organisation: from its header to its last line
// that says something, with blank lines before it. not_found when no table of that form names it.
ledger::Result<std::string> without_partner(std::string_view text, std::string_view org);

}  // namespace reelproof::node
