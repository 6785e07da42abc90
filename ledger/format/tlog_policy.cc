#include "ledger/format/tlog_policy.h"

#include <algorithm>
#include <charconv>

#include "ledger/base/counted.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {

namespace {

constexpr std::string_view kNone = "none";
constexpr std::string_view kBlanks = " \t";

std::string quoted(std::string_view name) {
    return '"' + std::string(name) + '"';
}

Result<void> refuse(std::string message) {
    return malformed(std::move(message));
}

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for (;;) {
        const auto start = line.find_first_not_of(kBlanks);
        if (start == std::string_view::npos) return words;
        line.remove_prefix(start);
        const auto end = std::min(line.find_first_of(kBlanks), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

bool has_control(std::string_view line) {
    return std::any_of(line.begin(), line.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return (octet < 0x20 && c != '\t') || octet == 0x7f;
    });
}

Result<NoteVerifier> key_of_type(std::string_view vkey, std::uint8_t type, const char* what) {
    auto key = NoteVerifier::parse(vkey);
    if (key && key->type != type)
        return malformed("the key " + key->name + " is of type " + std::to_string(key->type) +
                         ", not " + what);
    return key;
}

// Two keys are the same whatever they are called.
template <class Named>
bool has_key(const std::vector<Named>& all, const NoteVerifier& key) {
    return std::any_of(all.begin(), all.end(),
                       [&](const Named& one) { return one.key.public_key == key.public_key; });
}

}  // namespace

class TlogPolicy::Parser {
  public:
    explicit Parser(TlogPolicy& out) : out_(out) {}

    Result<void> line(std::string_view line) {
        if (has_control(line))
            return refuse(line.ends_with('\r')
                              ? "ends as lines of Windows do: it may end in a newline only"
                              : "has a control character that is no tab");
        const auto words = words_of(line);
        if (words.empty() || words.front().starts_with('#')) return {};
        if (words[0] == "log") return log(words);
        if (words[0] == "witness") return witness(words);
        if (words[0] == "group") return group(words);
        if (words[0] == "quorum") return quorum(words);
        return refuse(quoted(words[0]) + " is none of log, witness, group, quorum");
    }

    [[nodiscard]] bool has_quorum() const { return has_quorum_; }

  private:
    using Words = std::vector<std::string_view>;

    Result<void> log(const Words& words) {
        if (words.size() < 2 || words.size() > 3) return refuse("must be: log <vkey> [<url>]");
        auto key = key_of_type(words[1], wire::kNoteEd25519, "one that signs for a log (1)");
        if (!key) return key.error();
        if (has_key(out_.logs_, *key)) return refuse("this log's key stands on a line before");
        // One origin, one key: which one would count?
        if (out_.log(key->name) != nullptr)
            return refuse("the log " + key->name + " has another key on a line before");
        if (auto room = check_room(out_.logs_.size(), "logs"); !room) return room;
        out_.logs_.push_back({std::move(*key), std::string(words.size() == 3 ? words[2] : "")});
        return {};
    }

    Result<void> witness(const Words& words) {
        if (words.size() < 3 || words.size() > 4)
            return refuse("must be: witness <name> <vkey> [<url>]");
        if (auto good = check_new_name(words[1]); !good) return good;
        auto key = key_of_type(words[2], wire::kNoteCosignatureV1, "one for cosignatures (4)");
        if (!key) return key.error();
        if (has_key(out_.witnesses_, *key))
            return refuse("this witness's key stands on a line before");
        if (auto room = check_room(out_.witnesses_.size(), "witnesses"); !room) return room;
        Voter voter;
        voter.name = words[1];
        voter.witness = out_.witnesses_.size();
        out_.voters_.push_back(std::move(voter));
        out_.witnesses_.push_back({std::string(words[1]), std::move(*key),
                                   std::string(words.size() == 4 ? words[3] : "")});
        return {};
    }

    Result<void> group(const Words& words) {
        if (words.size() < 4) return refuse("must be: group <name> all|any|<k> <member>...");
        if (auto good = check_new_name(words[1]); !good) return good;
        if (auto room = check_room(groups_++, "groups"); !room) return room;
        Voter voter;
        voter.name = words[1];
        const std::size_t count = words.size() - 3;
        if (auto read = read_threshold(words[2], count, voter.threshold); !read) return read;
        for (std::size_t i = 3; i < words.size(); ++i) {
            const auto member = find(words[i]);
            if (!member)
                return refuse(words[i] == kNone ? "\"none\" can't be a member of a group"
                                                : undefined(words[i]));
            if (out_.voters_[*member].is_member)
                return refuse(quoted(words[i]) +
                              " is a member already: each name counts in one place only");
            out_.voters_[*member].is_member = true;
            voter.members.push_back(*member);
        }
        out_.voters_.push_back(std::move(voter));
        return {};
    }

    Result<void> quorum(const Words& words) {
        if (words.size() != 2) return refuse("must be: quorum <name>, or: quorum none");
        if (has_quorum_) return refuse("a line before has said what the quorum is");
        has_quorum_ = true;
        if (words[1] == kNone) return {};
        out_.quorum_ = find(words[1]);
        if (!out_.quorum_) return refuse(undefined(words[1]));
        return {};
    }

    static Result<void> read_threshold(std::string_view word, std::size_t count, std::size_t& out) {
        if (word == "any") {
            out = 1;
        } else if (word == "all") {
            out = count;
        } else {
            const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
            if (error != std::errc() || end != word.data() + word.size() || out < 1 || out > count)
                return refuse("must ask for all, any or a number from 1 to " +
                              std::to_string(count) + " of its members, not " + quoted(word));
        }
        return {};
    }

    Result<void> check_new_name(std::string_view name) const {
        if (name == kNone) return refuse("\"none\" can't be the name of anything");
        if (find(name)) return refuse(quoted(name) + " is the name of something on a line before");
        return {};
    }

    static Result<void> check_room(std::size_t used, const char* what) {
        if (used < kMaxPolicyNames) return {};
        return Error{ErrorKind::too_large,
                     "more than " + std::to_string(kMaxPolicyNames) + " " + std::string(what)};
    }

    static std::string undefined(std::string_view name) {
        return "no line before defines " + quoted(name);
    }

    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const {
        for (std::size_t i = 0; i < out_.voters_.size(); ++i)
            if (out_.voters_[i].name == name) return i;
        return std::nullopt;
    }

    TlogPolicy& out_;
    std::size_t groups_ = 0;
    bool has_quorum_ = false;
};

Result<TlogPolicy> TlogPolicy::parse(std::string_view text) {
    TlogPolicy out;
    Parser parser(out);
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string where = "line " + std::to_string(number);
        const auto end = text.find('\n');
        // Cut short, a file may say something else: "group two 1 a" of "group two 1 a b".
        if (end == std::string_view::npos)
            return malformed(where + " does not end in a newline: is the file cut short?");
        if (auto read = parser.line(text.substr(0, end)); !read) return within(where, read.error());
        text.remove_prefix(end + 1);
    }
    if (!parser.has_quorum()) return malformed("there is no quorum line");
    return out;
}

const TlogPolicy::Log* TlogPolicy::log(std::string_view origin) const {
    const auto found = std::find_if(logs_.begin(), logs_.end(),
                                    [&](const Log& log) { return log.key.name == origin; });
    return found == logs_.end() ? nullptr : &*found;
}

bool TlogPolicy::quorum_met(const std::vector<bool>& cosigned) const {
    if (!quorum_) return true;
    std::vector<bool> votes;
    for (const Voter& voter : voters_) {
        if (voter.witness) {
            votes.push_back(cosigned.at(*voter.witness));
            continue;
        }
        const auto for_it = std::count_if(voter.members.begin(), voter.members.end(),
                                          [&](std::size_t member) { return votes[member]; });
        votes.push_back(static_cast<std::size_t>(for_it) >= voter.threshold);
    }
    return votes[*quorum_];
}

Result<std::vector<bool>> TlogPolicy::verify(const Note& checkpoint) const {
    const auto parsed = parse_checkpoint(checkpoint.text);
    if (!parsed) return parsed.error();
    if (!logs_.empty()) {
        const Log* known = log(parsed->origin);
        if (known == nullptr)
            return Error{ErrorKind::untrusted, parsed->origin + " is none of the policy's logs"};
        if (auto good = verify_note(checkpoint, known->key); !good)
            return within(parsed->origin, good.error());
    }
    std::vector<NoteVerifier> keys;
    for (const Witness& witness : witnesses_) keys.push_back(witness.key);
    std::vector<bool> cosigned(witnesses_.size());
    for (const NoteSignature& signature : checkpoint.signatures) {
        const auto checked = check_signature(checkpoint, signature, keys);
        if (checked.state == SignatureState::unknown_key) continue;
        if (checked.state == SignatureState::bad)
            return invalid(parsed->origin + ": the cosignature of " + signature.name +
                           " does not hold");
        const auto by = std::find(keys.begin(), keys.end(), *checked.key);
        cosigned[static_cast<std::size_t>(by - keys.begin())] = true;
    }
    if (!quorum_met(cosigned)) {
        std::string names;
        for (std::size_t i = 0; i < cosigned.size(); ++i)
            if (cosigned[i]) names += (names.empty() ? "" : ", ") + witnesses_[i].name;
        return Error{ErrorKind::untrusted,
                     parsed->origin + ": those who cosigned its tree of " +
                         counted(parsed->size, "entry") + " are no quorum of the policy; of its " +
                         "witnesses " + (names.empty() ? "nobody did" : "only " + names)};
    }
    return cosigned;
}

}  // namespace reelproof::ledger
