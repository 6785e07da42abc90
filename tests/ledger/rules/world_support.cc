#include "tests/ledger/rules/world_support.h"

#include <algorithm>
#include <chrono>

#include "ledger/format/wire.h"
#include "ledger/provenance/compose.h"

namespace reelproof::ledger::tests {

namespace {

constexpr UnixSeconds kDay = 86400;

// Enough of date codes for the rules: YYWW, YYYYMMDD; what has another kind names no day.
std::vector<DayInterval> readings(std::string_view code, std::string_view kind) {
    using namespace std::chrono;
    if (code.find_first_not_of("0123456789") != std::string_view::npos) return {};
    const auto number = [&](std::size_t at, std::size_t size) {
        return std::stoi(std::string(code.substr(at, size)));
    };
    if (code.size() == 4 && (kind == "YYWW" || kind.empty())) {
        const int week = number(2, 2);
        if (week < 1 || week > 53) return {};
        // Week 1 is that of 4 January.
        const sys_days fourth{year(2000 + number(0, 2)) / January / 4};
        const auto monday = fourth - (weekday(fourth) - Monday) + days(7 * (week - 1));
        const auto first = monday.time_since_epoch().count();
        return {{first, first + 6}};
    }
    if (code.size() == 8 && (kind == "YYYYMMDD" || kind.empty())) {
        const year_month_day date{year(number(0, 4)), month(static_cast<unsigned>(number(4, 2))),
                                  day(static_cast<unsigned>(number(6, 2)))};
        if (!date.ok()) return {};
        const auto one = sys_days(date).time_since_epoch().count();
        return {{one, one}};
    }
    return {};
}

std::string origin_of(const std::string& org) {
    return org + "/ledger";
}

}  // namespace

World::World() {
    const std::vector<std::string> names{kMaker, kSecondMaker, kDist, kSecondDist, kEms, kOem};
    std::map<std::string, std::string> roots;
    LogId log = 0;
    for (const auto& name : names) {
        const auto& member =
            members_
                .emplace(name, Member{SecretKey::generate(), SecretKey::generate(),
                                      SecretKey::generate(), Secret<32>::random(), log++})
                .first->second;
        roots[name] = thumbprint(member.root.public_key());
    }
    directory_.emplace(roots);
    for (const auto& name : names) {
        directory_->add_log(members_.at(name).log, name);
        join(name);
        sources[name] = {origin_of(name), 1, 5, "", name == kEms};
    }
    ledger.issuers = names;
    policy.manufacturers = {{kMaker, {"STM32*", "LM358*"}, {"Northline Semi"}}};
    authorise(kMaker, kDist);
}

void World::join(const std::string& org) {
    const auto& member = members_.at(org);
    OrgGenesis genesis{org, member.root.public_key(), {}, {}, {}, {}, {}, {}, {}, {}};
    genesis.origin = origin_of(org);
    genesis.url = "https://" + org + ":8443";
    genesis.log_key = NoteSigner(origin_of(org), wire::kNoteEd25519, member.log_seed).verifier();
    genesis.mirror_key =
        NoteSigner(org + "/mirror", wire::kNoteCosignatureV1, Secret<32>::random()).verifier();
    genesis.receipt_key = member.receipt.public_key();
    genesis.tls_spki = Hash{};
    genesis.sealing_key = SealingKey::generate().public_key;
    genesis.keys = {{member.node.public_key(), "node", {"*"}, std::nullopt, std::nullopt}};
    publish(org, genesis, "org.genesis", true);
}

void World::join_as_guest(const std::string& org, const std::string& host) {
    auto& member = members_
                       .emplace(org, Member{SecretKey::generate(), SecretKey::generate(),
                                            SecretKey::generate(), Secret<32>::random(),
                                            members_.at(host).log, 1000})
                       .first->second;
    std::map<std::string, std::string> roots;
    for (const auto& [name, one] : members_) roots[name] = thumbprint(one.root.public_key());
    // A directory takes its trust at the start: build it again with the guest in it.
    directory_.emplace(roots);
    for (auto& [name, one] : members_) {
        if (name == org) continue;
        directory_->add_log(one.log, name);
        one.next = 0;
        join(name);
    }
    OrgGenesis genesis{org, member.root.public_key(), {}, {}, {}, {}, {}, {}, {}, {}};
    genesis.keys = {{member.node.public_key(), "node", {"*"}, std::nullopt, std::nullopt}};
    publish(org, genesis, "org.genesis", true);
    ledger.issuers.push_back(org);
    ledger.guests.insert(org);
    authorise(kMaker, kDist);
}

void World::publish(const std::string& org, const PublicStatement& statement, std::string_view sub,
                    bool by_root) {
    auto& member = members_.at(org);
    const auto bytes = compose_public(by_root ? member.root : member.node, org, ledger.now, sub,
                                      format_public(statement));
    INFO(org << " " << sub);
    REQUIRE(bytes);
    const auto parsed = parse_statement(*bytes);
    REQUIRE(parsed);
    const Place place{member.log, member.next++};
    const auto key = directory_->key_for(place, *parsed);
    REQUIRE(key);
    REQUIRE(verify_statement(*parsed, *key));
    REQUIRE(directory_->apply(place, *parsed));
}

void World::authorise(const std::string& maker, const std::string& distributor,
                      std::vector<std::string> mpns, std::optional<UnixSeconds> not_before,
                      std::optional<UnixSeconds> not_after) {
    publish(maker, SourceAuthorise{distributor, std::move(mpns), not_before, not_after},
            "source.authorise");
}

void World::recall(const std::string& maker, Recall what) {
    publish(maker, what, "recall");
}

void World::accuse(const std::string& by, const std::string& org, bool true_one) {
    const NoteSigner signer(origin_of(org), wire::kNoteEd25519,
                            true_one ? members_.at(org).log_seed : Secret<32>::random());
    const auto note = [&](std::uint8_t root) {
        const auto text = format_checkpoint({origin_of(org), 7, Hash{root}});
        return format_note(text, {signer.sign(text)});
    };
    LogEvidence evidence;
    evidence.origin = origin_of(org);
    evidence.first = note(1);
    evidence.second = note(2);
    evidence.size = 7;
    evidence.reason = "two roots for one size";
    publish(by, evidence, "log.evidence");
}

Hash World::make(const std::string& org, const Reel& reel, const std::vector<Reel>& of) {
    Unusual how;
    for (const auto& parent : of) how.parents.push_back(parent.key);
    return record(org, reel, commissioning(reel), how);
}

void World::ship(const std::string& from, const std::string& to, const Reel& reel) {
    record(from, reel, shipping_to(to));
    record(to, reel, receiving());
}

void World::send(const Reel& reel) {
    make(kMaker, reel);
    ship(kMaker, kDist, reel);
    record(kDist, reel, shipping_to(kEms));
}

void World::deliver(const Reel& reel) {
    send(reel);
    record(kEms, reel, receiving());
}

Verdict World::judge(const Scan& scan) {
    Observation observation;
    observation.org = scan.org;
    observation.place = scan.place;
    observation.time = scan.time.value_or(ledger.now + kDay);
    observation.lot_level = scan.lot_level;
    observation.issued = scan.issued;
    observation.label = scan.label;
    observation.quantity = scan.quantity;
    observation.remarks = scan.remarks;
    observation.marking = scan.marking;
    observation.typed = scan.typed;
    for (auto& [org, source] : sources) source.own = org == scan.org;
    const auto lineage = ledger.lineage(scan.key);
    std::vector<ItemState> states;
    for (const auto& history : lineage.items) states.push_back(replay(history));
    std::optional<LotAccount> lot;
    const auto key_of_lot = [this](std::string_view mpn, std::string_view code) {
        const ItemFacts facts = Reel().facts;
        return mpn == facts.mpn && code == facts.lot ? std::optional(lot_key) : std::nullopt;
    };
    const Case c{observation,
                 lineage,
                 states,
                 *directory_,
                 policy,
                 sources,
                 lot,
                 readings,
                 key_of_lot,
                 part ? &*part : nullptr,
                 [this](std::string_view) { return traces; }};
    if (policy.lot_accounting) lot = account_lot(ledger.history(lot_key), c.manufacturer());
    auto verdict = reelproof::ledger::judge(c);
    // Whatever the case: a rule that the documentation and a policy can't name must not exist.
    for (const auto& finding : verdict.findings) {
        const auto& ids = all_rule_ids();
        INFO(finding.rule);
        REQUIRE(std::find(ids.begin(), ids.end(), finding.rule) != ids.end());
        CHECK_FALSE(finding.text.empty());
    }
    return verdict;
}

Scan scan_of(const Reel& reel, std::string org, std::string place) {
    Scan scan;
    scan.org = std::move(org);
    scan.place = std::move(place);
    scan.key = reel.key;
    scan.label = reel.facts;
    // A label prints the maker's name, not the organisation.
    scan.label.manufacturer = "Northline Semi";
    scan.quantity = reel.quantity;
    return scan;
}

std::string word(const Verdict& verdict) {
    return std::string(to_string(verdict.decision));
}

std::string rules_in(const Verdict& verdict) {
    std::string out;
    for (const auto& finding : verdict.findings) {
        if (!out.empty()) out += ' ';
        out.append(finding.rule).append(":").append(to_string(finding.severity));
    }
    return out;
}

std::string severity_of(const Verdict& verdict, std::string_view rule) {
    for (const auto& finding : verdict.findings)
        if (finding.rule == rule) return std::string(to_string(finding.severity));
    return {};
}

std::string text_of_rule(const Verdict& verdict, std::string_view rule) {
    for (const auto& finding : verdict.findings)
        if (finding.rule == rule) return finding.text;
    return {};
}

}  // namespace reelproof::ledger::tests
