// What a log sends to a witness or a mirror, and what it hears: the bodies of C2SP tlog-witness
// add-checkpoint and tlog-mirror add-entries (docs/FORMATS.md). Pure, thread-safe. Persistent
// format: do not change.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

// add-checkpoint: "please cosign this, you know the log up to old_size".
struct CheckpointSubmission {
    std::uint64_t old_size = 0;
    std::vector<Hash> proof;  // RFC 6962 consistency proof; at most 63
    std::string note;         // the signed checkpoint, as it came
};
std::string format_checkpoint_submission(const CheckpointSubmission& submission);
// Does not look into the note but for its size.
Result<CheckpointSubmission> parse_checkpoint_submission(std::string_view body);

// The 409 of add-checkpoint (text/x.tlog.size).
std::string format_tree_size(std::uint64_t size);
Result<std::uint64_t> parse_tree_size(std::string_view body);

// The head of add-entries: packages that cover [start, end) follow, or the first of them.
struct UploadHead {
    std::string origin;
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    Bytes ticket;  // at most 65,535 bytes
};
// Entries [start, start + entries.size()) of one bundle.
struct UploadPackage {
    std::uint64_t start = 0;
    std::vector<ByteView> entries;
    std::vector<Hash> proof;  // at most 63: from the bundle's beginning to the end of the entries

    [[nodiscard]] std::uint64_t end() const { return start + entries.size(); }
    // Where the bundle begins, which the proof is of.
    [[nodiscard]] std::uint64_t bundle() const;
};
Bytes format_upload_head(const UploadHead& head);
void append_package(Bytes& body, const std::vector<Bytes>& entries, const std::vector<Hash>& proof);

// Reads a body package by package, without a copy of the entries. A value of one thread; the body
// outlives it.
class UploadReader {
  public:
    static Result<UploadReader> open(ByteView body);

    [[nodiscard]] const UploadHead& head() const { return head_; }
    // The next whole package of [start, end); nothing at the end, or where the body breaks off or
    // goes on otherwise.
    std::optional<UploadPackage> next();

  private:
    UploadReader(UploadHead head, ByteView rest)
        : head_(std::move(head)), rest_(rest), next_(head_.start) {}

    UploadHead head_;
    ByteView rest_;
    std::uint64_t next_;
};

// The 202 and the 409 of add-entries (text/x.tlog.mirror-info): where to go on.
struct MirrorInfo {
    std::uint64_t pending = 0;  // size of a checkpoint that may be uploaded to
    std::uint64_t next = 0;     // first entry that is not there
    Bytes ticket;
};
std::string format_mirror_info(const MirrorInfo& info);
Result<MirrorInfo> parse_mirror_info(std::string_view body);

}  // namespace reelproof::ledger
