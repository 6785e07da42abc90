// What other logs hand in: checkpoints to be witnessed and entries to be mirrored (C2SP
// tlog-witness and tlog-mirror), and a genesis from a node that can't be reached. Here is only the
// HTTP; who decides is behind the functions, which must be thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/router.h"
#include "ledger/store/store.h"

namespace reelproof::api {

// So much is read of a body of add-entries: one package of the largest entries with its proof and a
// head. Of more the whole packages in that are taken.
inline constexpr std::size_t kMaxUpload = std::size_t{17} << 20;

// The status of the C2SP text, and its body: signature lines (200), a tree size (409 of
// add-checkpoint) or where to go on (202 and 409 of add-entries). Of all others: why.
struct SubmissionAnswer {
    int status = 200;
    std::string body;
};
using Submit = std::function<SubmissionAnswer(std::string_view body, const Peer& peer)>;

struct SubmissionDeps {
    const ledger::Store& store;        // outlives the router
    std::vector<std::string> origins;  // logs that we were configured with
    Submit add_checkpoint;
    Submit add_entries;
    Submit add_genesis;
};

// Adds
//   POST /mirror/add-checkpoint        public: the checkpoint is signed by its log
//   POST /mirror/add-entries           partners; application/octet-stream; gzip is taken
//   POST /mirror/genesis               public: signed by the root key that we were configured with
//   GET  /witness/{hash}/checkpoint    partners: the newest that was witnessed
// The submission prefix of both, witness and mirror, is /mirror; the monitoring prefixes are
// /witness and /mirror.
void add_submission_routes(Router& router, const SubmissionDeps& deps);

}  // namespace reelproof::api
