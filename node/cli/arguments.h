// What commands do with what the user hands them: options in hex, files, and the exit code that
// fits when one of them is no good. Single-threaded.
#pragma once

#include <optional>
#include <string>

#include "ledger/base/bytes.h"
#include "ledger/format/keys.h"
#include "node/cli/cli.h"

namespace reelproof::node {

// "reelproof: <message>" to standard error. bad_usage: the command line itself or a file that can't
// be read (exit 2); not_verified: what was read does not hold or does not parse (exit 1).
int bad_usage(const ledger::Error& error);
int not_verified(const ledger::Error& error);

// The file, or standard input for "-". A file over `limit` is an error of kind too_large.
ledger::Result<ledger::Bytes> read_input(const std::string& path, std::size_t limit);
// Of a read_input error: a file that is too long is a bad file, anything else bad usage.
int input_failed(const ledger::Error& error);

// A secp256k1 public key of 33 bytes in hex; nothing when the option was not given (is empty).
ledger::Result<std::optional<ledger::PublicKey>> key_option(const std::string& hex,
                                                            std::string_view option);

// Refuses an empty value, so that --key "$KEY" with no KEY set does not pass for no --key at all.
const CLI::Validator& not_empty();

// Of an option that takes a place in a log: digits only, and what 64 bits can hold.
const CLI::Validator& whole_number();

// Seconds of the start of a day "YYYY-MM-DD", UTC.
ledger::Result<std::int64_t> day_option(const std::string& text, const std::string& option);

// Whether a file can be written there: its folder is there, and nothing lies in its place unless
// that may be replaced. Asked before any work is done for it. `force`: whether --force was given,
// of a command that has it.
ledger::Result<void> output_is_free(std::string_view option, const std::string& path,
                                    std::optional<bool> force = {});
// Replaces the file, or `unavailable`.
ledger::Result<void> write_output(const std::string& path, ledger::ByteView bytes);

// Shows what is about to happen and waits for a "yes" at the terminal. Without a terminal nobody
// read it: then only --yes (`yes`) will do.
ledger::Result<void> confirm(std::string_view explained, bool yes);

// One JSON object on standard output. False when it could not be written.
bool print_json(const boost::json::object& object);

// RFC 3986, 2.1.
std::string percent_encoded(std::string_view text);

// Text of another organisation made safe for a terminal: control characters, and characters that
// change the direction of writing, become "?".
std::string printable(std::string_view text);

}  // namespace reelproof::node
