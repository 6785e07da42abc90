#include "api/service/partner_papers.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/service/given_text.h"
#include "api/service/vault_errors.h"
#include "ledger/base/counted.h"
#include "ledger/vault/vault_keys.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

constexpr std::string_view kCertificate = "vault.certificate/", kPartner = "vault.partner/",
                           kNeeds = "vault.needs/";
constexpr std::size_t kLongest = 500, kMostCertificates = 10'000, kMostAnswers = 200,
                      kMostNeeds = 20;
constexpr std::int64_t kMostPoints = 1000;

Result<void> check_text(const std::string& text, std::string_view name, bool needed) {
    return check_given(text, name, needed, kLongest);
}

json::object of_certificate(const PartnerCertificate& one) {
    return {{"partner", one.partner},
            {"standard", one.standard},
            {"number", one.number},
            {"scope", one.scope},
            {"issuer", one.issuer},
            {"from", one.from},
            {"until", one.until},
            {"document", one.document},
            {"checked_by", one.checked_by},
            {"checked_how", one.checked_how},
            {"checked", one.checked},
            {"withdrawn", one.withdrawn},
            {"withdrawn_by", one.withdrawn_by},
            {"withdrawn_why", one.withdrawn_why}};
}

PartnerCertificate to_certificate(std::string_view id, const json::object& row) {
    return {.id = std::string(id),
            .partner = text_in(row, "partner"),
            .standard = text_in(row, "standard"),
            .number = text_in(row, "number"),
            .scope = text_in(row, "scope"),
            .issuer = text_in(row, "issuer"),
            .from = number_in(row, "from"),
            .until = number_in(row, "until"),
            .document = text_in(row, "document"),
            .checked_by = text_in(row, "checked_by"),
            .checked_how = text_in(row, "checked_how"),
            .checked = number_in(row, "checked"),
            .withdrawn = number_in(row, "withdrawn"),
            .withdrawn_by = text_in(row, "withdrawn_by"),
            .withdrawn_why = text_in(row, "withdrawn_why")};
}

json::object of_record(const PartnerRecord& record) {
    json::array survey;
    for (const auto& one : record.survey)
        survey.emplace_back(json::object{{"question", one.question},
                                         {"answer", one.answer},
                                         {"evidence", one.evidence},
                                         {"points", one.points},
                                         {"of", one.of}});
    return {{"steward", record.steward},
            {"their_steward", record.their_steward},
            {"survey", std::move(survey)},
            {"surveyed", record.surveyed},
            {"surveyed_by", record.surveyed_by}};
}

PartnerRecord to_record(std::string_view org, const json::object& row) {
    PartnerRecord out{.org = std::string(org),
                      .steward = text_in(row, "steward"),
                      .their_steward = text_in(row, "their_steward"),
                      .surveyed = number_in(row, "surveyed"),
                      .surveyed_by = text_in(row, "surveyed_by")};
    for (const auto& one : objects_in(row, "survey"))
        out.survey.push_back({text_in(one, "question"), text_in(one, "answer"),
                              text_in(one, "evidence"), number_in(one, "points"),
                              number_in(one, "of")});
    return out;
}

}  // namespace

PartnerPapers::PartnerPapers(JsonRows& rows, ledger::Clock clock)
    : rows_(rows), clock_(std::move(clock)) {
    rows_.each(kCertificate, [&](std::string_view id, const json::object& row) {
        certificates_.emplace(id, to_certificate(id, row));
    });
    rows_.each(kPartner, [&](std::string_view org, const json::object& row) {
        records_.emplace(org, to_record(org, row));
    });
    rows_.each(kNeeds, [&](std::string_view name, const json::object& row) {
        if (const auto classification = ledger::parse_classification(name))
            needs_.emplace(*classification, texts_in(row, "standards"));
    });
}

std::vector<PartnerCertificate> PartnerPapers::certificates() const {
    const std::lock_guard lock(mutex_);
    std::vector<PartnerCertificate> out;
    for (const auto& [id, one] : certificates_) out.push_back(one);
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        return std::tie(a.partner, a.standard, a.until) < std::tie(b.partner, b.standard, b.until);
    });
    return out;
}

Result<PartnerCertificate> PartnerPapers::add(PartnerCertificate one) {
    for (const auto& [name, text, needed] :
         {std::tuple("partner", &one.partner, true), std::tuple("standard", &one.standard, true),
          std::tuple("number", &one.number, true), std::tuple("scope", &one.scope, true),
          std::tuple("issuer", &one.issuer, true),
          std::tuple("checked_how", &one.checked_how, true),
          std::tuple("document", &one.document, false)})
        if (auto fine = check_text(*text, name, needed); !fine) return fine.error();
    if (one.until <= one.from) return ledger::malformed("until must be behind from");
    if (one.until <= clock_()) return ledger::malformed("until is in the past");
    one.id = ledger::vault_id_text(ledger::new_vault_id());
    one.checked = clock_();
    const std::lock_guard changing(changing_);
    if (certificates().size() >= kMostCertificates)
        return Error{ErrorKind::too_large, "more certificates than the vault keeps"};
    if (auto done = rows_.put(std::string(kCertificate) + one.id, of_certificate(one)); !done)
        return done.error();
    const std::lock_guard lock(mutex_);
    certificates_.emplace(one.id, one);
    return one;
}

Result<PartnerCertificate> PartnerPapers::withdraw(const std::string& id, const std::string& by,
                                                   const std::string& why) {
    if (auto fine = check_text(why, "reason", true); !fine) return fine.error();
    const std::lock_guard changing(changing_);
    PartnerCertificate one;
    {
        const std::lock_guard lock(mutex_);
        const auto found = certificates_.find(id);
        if (found == certificates_.end()) return nothing("there is no such certificate");
        one = found->second;
    }
    if (one.withdrawn != 0) return one;
    one.withdrawn = clock_();
    one.withdrawn_by = by;
    one.withdrawn_why = why;
    if (auto done = rows_.put(std::string(kCertificate) + id, of_certificate(one)); !done)
        return done.error();
    const std::lock_guard lock(mutex_);
    certificates_.insert_or_assign(id, one);
    return one;
}

PartnerRecord PartnerPapers::record(const std::string& org) const {
    const std::lock_guard lock(mutex_);
    const auto found = records_.find(org);
    return found == records_.end() ? PartnerRecord{.org = org} : found->second;
}

Result<PartnerRecord> PartnerPapers::name_stewards(const std::string& org, const std::string& ours,
                                                   const std::string& theirs) {
    if (auto fine = check_vault_name(ours, "steward"); !fine) return fine.error();
    if (auto fine = check_vault_name(theirs, "their_steward"); !fine) return fine.error();
    const std::lock_guard changing(changing_);
    auto record = this->record(org);
    record.steward = ours;
    record.their_steward = theirs;
    if (auto done = rows_.put(std::string(kPartner) + org, of_record(record)); !done)
        return done.error();
    const std::lock_guard lock(mutex_);
    records_.insert_or_assign(org, record);
    return record;
}

Result<PartnerRecord> PartnerPapers::set_survey(const std::string& org,
                                                std::vector<SurveyAnswer> answers,
                                                const std::string& by) {
    if (answers.empty() || answers.size() > kMostAnswers)
        return ledger::malformed("answers must be 1 to " + std::to_string(kMostAnswers));
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto& one = answers[i];
        const auto at = "answers[" + std::to_string(i) + "].";
        for (const auto& [name, text, needed] :
             {std::tuple("question", &one.question, true), std::tuple("answer", &one.answer, true),
              std::tuple("evidence", &one.evidence, false)})
            if (auto fine = check_text(*text, at + name, needed); !fine) return fine.error();
        if (one.of < 1 || one.of > kMostPoints || one.points < 0 || one.points > one.of)
            return ledger::malformed(at + "points must be 0 to " + at + "of, which must be 1 to " +
                                     std::to_string(kMostPoints));
        if (one.points > 0 && one.evidence.empty())
            return ledger::malformed(at +
                                     "evidence is missing: points are given for what was shown");
    }
    const std::lock_guard changing(changing_);
    auto record = this->record(org);
    record.survey = std::move(answers);
    record.surveyed = clock_();
    record.surveyed_by = by;
    if (auto done = rows_.put(std::string(kPartner) + org, of_record(record)); !done)
        return done.error();
    const std::lock_guard lock(mutex_);
    records_.insert_or_assign(org, record);
    return record;
}

std::vector<std::string> PartnerPapers::needs(ledger::Classification classification) const {
    const std::lock_guard lock(mutex_);
    const auto found = needs_.find(classification);
    return found == needs_.end() ? std::vector<std::string>() : found->second;
}

Result<void> PartnerPapers::set_needs(ledger::Classification classification,
                                      std::vector<std::string> standards) {
    if (standards.size() > kMostNeeds)
        return ledger::malformed("standards has more than " + std::to_string(kMostNeeds));
    for (const auto& one : standards)
        if (auto fine = check_text(one, "standards", true); !fine) return fine.error();
    std::sort(standards.begin(), standards.end());
    standards.erase(std::unique(standards.begin(), standards.end()), standards.end());
    const std::lock_guard changing(changing_);
    json::object row{{"standards", json::value_from(standards)}};
    if (auto done =
            rows_.put(std::string(kNeeds) + std::string(to_string(classification)), std::move(row));
        !done)
        return done.error();
    const std::lock_guard lock(mutex_);
    needs_.insert_or_assign(classification, std::move(standards));
    return {};
}

ledger::VaultVerdict PartnerPapers::refusal(const std::string& partner,
                                            ledger::Classification classification) const {
    const auto now = clock_();
    const std::lock_guard lock(mutex_);
    const auto needs = needs_.find(classification);
    if (needs == needs_.end()) return {};
    for (const auto& standard : needs->second) {
        const PartnerCertificate* last = nullptr;
        bool holds = false;
        for (const auto& [id, one] : certificates_) {
            if (one.partner != partner || one.standard != standard) continue;
            holds = holds || one.holds(now);
            if (last == nullptr || one.until > last->until) last = &one;
        }
        if (holds) continue;
        auto reason = std::string("what is ") + std::string(to_string(classification)) +
                      " goes only to partners with " + standard + ", and " + partner;
        if (last == nullptr)
            reason += " has shown no such certificate";
        else if (last->withdrawn != 0)
            reason += "'s certificate was withdrawn on " + ledger::to_iso8601(last->withdrawn) +
                      ": " + last->withdrawn_why;
        else
            reason += last->until < now
                          ? "'s certificate ended on " + ledger::to_iso8601(last->until)
                          : "'s certificate begins on " + ledger::to_iso8601(last->from);
        return ledger::VaultRefusal{"partner.certificate", std::move(reason)};
    }
    return {};
}

}  // namespace reelproof::api
