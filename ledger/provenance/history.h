// The history of one item: its envelopes of all organisations, found by tag, opened, and ordered by
// `prev` into a graph (DESIGN 6). Also of its parents, as far as their keys are known. Thread-safe:
// pure functions over a finder.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ledger/provenance/event.h"
#include "ledger/store/store.h"

namespace reelproof::ledger {

// Who wrote a statement of a log. What a dismissed guest registered before is a guest's.
enum class Writer { owner, guest, dismissed_guest };

// Why an event of a guest counts for nothing but its writer's name (guest_word.h).
enum class SetAside {
    no,
    had_it_not,    // somebody else had the item
    second_story,  // under a number that it had used before
    dismissed,     // registered when the log's owner had dismissed it
};

// One event of the history, with where it is proved.
struct Link {
    Hash hash{};  // envelope hash
    std::string iss;
    std::uint64_t n = 0;
    UnixSeconds iat = 0;
    Place place;
    std::uint32_t position = 0;
    Writer writer = Writer::owner;
    SetAside set_aside = SetAside::no;
    SealedBody body;
    std::string text;                  // of the event as it was sealed; where asked for
    std::vector<std::size_t> prev;     // indices into History::links; all smaller than its own
    std::vector<std::string> unknown;  // prev hashes (hex) that nobody showed us
};

// What was found but could not be used.
struct Unreadable {
    std::string iss;
    std::uint64_t n = 0;
    Place place;
    std::string reason;
};

// An envelope that is missing in a sequence.
struct Skipped {
    std::string iss;
    std::uint64_t n = 0;

    [[nodiscard]] std::string name() const { return iss + " n=" + std::to_string(n); }
    friend bool operator==(const Skipped&, const Skipped&) = default;
};

struct History {
    ItemKey key;
    std::vector<Link> links;  // in replay order: causes before effects
    std::vector<Unreadable> unreadable;
    std::vector<Skipped> skipped;

    [[nodiscard]] bool empty() const { return links.empty() && unreadable.empty(); }
    // Envelopes that no other names as its prev: what a new event names.
    [[nodiscard]] std::vector<Hash> heads() const;
    // The n of the next envelope of this organisation: one past the highest seen.
    [[nodiscard]] std::uint64_t next_n(std::string_view iss) const;
    // Facts of the first commission that counts, or none.
    [[nodiscard]] const Link* commission() const;
};

// Envelopes with this tag by this issuer, as Store::find_tag gives them; more than kMaxSameNumber
// + 1 are of no use.
using EnvelopeFinder = std::function<TaggedEnvelopes(const Tag&, const std::string& iss)>;

// More events than an honest item has: bounds the work that a hostile issuer can cause.
inline constexpr std::size_t kMaxLinks = 5000;
// Events of one issuer under one number: two contradict each other already.
inline constexpr std::size_t kMaxSameNumber = 16;

// The organisations whose word is asked for, and what each was to a log that holds a statement of
// it.
struct Issuers {
    using WriterAt = std::function<Writer(const Place&, const std::string& iss)>;

    std::vector<std::string> names;
    WriterAt writer;  // none: each wrote to a log of its own
};
// Those that this directory trusts.
Issuers trusted_issuers(std::shared_ptr<const Directory> directory);
// As the directory knows it. A log whose owner is not known yet is whose who wrote to it.
Writer writer_at(const Directory& directory, const Place& place, const std::string& iss);

// Of one guest, so that its flood does not make the item one that nobody follows.
inline constexpr std::size_t kMaxGuestLinks = 1000;

// Looks for n = 0, 1, 2, … of each issuer until two in a row are absent. An event that names
// another item than the one whose key sealed it is unreadable. All issuers' n come before any n +
// 1, so that nobody's flood hides what others wrote.
enum class LinkText { left_out, kept };
History collect(const ItemKey& key, const Issuers& issuers, const EnvelopeFinder& find,
                LinkText text = LinkText::left_out);

// An item with its ancestors, as its commissions name them: the item first, then parents breadth
// first, each once. A large board has several hundred reels behind it; the links of all together
// are bounded as well, so that a hostile family tree costs no more than a few large items.
inline constexpr std::size_t kMaxAncestors = 1000;
inline constexpr std::size_t kMaxLineageLinks = 20000;
struct Lineage {
    std::vector<History> items;
    bool truncated = false;  // more ancestors than we follow
};
Lineage collect_lineage(const ItemKey& key, const Issuers& issuers, const EnvelopeFinder& find);

}  // namespace reelproof::ledger
