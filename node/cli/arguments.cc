#include "node/cli/arguments.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/provenance/event_time.h"
#include "node/cli/terminal.h"

namespace reelproof::node {

using ledger::Error;
using ledger::Result;

namespace {

int complain(const Error& error, ExitCode code) {
    std::cerr << "reelproof: " << printable(error.message) << '\n';
    return code;
}

}  // namespace

int bad_usage(const Error& error) {
    return complain(error, kBadInput);
}

int not_verified(const Error& error) {
    return complain(error, kNo);
}

Result<ledger::Bytes> read_input(const std::string& path, std::size_t limit) {
    return ledger::read_file(path, limit);
}

int input_failed(const Error& error) {
    return error.kind == ledger::ErrorKind::too_large ? not_verified(error) : bad_usage(error);
}

Result<std::optional<ledger::PublicKey>> key_option(const std::string& hex,
                                                    std::string_view option) {
    if (hex.empty()) return std::optional<ledger::PublicKey>();
    auto bytes = ledger::from_hex(hex, option);
    if (!bytes) return bytes.error();
    auto key = ledger::PublicKey::parse(*bytes, option);
    if (!key) return key.error();
    return std::optional(*key);
}

const CLI::Validator& not_empty() {
    static const CLI::Validator validator(
        [](std::string& value) { return value.empty() ? std::string("is empty") : std::string(); },
        "");
    return validator;
}

const CLI::Validator& whole_number() {
    static const CLI::Validator validator(
        [](std::string& value) {
            std::uint64_t number = 0;
            const char* end = value.data() + value.size();
            const auto read = std::from_chars(value.data(), end, number);
            return value.empty() || read.ec != std::errc() || read.ptr != end
                       ? printable(value) + " is not a whole number from 0 on"
                       : std::string();
        },
        "");
    return validator;
}

Result<std::int64_t> day_option(const std::string& text, const std::string& option) {
    if (const auto start = ledger::parse_event_time(text + "T00:00:00Z")) return *start;
    return ledger::malformed(option + " must be a day like 2026-01-31");
}

Result<void> output_is_free(std::string_view option, const std::string& path,
                            std::optional<bool> force) {
    std::error_code failure;
    const std::filesystem::path file = path;
    const auto folder = file.has_parent_path() ? file.parent_path() : ".";
    const auto refused = [&](const std::string& why) {
        return ledger::malformed(std::string(option) + ": " + path + why);
    };
    if (!std::filesystem::is_directory(folder, failure))
        return refused(": there is no folder " + folder.string() + ": make it first");
    if (std::filesystem::is_directory(file, failure)) return refused(" is a folder: name a file");
    // A device or a pipe holds nothing that could be lost.
    if (!force.value_or(false) && std::filesystem::is_regular_file(file, failure))
        return refused(std::string(" exists and is not overwritten") +
                       (force ? " without --force" : ""));
    return {};
}

Result<void> write_output(const std::string& path, ledger::ByteView bytes) {
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    out.flush();
    if (!out) return ledger::Error{ledger::ErrorKind::unavailable, path + ": can't be written"};
    return {};
}

Result<void> confirm(std::string_view explained, bool yes) {
    if (yes) return {};
    std::cerr << explained;
    if (isatty(STDIN_FILENO) == 0)
        return ledger::malformed("not at a terminal: give --yes to accept");
    std::cerr << "Type yes to accept: " << std::flush;
    std::string answer;
    if (std::getline(std::cin, answer) && answer == "yes") return {};
    return ledger::invalid("not accepted; nothing changed");
}

bool print_json(const boost::json::object& object) {
    std::cout << json_line(object) << '\n' << std::flush;
    return std::cout.good();
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto piece = next_piece(text);
        out += piece.plain;
        if (!piece.dangerous.empty()) out += '?';
    }
    return out;
}

}  // namespace reelproof::node
