// Any bytes as what a log submits to a witness or mirror, and as what it hears: no crash, and what
// is taken can be written in one way only, which is the input.
#include <cstdlib>

#include "ledger/format/submission.h"

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
        for (const ByteView entry : package->entries) entries.push_back(to_bytes(entry));
        append_package(written, entries, package->proof);
    }
    require(written.size() <= input.size() && equal(written, input.first(written.size())));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    const std::string_view text = as_text(input);
    check_upload(input);
    if (auto submission = parse_checkpoint_submission(text))
        require(format_checkpoint_submission(*submission) == text);
    if (auto tree_size = parse_tree_size(text)) require(format_tree_size(*tree_size) == text);
    if (auto info = parse_mirror_info(text)) require(format_mirror_info(*info) == text);
    return 0;
}
