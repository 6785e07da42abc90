// The one error type of the ledger and of the floors that build on it, and Result<T>, a value or
// an Error. Errors of untrusted input are values; trouble of our own environment (disk, memory,
// a broken invariant) is an exception. Thread-safe: plain values.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

namespace reelproof::ledger {

// What kind of "no" this is. The HTTP status and the exit code follow from it (api/problem_table).
enum class ErrorKind {
    malformed,    // the bytes break their format, or are not what is wanted here (a wrong key file)
    invalid,      // well formed, but a signature, hash or proof does not hold
    untrusted,    // signed by a key or organisation that has no right to it
    conflict,     // contradicts what is already recorded
    not_found,    // nothing of that name
    too_large,    // over a limit that the message names
    unavailable,  // not now: pool full, store full; try again later
    refused,      // we refuse to sign: rollback, clock set back
};

struct Error {
    ErrorKind kind;
    // One sentence for a person: names the field and the reason. Never holds a secret.
    std::string message;
    // Of `unavailable`: not before somebody makes room, as the message says.
    bool no_room = false;
};

template <class T>
using Result = boost::system::result<T, Error>;

inline Error malformed(std::string message) {
    return {ErrorKind::malformed, std::move(message)};
}
inline Error invalid(std::string message) {
    return {ErrorKind::invalid, std::move(message)};
}

// The same error, with the place it happened put in front: "entry 17: tag is 15 bytes, not 16".
inline Error within(std::string_view place, Error error) {
    error.message.insert(0, ": ").insert(0, place);
    return error;
}

// Trouble of our own: disk, database, an invariant that does not hold. Never caught to go on.
class EnvironmentError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Required by boost::system::result when value() is called on an error: a bug of the caller.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
    throw std::logic_error("unchecked error: " + error.message);
}

}  // namespace reelproof::ledger
