#include "ledger/format/proof.h"

#include "ledger/format/merkle.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

namespace {

const NoteSigner kLog("acme-ems.example/ledger", wire::kNoteEd25519, Secret<32>(Bytes(32, 1)));

std::string signed_checkpoint(const Checkpoint& checkpoint) {
    const std::string text = format_checkpoint(checkpoint);
    return format_note(text, {kLog.sign(text)});
}

}  // namespace

TEST_CASE("a tlog-proof of our own goes out, comes back and verifies", "[format]") {
    const Bytes entry = to_bytes(as_bytes("entry"));
    const Hash sibling = leaf_hash(as_bytes("sibling"));
    TlogProof proof;
    proof.index = 1;
    proof.path = {sibling};
    proof.checkpoint =
        signed_checkpoint({kLog.verifier().name, 2, node_hash(sibling, leaf_hash(entry))});
    for (const auto& extra :
         {std::optional<Bytes>(), std::optional<Bytes>(Bytes{1, 2, 3}), std::optional(Bytes{})}) {
        proof.extra = extra;
        const std::string text = format_tlog_proof(proof);
        auto parsed = parse_tlog_proof(text);
        REQUIRE(why(parsed) == "");
        CHECK(parsed->index == 1);
        CHECK(parsed->path == proof.path);
        CHECK(parsed->extra == extra);
        CHECK(parsed->checkpoint == proof.checkpoint);
        CHECK(format_tlog_proof(*parsed) == text);
        CHECK(verify_tlog_proof(*parsed, entry, kLog.verifier())->size == 2);
    }
    CHECK(why(verify_tlog_proof(proof, as_bytes("another"), kLog.verifier())) ==
          "proof does not lead from this entry to the root of the checkpoint");
    NoteSigner foreign("acme-ems.example/ledger", wire::kNoteEd25519, Secret<32>(Bytes(32, 2)));
    CHECK(verify_tlog_proof(proof, entry, foreign.verifier()).error().kind == ErrorKind::untrusted);
    proof.index = 0;
    CHECK_FALSE(verify_tlog_proof(proof, entry, kLog.verifier()));
    // Signed by the right key, but for another log.
    proof.index = 1;
    proof.checkpoint = signed_checkpoint({"other/ledger", 2, node_hash(sibling, leaf_hash(entry))});
    CHECK(why(verify_tlog_proof(proof, entry, kLog.verifier())) ==
          "checkpoint is of the log other/ledger, not acme-ems.example/ledger");
}

TEST_CASE("what is no tlog-proof is refused with the reason", "[format]") {
    const std::string head = "c2sp.org/tlog-proof@v1\n";
    const std::string hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    const std::string note = signed_checkpoint({"o", 1, Hash{}});
    auto reason = [](const std::string& text) { return why(parse_tlog_proof(text)); };
    CHECK(reason(head + "index 0\n\n" + note) == "");
    CHECK(reason("") == "proof does not begin with c2sp.org/tlog-proof@v1");
    CHECK(reason(head) == "proof has no index line");
    CHECK(reason(head + "extra AAAA\n") == "proof has no index line");
    CHECK(reason(head + "extra A\nindex 0\n\n" + note) ==
          "extra data of the proof is not base64: its length is no multiple of 4");
    for (const char* index : {"", "00", "-1", "1 ", "18446744073709551616"})
        CHECK(reason(head + "index " + index + "\n\n" + note) ==
              "proof index is not a plain decimal number of at most 64 bits");
    CHECK(reason(head + "index 0\n" + hash) == "proof has no checkpoint");
    CHECK(reason(head + "index 0\nAAAA\n\n" + note) == "hash of the proof is 3 bytes, not 32");
    CHECK(reason(head + "index 0\n\n") == "note has no empty line before its signatures");
    std::string many = head + "index 0\n";
    for (int i = 0; i < 63; ++i) many += hash;
    CHECK(reason(many + "\n" + note) == "");
    CHECK(reason(many + hash + "\n" + note) == "proof has more than 63 hashes");
    const std::string whole = head + "index 0\n" + hash + "\n" + note;
    for (std::size_t size = 0; size < whole.size(); ++size)
        REQUIRE(reason(whole.substr(0, size)) != "");
}
