#include "ledger/format/note.h"

#include "ledger/base/sha256.h"
#include "ledger/format/describe.h"
#include "ledger/format/wire.h"
#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

TEST_CASE("notes of the vectors are made byte for byte, and verified", "[format][vectors]") {
    for (const auto& vector : load_vectors("notes.json")) {
        Checkpoint checkpoint{text_of(vector, "origin"), number_of(vector, "size"),
                              hash_of(vector, "root")};
        NoteSigner log(checkpoint.origin, wire::kNoteEd25519,
                       Secret<32>(bytes_of(vector, "log_secret_key")));
        NoteSigner mirror(text_of(vector, "mirror"), wire::kNoteCosignatureV1,
                          Secret<32>(bytes_of(vector, "mirror_secret_key")));
        CHECK(log.verifier().vkey() == text_of(vector, "log_vkey"));
        CHECK(mirror.verifier().vkey() == text_of(vector, "mirror_vkey"));
        CHECK(NoteVerifier::parse(text_of(vector, "log_vkey")).value() == log.verifier());
        CHECK(NoteVerifier::parse(text_of(vector, "mirror_vkey")).value() == mirror.verifier());

        const std::string text = format_checkpoint(checkpoint);
        const auto time = static_cast<UnixSeconds>(number_of(vector, "time"));
        const std::string made = format_note(text, {log.sign(text), mirror.sign(text, time)});
        CHECK(made == text_of(vector, "note"));

        auto note = parse_note(made);
        REQUIRE(why(note) == "");
        CHECK(note->text == text);
        CHECK(parse_checkpoint(note->text).value() == checkpoint);
        CHECK(why(verify_note(*note, log.verifier())) == "");
        CHECK(why(verify_note(*note, mirror.verifier())) == "");
        auto cosigned = check_signature(*note, note->signatures[1], {mirror.verifier()});
        CHECK(cosigned.state == SignatureState::good);
        CHECK(cosigned.time == time);

        auto described = describe_note(made, {log.verifier()}).value();
        CHECK(described.verified);
        CHECK(described.object.at("origin") == vector.at("origin"));
        CHECK(described.object.at("size").to_number<std::uint64_t>() == checkpoint.size);
        CHECK(described.object.at("root") == vector.at("root"));
        const auto& lines = described.object.at("signatures").as_array();
        REQUIRE(lines.size() == 2);
        CHECK(boost::json::serialize(lines[0]) ==
              R"({"name":")" + checkpoint.origin + R"(","type":1,"ok":true,"time":null})");
        CHECK(boost::json::serialize(lines[1]) == R"({"name":")" + text_of(vector, "mirror") +
                                                      R"(","type":null,"ok":null,"time":null})");
        auto both = describe_note(made, {log.verifier(), mirror.verifier()}).value();
        CHECK(boost::json::serialize(both.object.at("signatures").as_array()[1]) ==
              R"({"name":")" + text_of(vector, "mirror") + R"(","type":4,"ok":true,"time":)" +
                  std::to_string(time) + "}");
    }
}

TEST_CASE("cosignatures by Sunlight's witnesses and mirror hold", "[format][vectors]") {
    const std::string folder = "conformance/sunlight-testdata/";
    const std::pair<const char*, const char*> kCases[] = {
        {"witness/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706/checkpoint",
         "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN"},
        {"witness/mirror/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706/"
         "checkpoint",
         "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O"},
        {"witness2/88ad7a28caeb0b2aa890fdf0304c2fcaf59fca2ee140134ff8c1300bac493482/checkpoint",
         "witness2.example.org+2e55b896+BIZ7fpceQWd60IfqQeS9IAnmNOCZjMDne8lZuguz/bi9"}};
    for (auto [path, vkey] : kCases) {
        Bytes file = load_shared(folder + path);
        if (file.empty()) return;
        INFO(path);
        auto note = parse_note(as_text(file));
        REQUIRE(why(note) == "");
        auto key = NoteVerifier::parse(vkey).value();
        CHECK(why(verify_note(*note, key)) == "");
        auto checked = check_signature(*note, note->signatures.back(), {key});
        CHECK(checked.state == SignatureState::good);
        CHECK(checked.time == UnixSeconds{1767139200});
        auto checkpoint = parse_checkpoint(note->text);
        REQUIRE(checkpoint);
        CHECK(checkpoint->size == 300);
        // The folder is named by the origin's hash.
        CHECK(std::string(path).find(to_hex(sha256(as_bytes(checkpoint->origin)))) !=
              std::string::npos);
    }
    Bytes rfc6962 = load_shared(folder + "tree/checkpoint");
    if (!rfc6962.empty()) CHECK(parse_note(as_text(rfc6962)));
}

TEST_CASE("a changed note, a foreign key and a bad signature beside a good one", "[format]") {
    NoteSigner log("acme/ledger", wire::kNoteEd25519, Secret<32>(Bytes(32, 1)));
    NoteSigner other("acme/ledger", wire::kNoteEd25519, Secret<32>(Bytes(32, 2)));
    const std::string text = format_checkpoint({"acme/ledger", 7, Hash{}});
    const std::string signed_note = format_note(text, {log.sign(text)});
    auto note = parse_note(signed_note).value();
    CHECK(verify_note(note, log.verifier()));
    CHECK(verify_note(note, other.verifier()).error().kind == ErrorKind::untrusted);
    Note changed = note;
    changed.text[changed.text.size() - 3] ^= 1;
    CHECK(verify_note(changed, log.verifier()).error().kind == ErrorKind::invalid);
    // Good and bad lines of one key: rejected as a whole.
    Note mixed = note;
    mixed.signatures.push_back(note.signatures[0]);
    mixed.signatures[1].signature[5] ^= 1;
    CHECK(verify_note(mixed, log.verifier()).error().kind == ErrorKind::invalid);
    auto described = describe_note(format_note(text, {log.sign(text), other.sign("else\n")}),
                                   {log.verifier(), other.verifier()})
                         .value();
    CHECK_FALSE(described.verified);
    CHECK(described.object.at("signatures").as_array()[1].at("ok") == false);
    // A cosignature is none by a key of the other type, and its time is signed.
    NoteSigner mirror("m", wire::kNoteCosignatureV1, Secret<32>(Bytes(32, 3)));
    auto cosigned = parse_note(format_note(text, {mirror.sign(text, 5)})).value();
    CHECK(check_signature(cosigned, cosigned.signatures[0], {mirror.verifier()}).time ==
          UnixSeconds{5});
    cosigned.signatures[0].signature[7] = 6;
    CHECK(check_signature(cosigned, cosigned.signatures[0], {mirror.verifier()}).state ==
          SignatureState::bad);
    CHECK_THROWS_AS(mirror.sign(text, 0), std::logic_error);
    CHECK_THROWS_AS(NoteSigner("a b", 1, Secret<32>()), std::logic_error);
}

TEST_CASE("what is no note is refused with the reason", "[format]") {
    const std::string line = "\xe2\x80\x94 name AAAAAAE=\n";
    auto reason = [](const std::string& note) { return why(parse_note(note)); };
    CHECK(reason("text\n\n" + line) == "");
    CHECK(reason("a\n\nb\n\n" + line) == "");
    CHECK(parse_note("a\n\nb\n\n" + line)->text == "a\n\nb\n");
    CHECK(reason("") == "note has no empty line before its signatures");
    CHECK(reason("text\n" + line) == "note has no empty line before its signatures");
    CHECK(reason("text\n\n") == "note has no signature");
    CHECK(reason("text\n\n" + line.substr(0, line.size() - 1)) == "note does not end in a newline");
    CHECK(reason("text\n\nname AAAAAAE=\n") == "note has a line among its signatures that is none");
    CHECK(reason("text\n\n\xe2\x80\x94 name\n") ==
          "note has a line among its signatures that is none");
    CHECK(reason("text\n\n\xe2\x80\x94 na+me AAAAAAE=\n") ==
          "note has a signature by a name that is none");
    CHECK(reason("text\n\n\xe2\x80\x94 na\xe3\x80\x80me AAAAAAE=\n") ==
          "note has a signature by a name that is none");
    CHECK(reason("text\n\n\xe2\x80\x94  AAAAAAE=\n") ==
          "note has a signature by a name that is none");
    CHECK(reason("text\n\n\xe2\x80\x94 name AAAAAA==\n") == "signature of name is too short");
    CHECK(reason("text\n\n\xe2\x80\x94 name AAA\n") ==
          "signature of name is not base64: its length is no multiple of 4");
    CHECK(reason("te\txt\n\n" + line) == "note has a control character");
    CHECK(reason("te\xffxt\n\n" + line) == "note is not UTF-8");
    std::string many = "text\n\n";
    for (int i = 0; i < 100; ++i) many += line;
    CHECK(reason(many) == "");
    CHECK(reason(many + line) == "note has more than 100 signatures");
    CHECK(reason(std::string((1 << 20) + 1, 'a')) == "note is 1048577 bytes, more than 1048576");
}

TEST_CASE("what is no checkpoint or note key is refused with the reason", "[format]") {
    const std::string root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    auto reason = [](const std::string& text) { return why(parse_checkpoint(text)); };
    CHECK(reason("o\n0\n" + root) == "");
    CHECK(reason("o\n18446744073709551615\n" + root) == "");
    CHECK(reason("o\n0\n" + root + "extension\n") == "");
    CHECK(reason("o\n0\n" + root + "extension") == "checkpoint has no complete extension line");
    CHECK(reason("o\n0\n" + root + "\n") == "checkpoint has an empty line");
    CHECK(reason("") == "checkpoint has no origin line");
    CHECK(reason("\n0\n" + root) == "checkpoint origin is empty");
    CHECK(reason("o\n") == "checkpoint has no size line");
    CHECK(reason("o\n1\n") == "checkpoint has no root line");
    for (const char* size : {"", "01", "-1", "+1", "1 ", " 1", "0x1", "18446744073709551616"})
        CHECK(reason("o\n" + std::string(size) + "\n" + root) ==
              "checkpoint size is not a plain decimal number of at most 64 bits");
    CHECK(reason("o\n1\nAAAA\n") == "checkpoint root is 3 bytes, not 32");
    CHECK(reason("o\n1\n!!!!\n") == "checkpoint root is not base64 at character 1");

    const std::string good =
        "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
    CHECK(NoteVerifier::parse(good).value().vkey() == good);
    for (const char* bad :
         {"", "name", "name+33d7b496", "+33d7b496+AeHT",
          "example.com/log/testdata+33d7b497+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
          "example.com/log/testdata+33D7B496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
          "other+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
          "example.com/log/testdata+33d7b496+AuHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
          "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCF"}) {
        INFO(bad);
        CHECK_FALSE(NoteVerifier::parse(bad));
    }
}
