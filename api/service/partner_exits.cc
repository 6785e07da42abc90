#include "api/service/partner_exits.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>

#include "api/service/given_text.h"
#include "api/service/vault_errors.h"
#include "api/service/vault_rows.h"
#include "ledger/base/counted.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::Bytes;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

constexpr std::string_view kExit = "vault.exit/";
constexpr ledger::UnixSeconds kHour = 3600, kLongest = 365 * 24 * kHour;
// A partner's, that we keep: each is signed, and an honest one needs one.
constexpr std::size_t kMostOfPartner = 20, kMostParts = 200;
constexpr std::size_t kMostBytesOfPartner = std::size_t{4} << 20, kLongestReason = 1000;

std::string key_of(const PartnerExit& exit) {
    return std::string(kExit) + exit.partner + "/" + exit.id;
}

json::object of_exit(const PartnerExit& exit) {
    json::array notices;
    for (const auto& one : exit.notices) notices.emplace_back(ledger::to_base64(one));
    return {{"name", exit.name},
            {"ours", exit.ours ? 1 : 0},
            {"why", exit.why},
            {"by", exit.by},
            {"began", exit.began},
            {"until", exit.until},
            {"agreements", json::value_from(exit.agreements)},
            {"shares", json::value_from(exit.shares)},
            {"destroyed", json::value_from(exit.destroyed)},
            {"notices", std::move(notices)},
            {"parts", static_cast<std::int64_t>(exit.parts)},
            {"told", exit.told},
            {"accounts", exit.accounts},
            {"accounts_by", exit.accounts_by},
            {"closed", exit.closed},
            {"closed_by", exit.closed_by},
            {"closed_why", exit.closed_why}};
}

PartnerExit to_exit(std::string_view name, const json::object& row) {
    const auto slash = name.rfind('/');
    PartnerExit out{.id = std::string(name.substr(slash + 1)),
                    .partner = std::string(name.substr(0, slash)),
                    .ours = number_in(row, "ours") != 0,
                    .why = text_in(row, "why"),
                    .by = text_in(row, "by"),
                    .began = number_in(row, "began"),
                    .until = number_in(row, "until"),
                    .agreements = texts_in(row, "agreements"),
                    .shares = texts_in(row, "shares"),
                    .destroyed = texts_in(row, "destroyed"),
                    .parts = static_cast<std::uint64_t>(number_in(row, "parts")),
                    .told = number_in(row, "told"),
                    .accounts = number_in(row, "accounts"),
                    .accounts_by = text_in(row, "accounts_by"),
                    .closed = number_in(row, "closed"),
                    .closed_by = text_in(row, "closed_by"),
                    .closed_why = text_in(row, "closed_why")};
    // Rows of before have none: no two had the same id.
    out.name = row.contains("name") ? text_in(row, "name") : out.id;
    for (const auto& text : texts_in(row, "notices"))
        out.notices.push_back(vault_rows::bytes_of(text));
    return out;
}

void add_all(std::vector<std::string>& to, const std::vector<std::string>& more) {
    for (const auto& one : more)
        if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
}

Error no_exit() {
    return nothing("there is no such exit: `reelproof vault exit list` shows them");
}

}  // namespace

PartnerExits::PartnerExits(VaultSharing& sharing, JsonRows& rows, std::string org,
                           ledger::Clock clock)
    : sharing_(sharing), rows_(rows), org_(std::move(org)), clock_(std::move(clock)) {
    rows_.each(kExit, [&](std::string_view name, const json::object& row) {
        auto exit = to_exit(name, row);
        exits_.keep(exit.name, exit);
    });
    sharing_.take_with<ledger::ExitNotice>(
        [this](const std::string& from, const ledger::SignedObject& object) {
            return take(from, object);
        });
}

std::vector<PartnerExit> PartnerExits::exits() const {
    auto out = exits_.all();
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return a.began > b.began; });
    return out;
}

std::vector<ExitFile> PartnerExits::files(const PartnerExit& exit) const {
    std::set<std::string> shares;
    const auto& owner = exit.ours ? org_ : exit.partner;
    for (const auto& share : sharing_.shares())
        if (share.owner == owner && share.other(org_) == exit.partner)
            shares.insert(share.terms.id);
    std::vector<ExitFile> out;
    for (const auto& one : sharing_.readings()) {
        if (one.partner != exit.partner || !one.release || !shares.contains(one.share)) continue;
        if (one.asked > exit.began || (one.destroyed != 0 && one.destroyed < exit.began)) continue;
        out.push_back({one.share, one.request.document, one.release->name, one.request.version,
                       one.release->size, one.release->body, one.asked, one.destroyed});
    }
    return out;
}

std::vector<PassedShare> PartnerExits::passed_on(const PartnerExit& exit) const {
    std::vector<PassedShare> out;
    if (!exit.ours) return out;
    const PassedOn passed(sharing_.passed());
    for (const auto& share : sharing_.shares()) {
        if (share.owner != org_ || share.terms.recipient != exit.partner) continue;
        for (auto& one : passed.under(share, org_)) {
            std::erase_if(one.files, [&](const PassedShare::File& file) {
                return file.destroyed != 0 && file.destroyed < exit.began;
            });
            if (!one.files.empty()) out.push_back(std::move(one));
        }
    }
    return out;
}

std::vector<ExitStep> PartnerExits::steps(const PartnerExit& exit) const {
    const auto all = files(exit);
    const auto destroyed = static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [](const ExitFile& one) { return one.destroyed != 0; }));
    const auto counted_files =
        std::to_string(destroyed) + " of " + ledger::counted(all.size(), "file");
    const auto got = [](const std::string& what, const std::string& to,
                        const std::optional<std::string>& why) {
        return what + (why ? " not got to " + to + ": " + *why : " got to " + to);
    };
    if (!exit.ours) {
        std::vector<Bytes> confirmations;
        for (const auto& share : sharing_.shares())
            if (share.owner == exit.partner)
                confirmations.insert(confirmations.end(), share.destructions.begin(),
                                     share.destructions.end());
        const auto on_its_way = sharing_.undelivered(exit.partner, confirmations);
        return {{"notice",
                 std::to_string(exit.notices.size()) + " of " +
                     ledger::counted(exit.parts, "part") + " of its list are here",
                 exit.notices.size() == exit.parts},
                {"destruction",
                 "this node has destroyed the keys of " + counted_files + " of " + exit.partner,
                 destroyed == all.size()},
                {"confirmation", got("the signed confirmations have", exit.partner, on_its_way),
                 destroyed == all.size() && !on_its_way}};
    }
    const auto list_waits =
        exit.told != 0 ? std::nullopt : sharing_.undelivered(exit.partner, exit.notices);
    std::size_t agreements = 0, given = 0, held = 0;
    for (const auto& one : sharing_.agreements())
        if (one.terms.is_between(org_, exit.partner) && one.ended == 0 &&
            one.signed_by_us <= exit.began)
            ++agreements;
    for (const auto& one : sharing_.shares()) {
        if (one.granted > exit.began) continue;
        if (one.owner == org_ && one.terms.recipient == exit.partner && one.ended == 0) ++given;
        if (one.owner == exit.partner && one.destroyed == 0) ++held;
    }
    const auto ended = [](std::size_t open, std::size_t done, std::string_view what) {
        return ledger::counted(done, what) + " ended" +
               (open == 0 ? std::string()
                          : ", " + std::to_string(open) + " not yet: off-board it again to go on");
    };
    std::vector<ExitStep> out{
        {"agreements", ended(agreements, exit.agreements.size(), "agreement"), agreements == 0},
        {"shares", ended(given, exit.shares.size(), "share"), given == 0},
        {"own-copies",
         "the keys of " + ledger::counted(exit.destroyed.size(), "share") + " of " + exit.partner +
             " are destroyed here" +
             (held == 0 ? std::string()
                        : ", of " + std::to_string(held) + " not yet: off-board it again to go on"),
         held == 0},
        {"notice", got("the list of what it holds has", "its node", list_waits),
         exit.told != 0 || (!exit.notices.empty() && !list_waits)},
        {"destruction", exit.partner + " has confirmed, signed, " + counted_files,
         destroyed == all.size()}};
    // Each sub-tier's own word, which the partner's node hands on.
    if (const auto passed = passed_on(exit); !passed.empty()) {
        std::size_t below = 0, gone = 0;
        std::set<std::string> holders;
        for (const auto& one : passed) {
            holders.insert(one.terms.recipient);
            for (const auto& file : one.files) {
                ++below;
                if (file.destroyed != 0) ++gone;
            }
        }
        std::string who;
        for (const auto& one : holders) who += (who.empty() ? "" : ", ") + one;
        out.push_back({"sub-tiers",
                       "confirmed, signed, by those to whom it passed on (" + who +
                           "): " + std::to_string(gone) + " of " + ledger::counted(below, "file"),
                       gone == below});
    }
    out.push_back({"accounts",
                   exit.accounts != 0
                       ? exit.accounts_by + " has closed what its people had here"
                       : "somebody must close the accounts, tokens and stations that its people "
                         "had here (reelproof user, token, guest), and say so",
                   exit.accounts != 0});
    return out;
}

// With changing_ held: what is new gets its name.
Result<PartnerExit> PartnerExits::save(PartnerExit exit, const std::vector<Bytes>& notices) {
    if (exit.name.empty())
        exit.name = exits_.find(exit.id) ? exit.partner + ":" + exit.id : exit.id;
    if (auto done = sharing_.send({key_of(exit), of_exit(exit)}, exit.partner, notices); !done)
        return done.error();
    exits_.keep(exit.name, exit);
    return exit;
}

Result<std::vector<Bytes>> PartnerExits::notices_of(const PartnerExit& exit) const {
    std::map<std::string, std::vector<std::string>> bodies;
    for (const auto& one : files(exit))
        if (one.destroyed == 0) bodies[one.share].push_back(ledger::to_hex(one.body));
    std::vector<ledger::ExitNotice> parts;
    for (const auto& [share, all] : bodies)
        for (std::size_t from = 0; from < all.size(); from += ledger::kMostDestroyed) {
            const auto to = std::min(all.size(), from + ledger::kMostDestroyed);
            auto& part = parts.emplace_back();
            part.share = share;
            part.bodies.assign(all.begin() + static_cast<std::ptrdiff_t>(from),
                               all.begin() + static_cast<std::ptrdiff_t>(to));
        }
    if (parts.empty()) parts.emplace_back();
    std::vector<Bytes> out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        parts[i].id = exit.id;
        parts[i].reason = exit.why;
        parts[i].until = exit.until;
        parts[i].part = i + 1;
        parts[i].parts = parts.size();
        auto object = sharing_.sign_object(parts[i]);
        if (!object) return object.error();
        out.push_back(std::move(object->statement));
    }
    return out;
}

Result<PartnerExit> PartnerExits::begin(const std::string& partner, const std::string& why,
                                        const std::string& by, ledger::UnixSeconds hours) {
    if (hours < 1 || hours * kHour > kLongest)
        return ledger::malformed("hours must be 1 to " + std::to_string(kLongest / kHour));
    if (auto fine = check_given(why, "reason", true, kLongestReason); !fine) return fine.error();
    const std::lock_guard changing(changing_);
    const auto agreements = sharing_.agreements();
    const auto shares = sharing_.shares();
    if (std::none_of(agreements.begin(), agreements.end(),
                     [&](const auto& one) { return one.terms.is_between(org_, partner); }) &&
        std::none_of(shares.begin(), shares.end(), [&](const auto& one) {
            return one.owner == partner || one.terms.recipient == partner;
        }))
        return nothing("there are no agreements and no shares with " + partner);
    std::optional<PartnerExit> exit;
    for (auto& one : exits())
        if (one.ours && one.partner == partner && one.closed == 0) exit = std::move(one);
    if (!exit) {
        exit = PartnerExit{.id = ledger::vault_id_text(ledger::new_vault_id()),
                           .partner = partner,
                           .why = why,
                           .by = by,
                           .began = clock_()};
        exit->until = exit->began + hours * kHour;
        // First of all: whatever is cut off behind this is seen to be open.
        auto saved = save(*exit, {});
        if (!saved) return saved;
        exit = std::move(*saved);
    }
    auto ended = sharing_.offboard(partner, exit->why);
    if (!ended) return ended.error();
    add_all(exit->agreements, ended->agreements);
    add_all(exit->shares, ended->shares);
    add_all(exit->destroyed, ended->destroyed);
    if (!exit->notices.empty()) return save(std::move(*exit), {});
    auto notices = notices_of(*exit);
    if (!notices) return notices.error();
    exit->notices = *notices;
    exit->parts = notices->size();
    return save(std::move(*exit), *notices);
}

Result<PartnerExit> PartnerExits::confirm_accounts(const std::string& name, const std::string& by) {
    const std::lock_guard changing(changing_);
    auto known = exit(name);
    if (!known || !known->ours) return no_exit();
    if (known->accounts != 0) return *known;
    known->accounts = clock_();
    known->accounts_by = by;
    return save(std::move(*known), {});
}

Result<PartnerExit> PartnerExits::destroy(const std::string& name) {
    const std::lock_guard changing(changing_);
    auto known = exit(name);
    if (!known || known->ours) return no_exit();
    std::set<std::string> shares;
    for (const auto& file : files(*known))
        if (file.destroyed == 0) shares.insert(file.share);
    for (const auto& share : sharing_.shares()) {
        if (share.owner != known->partner || !shares.contains(share.terms.id)) continue;
        const auto done = sharing_.destroy(share.name, known->why);
        if (!done) return done.error();
        add_all(known->destroyed, {share.name});
    }
    return save(std::move(*known), {});
}

Result<PartnerExit> PartnerExits::close(const std::string& name, const std::string& by,
                                        const std::string& why) {
    const std::lock_guard changing(changing_);
    auto known = exit(name);
    if (!known) return no_exit();
    if (known->closed != 0) return *known;
    for (const auto& step : steps(*known))
        if (!step.done && why.empty())
            return Error{ErrorKind::conflict,
                         "the step " + std::string(step.name) + " is open: " + step.text +
                             "; finish it, or say with --reason why it is closed so"};
    if (auto fine = check_given(why, "reason", false, kLongestReason); !fine) return fine.error();
    known->closed = clock_();
    known->closed_by = by;
    known->closed_why = why;
    return save(std::move(*known), {});
}

void PartnerExits::look() {
    for (const auto& one : exits()) {
        if (!one.ours || one.told != 0 || one.notices.empty() ||
            sharing_.undelivered(one.partner, one.notices))
            continue;
        const std::lock_guard changing(changing_);
        auto known = exit(one.name);
        known->told = clock_();
        (void)save(std::move(*known), {});
    }
}

Result<void> PartnerExits::take(const std::string& org, const ledger::SignedObject& object) {
    const auto& notice = std::get<ledger::ExitNotice>(object.object);
    if (notice.parts < 1 || notice.parts > kMostParts || notice.part < 1 ||
        notice.part > notice.parts)
        return ledger::malformed("part and parts must be 1 to " + std::to_string(kMostParts));
    const std::lock_guard changing(changing_);
    std::optional<PartnerExit> known;
    for (auto& one : exits_.all())
        if (one.id == notice.id && one.partner == org) known = std::move(one);
    if (known && (known->ours || known->parts != notice.parts))
        return Error{ErrorKind::conflict, "there is another exit of that id"};
    std::size_t count = 0, bytes = object.statement.size();
    for (const auto& one : exits_.all()) {
        if (one.ours || one.partner != org) continue;
        ++count;
        for (const auto& statement : one.notices) bytes += statement.size();
    }
    if ((!known && count >= kMostOfPartner) || bytes > kMostBytesOfPartner)
        return Error{
            ErrorKind::too_large,
            "more than we keep of one partner: " + ledger::counted(kMostOfPartner, "exit") +
                " and " + ledger::counted(kMostBytesOfPartner, "byte") + " of lists"};
    if (!known)
        known = PartnerExit{.id = notice.id,
                            .partner = org,
                            .ours = false,
                            .why = notice.reason,
                            .by = org,
                            .began = clock_(),
                            .until = notice.until,
                            .parts = notice.parts};
    // Delivered again, or a part that came before.
    for (const auto& one : known->notices) {
        const auto other = ledger::read_signed_object(one);
        const auto* part = other ? std::get_if<ledger::ExitNotice>(&other->object) : nullptr;
        if (part != nullptr && part->part == notice.part) return {};
    }
    known->notices.push_back(object.statement);
    if (auto done = save(std::move(*known), {}); !done) return done.error();
    return {};
}

}  // namespace reelproof::api
