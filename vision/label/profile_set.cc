#include "vision/label/profile_set.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <stdexcept>

namespace reelproof::vision {
namespace {

std::string shown(const Fields& fields, const std::string& name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : to_string(found->second);
}

std::string quoted(std::string_view text) {
    return text.empty() ? "nothing" : "\"" + std::string(text) + "\"";
}

std::string difference(const Example& example, const Profile& profile, const ProfileSet& in) {
    ParseOptions options = example.options;
    options.symbology = example.symbology;
    options.profiles = &in;
    const auto parsed = parse(example.text, options);
    if (!example.refused.empty()) {
        if (parsed) return "it is to be refused (" + example.refused + "), but was read";
        if (parsed.error().code == example.refused) return {};
        return "refused with " + parsed.error().code + " instead of " + example.refused;
    }
    if (!parsed) return "it was refused: " + parsed.error().text;
    if (parsed->profile != profile.name) {
        return parsed->profile.empty()
                   ? "this profile does not recognise it (it is read as " + parsed->format + ")"
                   : "the profile " + parsed->profile + " took it";
    }
    if (parsed->recovered != example.recovered) {
        return parsed->recovered ? "it is only recovered; say recovered = true if that is right"
                                 : "it is not marked as recovered";
    }
    for (const auto& [name, wanted] : example.fields) {
        const auto found = shown(parsed->fields, name);
        if (found != to_string(wanted)) {
            return "field " + name + ": expected " + quoted(to_string(wanted)) + ", read " +
                   quoted(found);
        }
    }
    return {};
}

std::atomic<const ProfileSet*>& in_use() {
    static std::atomic<const ProfileSet*> set{nullptr};
    return set;
}

}  // namespace

Result<void> ProfileSet::add(std::string_view toml, std::string_view file) {
    auto profile = profile_from_toml(toml, file);
    if (!profile) return profile.error();
    std::erase_if(all_, [&](const auto& known) { return known->name == profile->name; });
    if (all_.size() >= max_profiles) {
        return Error{"profile.too-many", std::string(file) + ": there are 500 profiles already"};
    }
    all_.push_back(std::make_shared<const Profile>(*std::move(profile)));
    std::stable_sort(all_.begin(), all_.end(), [](const auto& a, const auto& b) {
        if (a->priority != b->priority) return a->priority > b->priority;
        return a->name < b->name;
    });
    identifiers_.clear();
    text_.clear();
    for (const auto& each : all_) {
        (each->kind == ProfileKind::identifiers ? identifiers_ : text_).push_back(each.get());
    }
    return {};
}

const ProfileSet& ProfileSet::built_in() {
    static const ProfileSet ours = [] {
        ProfileSet set;
        for (const ProfileFile& file : built_in_profile_files()) {
            // Ours are tested: one that is wrong is a mistake of ours.
            if (const auto added = set.add(file.text, file.name); !added) {
                throw std::logic_error(added.error().text);
            }
        }
        return set;
    }();
    return ours;
}

const ProfileSet& current_profiles() {
    const ProfileSet* set = in_use().load(std::memory_order_acquire);
    return set != nullptr ? *set : ProfileSet::built_in();
}

void use_profiles(ProfileSet profiles) {
    // Kept for good: somebody may be reading by the one before.
    static std::mutex guard;
    static std::vector<std::unique_ptr<const ProfileSet>> kept;
    const std::lock_guard lock(guard);
    kept.push_back(std::make_unique<const ProfileSet>(std::move(profiles)));
    in_use().store(kept.back().get(), std::memory_order_release);
}

std::vector<std::string> check_examples(const Profile& profile, const ProfileSet& in) {
    std::vector<std::string> troubles;
    for (std::size_t i = 0; i < profile.examples.size(); ++i) {
        const auto trouble = difference(profile.examples[i], profile, in);
        if (trouble.empty()) continue;
        troubles.push_back(profile.file + ": line " + std::to_string(profile.examples[i].line) +
                           ": example[" + std::to_string(i + 1) + "]: " + trouble);
    }
    return troubles;
}

}  // namespace reelproof::vision
