// Statements of guests, organisations without a node, for our log: who may register what is the
// policy that our log states (guest.admit, docs/FORMATS.md 4). Thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <set>

#include "api/service/context.h"
#include "ledger/format/statement.h"

namespace reelproof::api {

// The key that signed a guest's statement, once our log's policy admits it and the signature
// holds. Errors: `untrusted` (not admitted, or this key or sub is not), `invalid` (signature),
// `malformed` (a genesis that names a node, and the like).
ledger::Result<ledger::PublicKey> admit_statement(const ledger::Directory& directory,
                                                  const std::string& host,
                                                  const ledger::StatementView& statement,
                                                  std::uint64_t log_size, ledger::UnixSeconds now);

// What an administrator records of a guest: nothing that could never hold.
ledger::Result<void> check_admission(const ServiceContext& context,
                                     const ledger::GuestAdmit& admit);

class Registration {
  public:
    // So long a caller waits for its statement to be durable.
    static constexpr std::chrono::milliseconds kPatience = std::chrono::seconds(10);

    explicit Registration(ServiceContext& context, std::chrono::milliseconds patience = kPatience)
        : context_(context), patience_(patience) {}

    struct Outcome {
        ledger::Hash leaf{};
        // Nothing: it is still on its way into the log, and will be there or not.
        std::optional<std::uint64_t> index;
    };
    // Asked, once a new statement is known to be of this guest, whether it may register now.
    using MayNow = std::function<ledger::Result<void>(const std::string& guest)>;
    // Registers it; the same statement again is the same entry. Besides the errors of
    // admit_statement those of the sequencer and of `may_now`.
    ledger::Result<Outcome> submit(ledger::Bytes statement, const MayNow& may_now);
    // Whether it was submitted and has not been answered yet.
    [[nodiscard]] bool running(const ledger::Hash& leaf) const;

  private:
    // Shared with the sequencer's answers, which may come after the caller is gone.
    struct Running {
        mutable std::mutex mutex;
        std::multiset<ledger::Hash> leaves;  // under mutex
    };

    ServiceContext& context_;
    const std::chrono::milliseconds patience_;
    std::shared_ptr<Running> running_ = std::make_shared<Running>();
};

}  // namespace reelproof::api
