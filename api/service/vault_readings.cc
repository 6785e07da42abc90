// VaultSharing, the recipient: keys asked for, the files that they open, and their end.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include <boost/json.hpp>

#include "api/service/vault_errors.h"
#include "api/service/vault_sharing.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::Bytes;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

// Of one open(): so that neither side's worker is taken for long.
constexpr std::uint64_t kAtATime = std::uint64_t{64} << 20;
constexpr std::chrono::seconds kLongestFetch{30};
// What a document may have; more is no document that somebody shares.
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 40;
constexpr std::string_view kReleases = "/vault/releases";

// Keys of what partners shared lie under the id of the share.
ledger::VaultId place_of(const VaultReading& reading) {
    return ledger::parse_vault_id(reading.share, "share").value();
}

std::string part_of(const VaultReading& reading) {
    return ledger::vault_id_text(reading.key);
}

std::string shared_path(const std::string& share, std::string_view what) {
    return "/vault/shares/" + share + std::string(what);
}

struct Answer {
    Bytes release;
    std::string header;
};
Result<Answer> read_answer(const std::string& text) {
    boost::system::error_code failed;
    const auto value = json::parse(text, failed);
    const auto* answer = failed ? nullptr : value.if_object();
    const auto member = [&](std::string_view name) {
        const auto* found = answer == nullptr ? nullptr : answer->if_contains(name);
        return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                      : std::string();
    };
    auto release = ledger::from_base64(member("release"), "release");
    if (!release) return release.error();
    return Answer{std::move(*release), member("header")};
}

}  // namespace

std::optional<VaultReading> VaultSharing::find_reading(
    const std::function<bool(const VaultReading&)>& fits) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, reading] : readings_)
        if (fits(reading)) return reading;
    return std::nullopt;
}

std::optional<VaultReading> VaultSharing::reading_of(const VaultShare& share,
                                                     const std::string& document,
                                                     std::uint64_t version) const {
    return find_reading([&](const VaultReading& reading) {
        return reading.share == share.terms.id && reading.partner == share.other(deps_.org) &&
               reading.request.document == document && reading.request.version == version;
    });
}

Result<VaultShare> VaultSharing::held_share(const std::string& name) const {
    const auto known = share(name);
    if (!known || known->owner == deps_.org) return nothing("nobody granted us such a share");
    return *known;
}

Result<std::string> VaultSharing::held_documents(const std::string& name,
                                                 const VaultReader& reader) const {
    const auto known = held_share(name);
    if (!known) return known.error();
    if (const auto no = held_refusal(*known, reader)) return refused(*no);
    auto text = deps_.peers.get(known->owner, shared_path(known->terms.id, "/documents"), 0, 0);
    if (!text) return text;
    boost::system::error_code failed;
    const auto told = json::parse(*text, failed);
    if (failed || !told.is_object())
        return ledger::invalid(known->owner + " answered with something else than a list");
    return json::serialize(told);
}

Result<VaultReading> VaultSharing::open(const std::string& name, const std::string& document,
                                        std::uint64_t version, const VaultReader& reader) {
    const auto known = held_share(name);
    if (!known) return known.error();
    if (const auto no = held_refusal(*known, reader)) return refused(*no);
    const std::unique_lock opening(opening_, std::try_to_lock);
    if (!opening)
        return Error{ErrorKind::unavailable, "another document is being fetched; try again"};
    if (const auto now = share(name); now->destroyed != 0)
        return refused({"share.destroyed", "what came under it was destroyed here on " +
                                               ledger::to_iso8601(now->destroyed)});
    const auto& id = known->terms.id;
    auto reading = reading_of(*known, document, version);
    if (!reading) {
        const ledger::ReadRequest request{id, document, version, reader.described};
        const auto object = signed_now(ledger::format_vault_object(request));
        if (!object) return object.error();
        if (auto fine = ledger::parse_vault_object(ledger::as_text(object->payload)); !fine)
            return fine.error();
        // Our own log has it before anybody can answer.
        if (auto done = commit("read.receipt", object->commitment); !done) return done.error();
        reading = VaultReading{.share = id,
                               .partner = known->owner,
                               .request = request,
                               .request_statement = object->statement,
                               .release_statement = {},
                               .asked = deps_.clock(),
                               .key = ledger::new_vault_id()};
        if (auto done = save(*reading); !done) return done.error();
    }
    if (!reading->release) {
        auto answered = ask(*known, std::move(*reading));
        if (!answered) return answered.error();
        reading = std::move(*answered);
    }
    if (reading->complete) {
        reading->have = reading->body_size;
        return *reading;
    }
    if (auto done = fetch(*known, *reading); !done) return done.error();
    return *reading;
}

Result<VaultShare> VaultSharing::destroy(const std::string& name, const std::string& why) {
    ++destroying_;
    const std::lock_guard opening(opening_);
    --destroying_;
    auto known = held_share(name);
    if (!known || known->destroyed != 0) return known;
    const auto& id = known->terms.id;
    for (const auto& one : shares()) {
        if (one.terms.of != id || one.owner != deps_.org || one.ended != 0) continue;
        if (const auto from = passed_from(one); !from || from->name != name) continue;
        if (auto done = end_share(one.name, why); !done) return done.error();
    }
    const auto place = ledger::parse_vault_id(id, "share");
    if (!place) return place.error();
    const auto now = deps_.clock();
    std::vector<VaultReading> ours;
    std::vector<ledger::VaultId> keys;
    {
        // No narrower copy is made between the two: none is made without the text.
        const std::lock_guard changing(changing_);
        for (auto& reading : readings()) {
            if (reading.share != id || reading.partner != known->owner || !reading.release)
                continue;
            keys.push_back(reading.key);
            for (const auto& copy : reading.copies) keys.push_back(copy.key);
            ours.push_back(std::move(reading));
        }
        // From here on nobody here can open them.
        deps_.vault.keys().shred(*place, keys);
    }
    ledger::Destruction what{id, {}, why};
    std::vector<Bytes> statements;
    const auto sign = [&]() -> Result<void> {
        const auto object = signed_now(ledger::format_vault_object(what));
        if (!object) return object.error();
        if (auto done = commit("destruction.confirm", object->commitment); !done)
            return done.error();
        statements.push_back(object->statement);
        what.bodies.clear();
        return {};
    };
    // The same file may be here under another share, or be what another one passes on.
    const auto remove_unused = [&](const ledger::Hash& body) {
        const auto used = find_reading([&](const VaultReading& one) {
            return (one.complete && one.release && one.release->body == body) ||
                   std::any_of(one.copies.begin(), one.copies.end(),
                               [&](const VaultCopy& copy) { return copy.body == body; });
        });
        if (!used) deps_.vault.held().remove(body);
    };
    for (auto& reading : ours) {
        const auto body = reading.release->body;
        reading.destroyed = now;
        reading.complete = false;
        reading.wrapped.clear();
        const auto copies = std::exchange(reading.copies, {});
        if (auto done = save(reading); !done) return done.error();
        for (const auto& copy : copies) remove_unused(copy.body);
        deps_.vault.held().remove_part(part_of(reading));
        remove_unused(body);
        what.bodies.push_back(ledger::to_hex(body));
        if (what.bodies.size() == ledger::kMostDestroyed)
            if (auto done = sign(); !done) return done.error();
    }
    if (statements.empty() || !what.bodies.empty())
        if (auto done = sign(); !done) return done.error();
    const std::lock_guard changing(changing_);
    // Its end may have come meanwhile.
    auto share = held_share(name);
    if (!share) return share.error();
    share->destroyed = now;
    share->destructions = statements;
    return save(*share, share->owner, statements);
}

Result<VaultReading> VaultSharing::ask(const VaultShare& share, VaultReading reading) {
    const auto wrong = [&](std::string_view what) {
        return ledger::invalid(share.owner +
                               " answered with a release that is not for what was "
                               "asked: " +
                               std::string(what));
    };
    auto text = deps_.peers.post(share.owner, std::string(kReleases), reading.request_statement);
    if (!text) return ledger::within(share.owner, text.error());
    const auto answer = read_answer(*text);
    if (!answer) return wrong(answer.error().message);
    auto object = ledger::open_signed_object(answer->release, *deps_.store.directory());
    if (!object) return wrong(object.error().message);
    const auto* release = std::get_if<ledger::KeyRelease>(&object->object);
    if (release == nullptr || object->iss != share.owner) return wrong("it is none of the owner's");
    if (release->request != ledger::sha256(reading.request_statement) ||
        release->share != reading.share || release->document != reading.request.document ||
        release->version != reading.request.version)
        return wrong("it names another request");
    if (release->size > kMostBytes) return wrong("it names a file of more than a terabyte");
    std::error_code unknown;
    const auto room = std::filesystem::space(deps_.vault.held().path(), unknown);
    if (!unknown && ledger::age_body_size(release->size) > room.available)
        return Error{ErrorKind::unavailable,
                     "the file of " + ledger::counted(release->size, "byte") +
                         " does not fit on the disk of the vault: make room and try again"};
    const auto opened =
        ledger::open_age_header(ledger::as_bytes(answer->header), deps_.sealing_keys.held());
    if (!opened)
        return wrong(opened.error().message +
                     "; where this node has discarded a sealing key lately, " + share.owner +
                     " may not know the newest yet: try again when its copy of our log is");
    // Under a key of ours that can be destroyed; the header is not kept.
    auto& keys = deps_.vault.keys();
    keys.add(place_of(reading), reading.key);
    auto wrapped = keys.wrap(place_of(reading), reading.key, opened->key);
    if (!wrapped) return wrapped.error();
    reading.wrapped = std::move(*wrapped);
    reading.release = *release;
    reading.release_statement = object->statement;
    reading.body_size = ledger::age_body_size(release->size);
    if (auto done = save(reading); !done) return done.error();
    return reading;
}

Result<void> VaultSharing::fetch(const VaultShare& share, VaultReading& reading) {
    const auto& folder = deps_.vault.held();
    const auto& body = reading.release->body;
    const auto name = part_of(reading);
    if (!folder.has(body)) {
        ledger::PartFile part(folder.path(), name);
        const auto most = reading.body_size;
        while (part.size() < std::min(part.on_disk(), most))
            part.count(part.peek(
                static_cast<std::size_t>(std::min<std::uint64_t>(kVaultPart, most - part.size()))));
        part.cut();
        const auto path = shared_path(reading.share, "/bodies/" + ledger::to_hex(body));
        const auto began = std::chrono::steady_clock::now();
        for (const auto until = std::min(most, part.size() + kAtATime); part.size() < until;) {
            // Who drips, or whose share is about to be destroyed, holds nobody up for long.
            if (destroying_ > 0 || std::chrono::steady_clock::now() - began > kLongestFetch) break;
            const auto wanted =
                static_cast<std::size_t>(std::min<std::uint64_t>(kVaultPart, most - part.size()));
            const auto bytes = deps_.peers.get(share.owner, path, part.size(), wanted);
            if (!bytes) return ledger::within(share.owner, bytes.error());
            if (bytes->empty() || bytes->size() > wanted)
                return ledger::invalid(share.owner +
                                       " sends a file of another size than it signed");
            part.append(ledger::as_bytes(*bytes));
        }
        reading.have = part.size();
        if (part.size() < most) return {};
        if (part.hash() != body) {
            folder.remove_part(name);
            reading.have = 0;
            return ledger::invalid(share.owner + " sent another file than the one it signed for");
        }
        part.sync();
        folder.keep(name, body);
    }
    reading.have = reading.body_size;
    reading.complete = true;
    return save(reading);
}

Result<VaultReading> VaultSharing::held_version(const std::string& name,
                                                const std::string& document, std::uint64_t version,
                                                const VaultReader& reader, VaultUse use) const {
    const auto known = held_share(name);
    if (!known) return known.error();
    if (const auto no = held_refusal(*known, reader)) return refused(*no);
    if (use == VaultUse::take && known->terms.mode != ledger::ShareMode::download)
        return refused({"share.view-only", "the share lets nobody take the file out of the node"});
    auto reading = reading_of(*known, document, version);
    if (!reading || !reading->complete) return nothing("that version is not here: open it first");
    return std::move(*reading);
}

Result<VaultSharing::Range> VaultSharing::read_held(const VaultReading& reading,
                                                    std::uint64_t offset, std::size_t size) const {
    const auto key = deps_.vault.keys().unwrap(place_of(reading), reading.key, reading.wrapped);
    if (!key) return key.error();
    auto body = ledger::BodyReader::open(deps_.vault.held().file_of(reading.release->body));
    if (!body) return body.error();
    auto bytes = body->read(*key, offset, std::min(size, kVaultPart));
    if (!bytes) return bytes.error();
    return Range{std::move(*bytes), body->size()};
}

}  // namespace reelproof::api
