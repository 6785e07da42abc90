#include "node/replication/own_mirrors.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/routes/transparency.h"
#include "ledger/base/counted.h"
#include "ledger/format/wire.h"
#include "node/replication/genesis.h"

namespace reelproof::node {
namespace {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

// By what its root signed, told over a connection that proves nothing.
Result<std::vector<ledger::Hash>> tls_keys_at(PeerClient& client, const MirrorAddress& node) {
    const auto bytes = client.get(kGenesisPath, ledger::wire::kMaxStatementSize);
    if (!bytes) return bytes.error();
    const auto genesis =
        verify_genesis(ledger::to_bytes(ledger::as_bytes(*bytes)), node.org, node.root);
    if (!genesis) return genesis.error();
    std::optional<PartnerTlsKey> newest;
    if (const auto statement = client.get(kTlsPath, ledger::wire::kMaxStatementSize))
        if (auto grant = verify_tls_grant(ledger::as_bytes(*statement), *genesis))
            newest = std::move(*grant);
    return tls_keys_of(*genesis, newest, ledger::system_now());
}

MirrorAnswer ask(PeerClient& client, const MirrorAddress& node, const OwnMirrors& question) {
    RemoteLog copy(client, "/mirror/" + api::mirror_name(question.origin));
    client.use(node.url, {});
    MirrorAnswer out{copy.checkpoint(question.log_key), node.org.empty()};
    const auto nothing = [](const auto& head) {
        return !head && head.error().kind == ErrorKind::not_found;
    };
    if (out.proven || !(out.head || nothing(out.head))) return out;
    Result<SignedCheckpoint> again = Error{ErrorKind::unavailable, "it was not asked"};
    if (const auto keys = tls_keys_at(client, node)) {
        client.use(node.url, *keys);
        again = copy.checkpoint(question.log_key);
    } else {
        again = Error{ErrorKind::unavailable, keys.error().message};
    }
    out.proven = again || nothing(again);
    if (again)
        out.head = std::move(again);
    else if (!out.proven && !out.head)
        out.head = Error{ErrorKind::unavailable, "what answers there does not prove to be " +
                                                     node.org + ": " + again.error().message};
    return out;
}

}  // namespace

std::vector<MirrorAnswer> ask_mirrors(const OwnMirrors& question) {
    const std::size_t count = question.nodes.size();
    std::vector<MirrorAnswer> answers(count,
                                      {Error{ErrorKind::unavailable, "it was not asked"}, false});
    std::vector<std::unique_ptr<PeerClient>> clients;
    for (std::size_t i = 0; i < count; ++i)
        clients.push_back(
            std::make_unique<PeerClient>(question.certificate_pem, question.private_key_pem));
    std::mutex mutex;
    std::condition_variable done;
    std::size_t answered = 0;  // owner: mutex
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            try {
                answers[i] = ask(*clients[i], question.nodes[i], question);
            } catch (const std::exception& trouble) {
                answers[i] = {Error{ErrorKind::unavailable, trouble.what()}, false};
            }
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
        wrong = "its mirror holds " + ledger::counted(theirs.size, "entry") +
                " of our log, signed by our key, we have " + std::to_string(size) +
                ": our store was rolled back";
    else if (ledger::tree_root(theirs.size, store.subtree(ledger::kOwnLog)) != theirs.root)
        wrong = "its mirror holds another history of our log, signed by our key, at " +
                ledger::counted(theirs.size, "entry");
    if (wrong.empty()) return {};
    sequencer.contradicted(theirs,
                           "nothing is signed any more, for it would fork our log: a "
                           "partner was asked, and " +
                               wrong + "; stop the node and run: reelproof ledger recover");
    return Error{ErrorKind::conflict, wrong};
}

}  // namespace reelproof::node
