// The profiles that texts are read by: ours, and those that a user added.
// Thread safety: a set is constant once it is in use. use_profiles() is called at a program's
// start, before texts are parsed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/profile.h"

namespace reelproof::vision {

inline constexpr std::size_t max_profiles = 500;

class ProfileSet {
  public:
    ProfileSet() = default;

    // Fails: "profile.syntax", "profile.too-many". A profile of the same name is replaced.
    Result<void> add(std::string_view toml, std::string_view file);

    // By priority, then by name.
    const std::vector<std::shared_ptr<const Profile>>& all() const { return all_; }
    const std::vector<const Profile*>& of_identifiers() const { return identifiers_; }
    const std::vector<const Profile*>& of_text() const { return text_; }

    static const ProfileSet& built_in();

  private:
    std::vector<std::shared_ptr<const Profile>> all_;
    std::vector<const Profile*> identifiers_, text_;
};

// What parse() uses unless told otherwise: built_in() until use_profiles() was called.
const ProfileSet& current_profiles();
void use_profiles(ProfileSet profiles);

// What is wrong with the examples of a profile, each with file and line: empty when all is well.
std::vector<std::string> check_examples(const Profile& profile, const ProfileSet& in);

// Names and texts of our own files: profiles, and rules of markings.
struct ProfileFile {
    std::string_view name, text;
};
std::vector<ProfileFile> built_in_profile_files();
std::vector<ProfileFile> built_in_marking_rule_files();

}  // namespace reelproof::vision
