#include "ledger/provenance/entry_proof.h"

#include <algorithm>

#include "ledger/format/merkle.h"
#include "ledger/format/proof.h"
#include "ledger/format/receipt.h"
#include "ledger/format/statement.h"
#include "ledger/provenance/cosigned.h"

namespace reelproof::ledger {

Result<EntryProof> prove_entry(const Store& store, const LogInfo& log, std::uint64_t index,
                               const std::optional<TlogPolicy>& policy, std::uint64_t least) {
    const auto head = store.head(log.id);
    const std::uint64_t size = head ? head->checkpoint.size : 0;
    if (index >= size)
        return Error{ErrorKind::not_found, log.origin + " has no entry " + std::to_string(index) +
                                               " yet: it has " + std::to_string(size)};
    EntryProof out;
    out.index = index;
    auto entry = store.entry(log.id, index);
    if (!entry) return entry.error();
    out.entry = std::move(*entry);
    out.note =
        cosigned_checkpoint(store, log, *head, std::max(index + 1, std::min(least, size)), policy);
    out.checkpoint = parse_checkpoint(parse_note(out.note).value().text).value();
    out.path = inclusion_proof(index, out.checkpoint.size, store.subtree(log.id));
    const auto root =
        root_from_inclusion(index, out.checkpoint.size, leaf_hash(out.entry), out.path);
    if (!root || *root != out.checkpoint.root)
        throw EnvironmentError(log.origin + ": entry " + std::to_string(index) +
                               " does not lead to the root of the checkpoint; run reelproof ledger "
                               "check");
    return out;
}

std::string tlog_proof_of(const EntryProof& proof) {
    TlogProof out;
    out.index = proof.index;
    out.path = proof.path;
    out.checkpoint = proof.note;
    return format_tlog_proof(out);
}

Result<Bytes> receipt_of(const EntryProof& proof, const SecretKey& receipt_key) {
    if (proof.path.empty())
        return Error{
            ErrorKind::not_found,
            "the log has one entry, and a receipt can't say so (RFC 9942: its path may not "
            "be empty); there will be one when the log has two"};
    const auto statement = parse_statement(proof.entry);
    if (!statement) return statement.error();
    return sign_receipt(receipt_key, proof.checkpoint.origin, statement->header.sub,
                        proof.checkpoint.size, proof.index, proof.path, proof.checkpoint.root);
}

}  // namespace reelproof::ledger
