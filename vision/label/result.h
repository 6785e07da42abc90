// Errors of untrusted input as values. A picture or a text that comes from outside can be wrong in
// many ways, none of which is exceptional.
// Thread safety: plain values.
#pragma once

#include <string>

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

namespace reelproof::vision {

struct Error {
    std::string code;  // stable, for programs: "picture.too-large", "reader.timeout"
    std::string text;  // one sentence for people, free of secrets

    bool operator==(const Error&) const = default;
};

// Called by result::value() on an error: the caller forgot to ask first.
[[noreturn]] void throw_exception_from_error(const Error& error,
                                             const boost::source_location& location);

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace reelproof::vision
