// Any bytes as what a log submits to a witness or mirror, and as what it hears: no crash, and what
// is taken can be written in one way only, which is the input.
#include <cstdlib>

#include "ledger/format/merkle.h"
#include "ledger/format/note.h"
#include "ledger/format/statement.h"
#include "ledger/format/submission.h"
#include "ledger/format/subtree_proof.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof::ledger;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check_upload(ByteView input) {
    auto reader = UploadReader::open(input);
    if (!reader) return;
    const UploadHead head = reader->head();
    require(head.start <= head.end);
    Bytes written = format_upload_head(head);
    std::uint64_t next = head.start;
    while (auto package = reader->next()) {
        require(package->start == next && next < head.end && package->end() <= head.end);
        require(package->entries.size() <= 256 && package->proof.size() <= 63);
        require(package->end() == head.end || package->end() % 256 == 0);
        next = package->end();
        std::vector<Bytes> entries;
        Frontier leaves;
        for (const ByteView entry : package->entries) {
            entries.push_back(to_bytes(entry));
            leaves.append(leaf_hash(entry));
        }
        // As a mirror checks it; that a proof of noise holds is beyond what anyone can find.
        require(package->bundle() == 0 ||
                !verify_subtree_proof(package->bundle(), package->end(), leaves.root(), head.end,
                                      leaf_hash(input), package->proof));
        append_package(written, entries, package->proof);
    }
    require(written.size() <= input.size() && equal(written, input.first(written.size())));
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    const NoteSigner log("maker.example/ledger", 1, Secret<32>());
    const Hash hash = leaf_hash({});
    const std::string text = format_checkpoint({"maker.example/ledger", 300, hash});
    Bytes upload = format_upload_head({"maker.example/ledger", 255, 300, Bytes(8, 7)});
    append_package(upload, {Bytes(3, 1)}, {hash});
    append_package(upload, std::vector<Bytes>(44, Bytes(2, 2)), {hash, hash});
    return {format_checkpoint_submission({7, {hash, hash}, format_note(text, {log.sign(text)})}),
            std::string(as_text(upload)), format_tree_size(300),
            format_mirror_info({300, 256, Bytes(8, 7)})};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    const std::string_view text = as_text(input);
    check_upload(input);
    if (auto submission = parse_checkpoint_submission(text)) {
        require(format_checkpoint_submission(*submission) == text);
        const auto note = parse_note(submission->note);
        const auto checkpoint =
            note ? parse_checkpoint(note->text) : Result<Checkpoint>(note.error());
        if (checkpoint)
            (void)verify_consistency(submission->old_size, leaf_hash(input), checkpoint->size,
                                     checkpoint->root, submission->proof);
    }
    if (auto tree_size = parse_tree_size(text)) require(format_tree_size(*tree_size) == text);
    if (auto info = parse_mirror_info(text)) require(format_mirror_info(*info) == text);
    return 0;
}
