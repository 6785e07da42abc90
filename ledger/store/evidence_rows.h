// What lies in Table::evidence, told by its key. Persistent formats: do not change. Thread-safe.
//
//   <origin>                            why that log is frozen for good: JSON, a log.evidence
//                                       (format/evidence.h) or a log.entry
//   incident/<origin>/<kind>[/<hash>]   CBOR [1, kind, since, over, until, text, first, second,
//                                       bytes], of suspects with the first 8 bytes of the SHA-256
//                                       of `second` in hex
#pragma once

#include <optional>
#include <string>

#include "ledger/format/note.h"
#include "ledger/format/proof.h"

namespace reelproof::ledger {

// A log signed a tree with what must not be in it: {"type": "log.entry", "origin", "proof": a
// tlog-proof, "entry": hex}.
inline constexpr std::string_view kEntryEvidence = "log.entry";
Bytes write_entry_evidence(const std::string& origin, const TlogProof& proof, ByteView entry);
// That the log with this key signed a tree with that entry in it. Why it must not be there is
// another question.
Result<void> verify_entry_evidence(std::string_view json, const NoteVerifier& log);

// Numbers are never given anew.
enum class IncidentKind : std::uint8_t {
    checkpoint = 1,   // its node serves what is no checkpoint of its log
    rollback = 2,     // its node serves or hands in an older tree than it had signed before
    contents = 3,     // what its node serves does not hash up to what it signed
    statement = 4,    // the tree that it signed holds a statement that its log must not hold
    suspect = 5,      // it signed a tree, and did not show that this contains what it signed before
    future = 6,       // a statement in its log is of the future
    cosignature = 7,  // its mirror cosigned at a time that is still to come
};

struct Incident {
    IncidentKind kind{};
    std::string text;           // in plain words
    std::string first, second;  // what was signed: notes, of the smaller tree first; or empty
    std::string bytes;          // what was served or handed in
    UnixSeconds since = 0;
    UnixSeconds over = 0;   // when it was seen to be well again; 0: it lasts
    UnixSeconds until = 0;  // what is of the future lasts until our clock gets there
};

inline constexpr std::string_view kIncidents = "incident/";
// The part of the key that all incidents of a log have in common.
std::string incident_rows(const std::string& origin);
std::string incident_row(const std::string& origin, const Incident& incident);
// Of the log that such a key names; empty where it names none.
std::string origin_of_incident(std::string_view row, const Incident& incident);
Bytes write_incident(const Incident& incident);
// Nothing for what a later version wrote.
Result<std::optional<Incident>> read_incident(ByteView row);

}  // namespace reelproof::ledger
