// Why bytes from the network are not a message that we take: the status to answer, and a sentence
// that holds nothing of what was sent. Thread-safe: a plain value. Internal to api/http.
#pragma once

namespace reelproof::api {

struct WireError {
    int status;
    const char* text;  // static
};

}  // namespace reelproof::api
