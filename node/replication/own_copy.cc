#include "node/replication/own_copy.h"

#include <algorithm>

#include "api/routes/transparency.h"
#include "ledger/format/evidence.h"
#include "ledger/format/wire.h"
#include "node/replication/misbehaviour.h"
#include "node/replication/own_mirrors.h"

namespace reelproof::node {
namespace {

using ledger::Error;
using ledger::ErrorKind;

}  // namespace

OwnCopy::OwnCopy(const ReplicatorDeps& deps, Incidents& incidents, PartnerGenesis genesis,
                 PeerClient& client)
    : deps_(deps),
      incidents_(incidents),
      genesis_(std::move(genesis)),
      client_(client),
      path_("/mirror/" + api::mirror_name(deps.origin) + "/checkpoint") {
    if (!genesis_.mirror_key) return;
    const auto kept = deps_.store.cosigned_checkpoints(0);
    for (auto one = kept.rbegin(); one != kept.rend() && cosigned_ == 0; ++one) {
        const auto note = ledger::parse_note(ledger::format_note(one->text, one->cosignatures));
        if (note && ledger::verify_note(*note, *genesis_.mirror_key))
            cosigned_ = one->checkpoint.size;
    }
}

ledger::Result<void> OwnCopy::check() {
    const auto directory = deps_.store.directory();
    const ledger::OrgState* own = directory->org_in(ledger::kOwnLog, deps_.org);
    if (own == nullptr || !own->genesis.log_key) return {};  // our log is empty yet
    const ledger::NoteVerifier& own_key = *own->genesis.log_key;
    auto body = client_.get(path_, ledger::wire::kMaxNoteSize);
    if (!body) {
        if (body.error().kind != ErrorKind::not_found) return body.error();
        served_ = 0;
        return check_accusation(own_key);
    }
    const std::string what = "its copy of our log";
    auto signed_by_us = check_checkpoint(*body, own_key);
    if (!signed_by_us) return within(what, signed_by_us.error());
    served_ = signed_by_us->checkpoint.size;
    if (auto same = hold_own_log_to(signed_by_us->checkpoint, deps_.store, deps_.sequencer); !same)
        return same;

    if (!genesis_.mirror_key) return check_accusation(own_key);
    auto note = ledger::parse_note(*body);
    if (!note) return within(what, note.error());
    if (auto ok = ledger::verify_note(*note, *genesis_.mirror_key); !ok)
        return within(what, ok.error());
    cosigned_ = signed_by_us->checkpoint.size;
    const CosignedNote cosigned = read_cosigned_note(ledger::as_bytes(*body), *genesis_.mirror_key);
    if (cosigned.time)
        keep_cosigned_ahead(deps_, incidents_, genesis_.origin, *cosigned.time, *body);
    if (!is_kept(cosigned))
        if (auto kept = deps_.sequencer.add_cosignature(cosigned.text, cosigned.line).get(); !kept)
            return within("keeping the cosignature", kept.error());
    // Those of other mirrors that it shows; kept, or a restart would forget them.
    for (const auto& line : deps_.keepers.saw(*body)) {
        if (line == cosigned.line) continue;
        if (auto kept = deps_.sequencer.add_cosignature(cosigned.text, line).get(); !kept)
            return within("keeping a cosignature", kept.error());
    }
    return check_accusation(own_key);
}

// Together with our own signature: lines that an early version kept have none beside them.
bool OwnCopy::is_kept(const CosignedNote& note) const {
    for (const auto& one : deps_.store.cosigned_checkpoints(cosigned_))
        if (one.text == note.text)
            return std::find(one.cosignatures.begin(), one.cosignatures.end(), note.line) !=
                   one.cosignatures.end();
    return false;
}

ledger::Result<void> OwnCopy::check_accusation(const ledger::NoteVerifier& own_key) {
    const auto directory = deps_.store.directory();
    const auto& all = directory->evidence();
    for (; !accusation_ && evidence_seen_ < all.size(); ++evidence_seen_) {
        const ledger::RecordedEvidence& evidence = all[evidence_seen_];
        if (evidence.by == genesis_.org && evidence.what.origin == own_key.name &&
            ledger::verify_evidence(evidence.what, own_key))
            accusation_ = "it published evidence against our own log: " + evidence.what.reason;
    }
    if (accusation_) return Error{ErrorKind::conflict, *accusation_};
    return {};
}

}  // namespace reelproof::node
