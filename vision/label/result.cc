#include "vision/label/result.h"

#include <stdexcept>

#include <boost/throw_exception.hpp>

namespace reelproof::vision {

void throw_exception_from_error(const Error& error, const boost::source_location& location) {
    boost::throw_exception(std::runtime_error(error.code + ": " + error.text), location);
}

}  // namespace reelproof::vision
