// A client of one node that records events one after the other, each until it is answered: what a
// line does while networks and nodes come and go. Runs on a thread of its own.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/cluster/site.h"

namespace reelproof::cluster {

// What was acknowledged of one item.
struct Acknowledged {
    std::string label;
    std::string org;
    std::vector<std::string> events;  // "commission", "ship"; in this order
};

class Writer {
  public:
    // `others` are the organisations that it ships to. What it does follows from `seed`.
    Writer(const Wire& wire, const Site& site, std::vector<std::string> others, std::uint32_t seed);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    [[nodiscard]] std::uint64_t answered() const { return answered_; }
    [[nodiscard]] std::uint64_t retries() const { return retries_; }
    // Returns when what was begun is answered.
    void finish();
    [[nodiscard]] bool gave_up() const { return gave_up_; }
    // After finish(). What no retry can mend, or empty.
    [[nodiscard]] const std::string& trouble() const { return trouble_; }
    [[nodiscard]] const std::vector<Acknowledged>& items() const { return items_; }

  private:
    void run(SiteClient client, std::vector<std::string> others, std::uint32_t seed);
    bool record(SiteClient& client, const std::string& what, const boost::json::object& body,
                bool again);

    const std::string org_;
    std::vector<Acknowledged> items_;  // owner: the thread, as is the next
    std::string trouble_;
    std::atomic<std::uint64_t> answered_ = 0, retries_ = 0;
    std::atomic<bool> stopping_ = false, gave_up_ = false;
    std::thread thread_;
};

}  // namespace reelproof::cluster
