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

// One event of the history, with where it is proved.
struct Link {
    Hash hash{};  // envelope hash
    std::string iss;
    std::uint64_t n = 0;
    UnixSeconds iat = 0;
    Place place;
    std::uint32_t position = 0;
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

struct History {
    ItemKey key;
    std::vector<Link> links;  // in replay order: causes before effects
    std::vector<Unreadable> unreadable;
    std::vector<std::string> skipped;  // "acme.example n=3": an envelope is missing in a sequence

    [[nodiscard]] bool empty() const { return links.empty() && unreadable.empty(); }
    // Envelopes that no other names as its prev: what a new event names.
    [[nodiscard]] std::vector<Hash> heads() const;
    // The n of the next envelope of this organisation: one past the highest seen.
    [[nodiscard]] std::uint64_t next_n(std::string_view iss) const;
    // Facts of the first commission, or none.
    [[nodiscard]] const Link* commission() const;
};

// Envelopes with this tag by this issuer, as Store::find_tag gives them; more than kMaxSameNumber
// + 1 are of no use.
using EnvelopeFinder = std::function<TaggedEnvelopes(const Tag&, const std::string& iss)>;

// More events than an honest item has: bounds the work that a hostile issuer can cause.
inline constexpr std::size_t kMaxLinks = 5000;
// Events of one issuer under one number: two contradict each other already.
inline constexpr std::size_t kMaxSameNumber = 16;

// Looks for n = 0, 1, 2, … of each issuer until two in a row are absent. An event that names
// another item than the one whose key sealed it is unreadable. All issuers' n come before any n +
// 1, so that nobody's flood hides what others wrote.
enum class LinkText { left_out, kept };
History collect(const ItemKey& key, const std::vector<std::string>& issuers,
                const EnvelopeFinder& find, LinkText text = LinkText::left_out);

// An item with its ancestors, as its commissions name them: the item first, then parents breadth
// first, each once. A large board has several hundred reels behind it; the links of all together
// are bounded as well, so that a hostile family tree costs no more than a few large items.
inline constexpr std::size_t kMaxAncestors = 1000;
inline constexpr std::size_t kMaxLineageLinks = 20000;
struct Lineage {
    std::vector<History> items;
    bool truncated = false;  // more ancestors than we follow
};
Lineage collect_lineage(const ItemKey& key, const std::vector<std::string>& issuers,
                        const EnvelopeFinder& find);

}  // namespace reelproof::ledger
