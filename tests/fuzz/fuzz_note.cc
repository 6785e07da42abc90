// Any bytes through every reader of text formats and of entry bundles: no crash, and what is taken
// can be written in one way only, which is the input.
#include <cstdlib>

#include "ledger/format/note.h"
#include "ledger/format/proof.h"
#include "ledger/format/statement.h"
#include "ledger/format/tile.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof::ledger;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check_note(std::string_view text) {
    auto note = parse_note(text);
    if (!note) return;
    std::vector<std::string> lines;
    for (const NoteSignature& signature : note->signatures) lines.push_back(signature.line);
    require(format_note(note->text, lines) == text);
    NoteVerifier key;
    key.name = note->signatures[0].name;
    key.key_id = note->signatures[0].key_id;
    for (int type : {1, 4}) {
        key.type = static_cast<std::uint8_t>(type);
        // The zero key is a point of low order: nothing may verify under it.
        require(check_signature(*note, note->signatures[0], {key}).state == SignatureState::bad);
    }
}

void check_checkpoint(std::string_view text) {
    auto checkpoint = parse_checkpoint(text);
    if (!checkpoint) return;
    // Extension lines may follow what we write.
    const std::string written = format_checkpoint(*checkpoint);
    require(text.starts_with(written));
    require(parse_checkpoint(written).value() == *checkpoint);
}

void check_entry_bundle(ByteView input) {
    if (input.empty()) return;
    auto entries = parse_bundle(input.subspan(1), input[0]);
    if (!entries) return;
    require(entries->size() == input[0]);
    Bytes written;
    for (ByteView entry : *entries) append_to_bundle(written, entry);
    require(equal(written, input.subspan(1)));
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    const Secret<32> seed;
    const NoteSigner log("maker.example/ledger", 1, seed), mirror("ems.example/mirror", 4, seed);
    const std::string text = format_checkpoint({"maker.example/ledger", 2, leaf_hash({})});
    const std::string note = format_note(text, {log.sign(text), mirror.sign(text, 1'767'225'600)});
    Bytes bundle{2};
    for (const char* entry : {"", "an entry"}) append_to_bundle(bundle, as_bytes(entry));
    return {text,
            note,
            std::string(as_text(bundle)),
            format_tlog_proof({1, {leaf_hash({})}, {}, note}),
            log.verifier().vkey(),
            mirror.verifier().vkey(),
            "tile/entries/x001/234.p/56",
            "tile/0/000"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    const std::string_view text = as_text(input);
    check_note(text);
    check_checkpoint(text);
    check_entry_bundle(input);
    if (auto proof = parse_tlog_proof(text)) require(format_tlog_proof(*proof) == text);
    if (auto key = NoteVerifier::parse(text)) require(key->vkey() == text);
    if (auto tile = parse_tile_path(text)) require(tile_path(*tile) == text);
    return 0;
}
