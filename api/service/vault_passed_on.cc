#include "api/service/vault_passed_on.h"

#include <deque>
#include <set>

#include "ledger/base/bytes.h"

namespace reelproof::api {

PassedOn::PassedOn(std::vector<VaultPassed> passed) : passed_(std::move(passed)) {
    for (const auto& one : passed_) {
        const auto& object = one.object.object;
        if (const auto* share = std::get_if<ledger::Share>(&object))
            shares_[{one.by, one.share, share->of}].push_back(&one);
        else if (const auto* key = std::get_if<ledger::KeyRelease>(&object))
            released_[{one.by, one.share, key->share}].push_back(&one);
        else if (const auto* end = std::get_if<ledger::Destruction>(&object))
            destroyed_[{one.by, one.share, end->share}].push_back(&one);
    }
}

const std::vector<const VaultPassed*>& PassedOn::at(const Found& found, const Of& of) {
    static const std::vector<const VaultPassed*> kNone;
    const auto one = found.find(of);
    return one == found.end() ? kNone : one->second;
}

std::vector<PassedShare> PassedOn::under(const VaultShare& share, const std::string& org) const {
    const auto& id = share.terms.id;
    const auto& by = share.owner == org ? share.terms.recipient : org;
    std::set<std::string> seen{id};
    std::deque<std::pair<std::string, int>> next{{id, 1}};
    std::vector<PassedShare> out;
    for (; !next.empty(); next.pop_front()) {
        const auto [of, depth] = next.front();
        for (const auto* one : at(shares_, {by, id, of})) {
            const auto& terms = std::get<ledger::Share>(one->object.object);
            if (!seen.insert(terms.id).second) continue;
            next.emplace_back(terms.id, depth + 1);
            PassedShare held{
                .terms = terms, .owner = one->object.iss, .depth = depth, .vouched = one->vouched};
            std::map<std::string, ledger::UnixSeconds> gone;
            for (const auto* word : at(destroyed_, {by, id, terms.id})) {
                held.destructions.push_back({word->statement, word->object.iat, word->vouched});
                for (const auto& body : std::get<ledger::Destruction>(word->object.object).bodies)
                    gone.emplace(body, word->object.iat);
            }
            for (const auto* told : at(released_, {by, id, terms.id})) {
                const auto& key = std::get<ledger::KeyRelease>(told->object.object);
                const auto end = gone.find(ledger::to_hex(key.body));
                held.files.push_back({key.name, key.version, key.body, told->object.iat,
                                      end == gone.end() ? 0 : end->second});
            }
            out.push_back(std::move(held));
        }
    }
    return out;
}

}  // namespace reelproof::api
