#include "node/replication/own_mirrors.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/routes/transparency.h"
#include "ledger/format/wire.h"

namespace reelproof::node {
namespace {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

}  // namespace

std::vector<Result<SignedCheckpoint>> ask_mirrors(const OwnMirrors& question) {
    const std::string prefix = "/mirror/" + api::mirror_name(question.origin);
    const std::size_t count = question.urls.size();
    std::vector<Result<SignedCheckpoint>> answers(
        count, Error{ErrorKind::unavailable, "it was not asked"});
    std::vector<std::unique_ptr<PeerClient>> clients;
    for (const std::string& url : question.urls) {
        clients.push_back(
            std::make_unique<PeerClient>(question.certificate_pem, question.private_key_pem));
        clients.back()->use(url, {});
    }
    std::mutex mutex;
    std::condition_variable done;
    std::size_t answered = 0;  // owner: mutex
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            answers[i] = RemoteLog(*clients[i], prefix).checkpoint(question.log_key);
            const std::lock_guard lock(mutex);
            ++answered;
            done.notify_one();
        });
    {
        std::unique_lock lock(mutex);
        done.wait_for(lock, question.patience, [&] { return answered == count; });
    }
    for (const auto& client : clients) client->cancel();
    for (std::thread& thread : threads) thread.join();
    return answers;
}

// Our head is read after theirs, so what we appended in between is no lie.
Result<void> hold_own_log_to(const ledger::Checkpoint& theirs, const ledger::Store& store,
                             ledger::Sequencer& sequencer) {
    const auto head = store.head(ledger::kOwnLog);
    const std::uint64_t size = head ? head->checkpoint.size : 0;
    std::string wrong;
    if (theirs.size > size)
        wrong = "its mirror holds " + std::to_string(theirs.size) +
                " entries of our log, signed by our key, we have " + std::to_string(size) +
                ": our store was rolled back";
    else if (ledger::tree_root(theirs.size, store.subtree(ledger::kOwnLog)) != theirs.root)
        wrong = "its mirror holds another history of our log, signed by our key, at " +
                std::to_string(theirs.size) + " entries";
    if (wrong.empty()) return {};
    sequencer.contradicted(theirs,
                           "nothing is signed any more, for it would fork our log: a "
                           "partner was asked, and " +
                               wrong + "; stop the node and run: reelproof ledger recover");
    return Error{ErrorKind::conflict, wrong};
}

}  // namespace reelproof::node
