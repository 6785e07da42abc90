// C2SP tlog-policy: which logs are known, and whose cosignatures together are enough (quorum).
// Plain values, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/format/note.h"

namespace reelproof::ledger {

// Logs, witnesses and groups that a policy may name, each; the text asks for 32 at least.
inline constexpr std::size_t kMaxPolicyNames = 256;

class TlogPolicy {
  public:
    struct Log {
        NoteVerifier key;  // type 1; its name is the log's origin
        std::string url;   // as it was given; may be empty
    };
    struct Witness {
        std::string name;  // inside the file; any octets but controls and blanks
        NoteVerifier key;  // type 4
        std::string url;
    };

    // `malformed`, or `too_large` over a limit, with the number of the line.
    static Result<TlogPolicy> parse(std::string_view text);

    // No logs: any log that is known otherwise.
    [[nodiscard]] const std::vector<Log>& logs() const { return logs_; }
    [[nodiscard]] const std::vector<Witness>& witnesses() const { return witnesses_; }
    // The log line with this origin, or nullptr.
    [[nodiscard]] const Log* log(std::string_view origin) const;

    // Whether these are enough; as witnesses().
    [[nodiscard]] bool quorum_met(const std::vector<bool>& cosigned) const;

    // The checkpoint is signed by one of the logs (or there are none) and cosigned by a quorum on
    // this very note. Gives who cosigned it, as witnesses(). Errors: malformed; invalid when a
    // signature by a key of the policy does not hold; untrusted when it is not enough.
    [[nodiscard]] Result<std::vector<bool>> verify(const Note& checkpoint) const;

  private:
    class Parser;
    // A witness or a group, in the order of the file: members stand before their group.
    struct Voter {
        std::string name;
        std::optional<std::size_t> witness;  // index; a group has none
        std::size_t threshold = 0;
        std::vector<std::size_t> members;  // voters
        bool is_member = false;
    };

    std::vector<Log> logs_;
    std::vector<Witness> witnesses_;
    std::vector<Voter> voters_;
    std::optional<std::size_t> quorum_;  // a voter; nothing: no cosignature is needed
};

}  // namespace reelproof::ledger
