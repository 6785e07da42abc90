// Lets Catch print a Result in CHECK(result) and CHECK_FALSE(result); include it in tests that use
// them (Boost's own stream operator needs a printable value and error).
#pragma once

#include <catch2/catch.hpp>

#include "ledger/base/result.h"

namespace Catch {

template <class T>
struct StringMaker<boost::system::result<T, reelproof::ledger::Error>> {
    static std::string convert(const boost::system::result<T, reelproof::ledger::Error>& result) {
        return result ? "a value" : "error: " + result.error().message;
    }
};

}  // namespace Catch
