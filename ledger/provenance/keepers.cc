#include "ledger/provenance/keepers.h"

#include <algorithm>
#include <limits>

namespace reelproof::ledger {

namespace {

std::string without(std::string_view name, std::string_view suffix) {
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
    return std::string(name);
}

std::string org_of_mirror(const NoteVerifier& key) {
    return without(key.name, "/mirror");
}

std::string owner_of(const std::string& origin) {
    return without(origin, "/ledger");
}

// Its mirror, or another key that it named.
bool belongs_to(const std::string& keeper, const std::string& org) {
    return keeper == org || keeper.starts_with(org + "/");
}

}  // namespace

Keepers::Keepers(const NoteVerifier& own, const std::optional<TlogPolicy>& policy,
                 const std::vector<std::string>& partners)
    : policy_(policy) {
    if (policy_)
        for (const auto& witness : policy_->witnesses())
            keepers_.push_back({org_of_mirror(witness.key), witness.key});
    else
        for (const auto& org : partners) keepers_.push_back({org, std::nullopt});
    if (std::none_of(keepers_.begin(), keepers_.end(),
                     [&](const Keeper& one) { return one.key == own; }))
        keepers_.push_back({org_of_mirror(own), own});
}

bool Keepers::learn(const NoteVerifier& mirror) {
    const std::lock_guard lock(mutex_);
    bool other_key = false;
    const std::size_t named = policy_ ? policy_->witnesses().size() : keepers_.size();
    for (std::size_t i = 0; i < named; ++i) {
        Keeper& keeper = keepers_[i];
        if (keeper.name != org_of_mirror(mirror)) continue;
        if (!policy_) keeper.key = mirror;
        if (keeper.key == mirror) return true;
        other_key = true;
    }
    return !other_key;
}

std::vector<std::string> Keepers::saw(std::string_view checkpoint) {
    const auto note = parse_note(checkpoint);
    const auto tree = note ? parse_checkpoint(note->text) : Result<Checkpoint>(note.error());
    if (!tree) return {};
    const std::string owner = owner_of(tree->origin);
    std::vector<std::string> lines;
    const std::lock_guard lock(mutex_);
    Sizes& sizes = seen_[tree->origin];
    sizes.resize(keepers_.size());
    for (std::size_t i = 0; i < keepers_.size(); ++i) {
        const auto& [name, key] = keepers_[i];
        // What is known already is not verified again: the same checkpoints come all the time.
        if (!key || belongs_to(name, owner) || sizes[i] >= tree->size) continue;
        for (const NoteSignature& signature : note->signatures) {
            if (check_signature(*note, signature, {*key}).state != SignatureState::good) continue;
            sizes[i] = tree->size;
            lines.push_back(signature.line);
            break;
        }
    }
    return lines;
}

Keepers::Sizes Keepers::sizes_of(const std::string& origin) const {
    const auto seen = seen_.find(origin);
    return seen == seen_.end() ? Sizes(keepers_.size()) : seen->second;
}

bool Keepers::enough(const std::string& owner, const Sizes& sizes, std::uint64_t size) const {
    std::vector<bool> cosigned;
    for (const std::uint64_t one : sizes) cosigned.push_back(one >= size);
    if (policy_) {
        cosigned.resize(policy_->witnesses().size());
        return policy_->quorum_met(cosigned);
    }
    for (std::size_t i = 0; i < keepers_.size(); ++i)
        if (cosigned[i] && !belongs_to(keepers_[i].name, owner)) return true;
    return false;
}

Kept Keepers::of(const std::string& origin, std::uint64_t index) const {
    const std::string owner = owner_of(origin);
    const std::lock_guard lock(mutex_);
    const Sizes sizes = sizes_of(origin);
    Kept out;
    for (std::size_t i = 0; i < keepers_.size(); ++i) {
        if (belongs_to(keepers_[i].name, owner)) continue;
        ++out.of;
        if (sizes[i] > index) out.by.push_back(keepers_[i].name);
    }
    out.quorum = enough(owner, sizes, index + 1);
    return out;
}

std::uint64_t Keepers::quorum_size(const std::string& origin) const {
    const std::string owner = owner_of(origin);
    const std::lock_guard lock(mutex_);
    const Sizes sizes = sizes_of(origin);
    // Fewer keep more: the first that is enough is the largest.
    Sizes candidates = sizes;
    candidates.push_back(std::numeric_limits<std::uint64_t>::max());
    std::sort(candidates.rbegin(), candidates.rend());
    for (const std::uint64_t size : candidates)
        if (size > 0 && enough(owner, sizes, size)) return size;
    return 0;
}

}  // namespace reelproof::ledger
