#include <chrono>
#include <thread>

#include "ledger/base/sha256.h"
#include "tests/faults/vault_works.h"

namespace reelproof::faults {

namespace fs = std::filesystem;
using ledger::tests::kNow;

namespace {

constexpr const char* kMaker = "maker";
constexpr const char* kEms = "ems";
const api::VaultReader kQuality{"person quinn", "quinn", {"quality"}, true};

// For the deliveries between the two; long, since it is only used up by what is wrong.
bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 3000; ++i) {
        if (holds()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

}  // namespace

// Both, each with the other at hand.
struct Approval::Two {
    VaultLine line;
    VaultSide maker, ems;

    Two(const Approval& work, const fs::path& folder)
        : maker(folder / kMaker, work.maker_, work.data_key_, &work.ems_, &line),
          ems(folder / kEms, work.ems_, work.data_key_, &work.maker_, &line) {}
    ~Two() {
        line.cancel(maker.org());
        line.cancel(ems.org());
        maker.close();
        ems.close();
    }
    Two(const Two&) = delete;
    Two& operator=(const Two&) = delete;
    std::string open() {
        auto out = maker.open();
        return out.empty() ? ems.open() : out;
    }
    // What the two know of each other's word is the same.
    [[nodiscard]] bool agree(const std::string& change) const {
        const auto here = maker.changes->find(change), there = ems.changes->find(change);
        return here && there && here->by_owner == there->by_owner &&
               here->by_partner == there->by_partner;
    }
};

Approval::Approval() {
    fs::create_directories(past_.path() / kMaker);
    fs::create_directories(past_.path() / kEms);
    Two two(*this, past_.path());
    auto &maker = two.maker, &ems = two.ems;
    maker.begin();
    ems.begin();
    const auto wait = [&](const char* what, const std::function<bool()>& holds) {
        if (!eventually(holds)) throw std::runtime_error(std::string(what) + " did not come");
    };
    ledger::Agreement agreement;
    agreement.partner = ems.org();
    agreement.scope = "NDA 7";
    agreement.start = kNow - 1;
    agreement.end = kNow + 1'000'000;
    must(maker.sharing->draft(agreement));
    wait("the agreement", [&] { return !ems.sharing->agreements().empty(); });
    must(ems.sharing->sign(ems.sharing->agreements()[0].name));
    wait("its signature", [&] { return !maker.sharing->agreements()[0].theirs.empty(); });
    ledger::Share share;
    share.recipient = ems.org();
    share.project = "atlas";
    share.purpose = "series";
    share.mode = ledger::ShareMode::download;
    share.end = agreement.end;
    share.agreement = maker.sharing->agreements()[0].name;
    must(maker.sharing->grant(share, false));
    const auto imported =
        must(maker.boms->import({.project = "atlas", .name = "main", .encoding = {}, .by = "anna"},
                                ledger::as_bytes("Reference,Qty,MPN\nU1,1,NL52840-QIAA-R\n")));
    bom_ = imported.bom.value().id;
    must(maker.boms->release(bom_, "A", "anna"));
    must(maker.boms->edit(bom_, {{.line = 1, .was = "NL52840-QIAA-R", .value = "NL52840-QIAB-R"}},
                          "anna"));
    must(maker.boms->release(bom_, "B", "anna"));
    ledger::EngineeringChange change;
    change.number = "ECO-1";
    change.bom = bom_;
    change.partner = ems.org();
    change.from = 1;
    change.to = 2;
    change.reason = "U1 is not recommended any more";
    change.effect_value = "2020-01-01";
    change_ = must(maker.changes->propose(change)).terms.id;
    wait("the change", [&] { return ems.changes->find(change_).has_value(); });
    for (const std::uint64_t number : {1, 2})
        if (!must(ems.boms->open(bom_, number, kQuality)))
            throw std::runtime_error("a revision did not come");
}

void Approval::restore(const fs::path& folder) const {
    fs::remove_all(folder);
    fs::copy(past_.path(), folder, fs::copy_options::recursive);
}

namespace {

ledger::Result<api::ChangeOrder> approve(const VaultSide& side, const std::string& change) {
    const auto known = must(side.changes->find(change));
    return side.changes->answer(
        {.id = change, .person = "quinn", .reason = {}, .digest = ledger::sha256(known.payload)},
        kQuality);
}

}  // namespace

std::size_t Approval::run(const fs::path& folder, const std::function<void()>& answered) const {
    Two two(*this, folder);
    if (!two.open().empty()) return 0;
    must(approve(two.maker, change_));
    answered();
    must(approve(two.ems, change_));
    answered();
    return eventually([&] { return two.agree(change_); }) ? steps() : 1;
}

std::string Approval::look_at(const Two& two, std::size_t answered) const {
    std::string out = two.maker.node.check() + two.ems.node.check();
    if (!eventually([&] { return two.agree(change_); })) return out + "the two never agree\n";
    const auto change = must(two.maker.changes->find(change_));
    for (const auto& [given, by, step] :
         {std::tuple(&change.by_owner, &two.maker, 1U), {&change.by_partner, &two.ems, 2U}}) {
        if (given->empty()) {
            if (answered >= step) out += by->org() + " was answered, and has not signed\n";
        } else if (!by->committed(*given)) {
            out += "the log of " + by->org() + " has no commitment to what it signed\n";
        }
    }
    for (const auto* side : {&two.maker, &two.ems}) {
        const auto known = must(side->changes->find(change_));
        const bool both = !known.by_owner.empty() && !known.by_partner.empty();
        if ((known.standing(kNow) == ledger::ChangeStanding::approved) != both)
            out += "at " + side->org() + " it is approved by one alone\n";
        const auto floor = must(side->changes->on_floor(bom_, {}, {}));
        if (floor.revision != (both ? "B" : "A"))
            out += "at " + side->org() + " the floor builds by " + floor.revision + "\n";
        if (!side->sharing->refused_by_partners().empty())
            out += "something was refused to " + side->org() + "\n";
    }
    return out;
}

std::string Approval::look(const fs::path& folder, std::size_t answered) const {
    Two two(*this, folder);
    if (auto trouble = two.open(); !trouble.empty()) return "it does not open: " + trouble;
    auto out = look_at(two, answered);
    if (!out.empty()) return out;
    for (const auto* side : {&two.maker, &two.ems}) {
        const auto known = must(side->changes->find(change_));
        const bool given = !(side == &two.maker ? known.by_owner : known.by_partner).empty();
        const auto again = approve(*side, change_);
        if (given == again.has_value())
            out += side->org() + (given ? " signs twice\n"
                                        : " can't sign any more: " + again.error().message + "\n");
    }
    return out + look_at(two, steps());
}

}  // namespace reelproof::faults
