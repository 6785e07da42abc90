#include "ledger/format/proof.h"

#include <charconv>

#include "ledger/base/counted.h"
#include "ledger/format/merkle.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {
namespace {

constexpr std::string_view kHeading = "c2sp.org/tlog-proof@v1\n";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr std::size_t kMaxProofSize = std::size_t{4} << 20;

}  // namespace

std::string format_tlog_proof(const TlogProof& proof) {
    std::string out(kHeading);
    if (proof.extra) out.append(kExtra).append(to_base64(*proof.extra)).append("\n");
    out.append(kIndex).append(std::to_string(proof.index)).append("\n");
    for (const Hash& hash : proof.path) out.append(to_base64(hash)).append("\n");
    return out.append("\n").append(proof.checkpoint);
}

Result<TlogProof> parse_tlog_proof(std::string_view text) {
    if (text.size() > kMaxProofSize) return Error{ErrorKind::too_large, "proof is over 4 MiB"};
    if (!text.starts_with(kHeading))
        return malformed("proof does not begin with c2sp.org/tlog-proof@v1");
    text.remove_prefix(kHeading.size());
    auto take_line = [&text]() -> std::optional<std::string_view> {
        std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        return line;
    };
    TlogProof out;
    auto line = take_line();
    if (line && line->starts_with(kExtra)) {
        auto extra = from_base64(line->substr(kExtra.size()), "extra data of the proof");
        if (!extra) return extra.error();
        out.extra = std::move(*extra);
        line = take_line();
    }
    if (!line || !line->starts_with(kIndex)) return malformed("proof has no index line");
    std::string_view number = line->substr(kIndex.size());
    auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), out.index);
    if (error != std::errc() || end != number.data() + number.size() ||
        (number.size() > 1 && number.front() == '0'))
        return malformed("proof index is not a plain decimal number of at most 64 bits");
    for (;;) {
        line = take_line();
        if (!line) return malformed("proof has no checkpoint");
        if (line->empty()) break;
        if (out.path.size() == wire::kMaxProofHashes)
            return Error{ErrorKind::too_large, "proof has more than 63 hashes"};
        auto hash = from_base64(*line, "hash of the proof");
        if (!hash) return hash.error();
        if (hash->size() != std::tuple_size_v<Hash>)
            return malformed("hash of the proof is " + counted(hash->size(), "byte") + ", not 32");
        std::copy(hash->begin(), hash->end(), out.path.emplace_back().begin());
    }
    out.checkpoint = text;
    auto note = parse_note(text);
    if (!note) return note.error();
    if (auto checkpoint = parse_checkpoint(note->text); !checkpoint) return checkpoint.error();
    return out;
}

Result<Checkpoint> verify_tlog_proof(const TlogProof& proof, ByteView entry,
                                     const NoteVerifier& log) {
    auto note = parse_note(proof.checkpoint);
    if (!note) return note.error();
    if (auto ok = verify_note(*note, log); !ok) return ok.error();
    auto checkpoint = parse_checkpoint(note->text);
    if (!checkpoint) return checkpoint.error();
    // One key may sign for several logs: the name it is trusted under says which one is meant.
    if (checkpoint->origin != log.name)
        return Error{ErrorKind::untrusted,
                     "checkpoint is of the log " + checkpoint->origin + ", not " + log.name};
    auto root = root_from_inclusion(proof.index, checkpoint->size, leaf_hash(entry), proof.path);
    if (!root) return root.error();
    if (*root != checkpoint->root)
        return invalid("proof does not lead from this entry to the root of the checkpoint");
    return checkpoint;
}

}  // namespace reelproof::ledger
