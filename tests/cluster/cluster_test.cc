// Five organisations whose network and nodes fail while their people go on working. At the end
// everybody holds the same logs, nothing that was answered is lost or there twice, and nobody was
// accused. REELPROOF_SEED repeats a run: the same faults in the same order, and the same packets
// lost as far as they come at the same time.
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "ledger/base/bytes.h"
#include "ledger/base/sha256.h"
#include "tests/cluster/writer.h"
#include "tests/node/cli_support.h"

using namespace reelproof;
using namespace reelproof::cluster;

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSites = 5;
constexpr std::size_t kHidden = 4;  // behind a firewall: it delivers its log
constexpr auto kPatience = 5min;

std::uint32_t seed_of_run() {
    const char* given = std::getenv("REELPROOF_SEED");
    const auto seed = given != nullptr
                          ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10))
                          : std::random_device{}();
    std::cout << "REELPROOF_SEED=" << seed << std::endl;
    return seed;
}

class Cluster {
  public:
    // `offsets`: by how many seconds each node's clock is wrong.
    Cluster(std::uint32_t seed, const std::vector<long>& offsets) : wire_(kSites, seed) {
        for (std::size_t i = 0; i < kSites; ++i)
            sites_.push_back(std::make_unique<Site>(wire_, i, folder_.path(),
                                                    i == 0 ? "" : sites_[0]->folder(), offsets[i]));
        for (const auto& site : sites_)
            for (const auto& other : sites_)
                if (site != other)
                    site->add_partner(*other, other->place() == kHidden  ? Site::Reach::calls
                                              : site->place() == kHidden ? Site::Reach::delivers
                                                                         : Site::Reach::both);
        wire_.put_behind_firewall(kHidden);
        for (const auto& site : sites_) {
            site->start();
            clients_.emplace_back(wire_, *site);
        }
    }

    Wire& wire() { return wire_; }
    Site& site(std::size_t i) { return *sites_[i]; }
    SiteClient& client(std::size_t i) { return clients_[i]; }
    [[nodiscard]] std::vector<std::string> others(std::size_t i) const {
        std::vector<std::string> out;
        for (const auto& site : sites_)
            if (site->place() != i) out.push_back(site->org());
        return out;
    }

    // What keeps the replicas from being the same, or empty.
    std::string difference() {
        for (std::size_t owner = 0; owner < kSites; ++owner) {
            const auto own = client(owner).get("/log/checkpoint");
            if (!own) return site(owner).org() + ": " + own.error().message;
            for (std::size_t holder = 0; holder < kSites; ++holder) {
                if (holder == owner) continue;
                const auto copy =
                    client(holder).get("/mirror/" + name_of_log(owner) + "/checkpoint");
                if (!copy || signed_part(*copy) != signed_part(*own))
                    return site(holder).org() + " does not hold " + site(owner).origin();
            }
        }
        return "";
    }
    // Who does not know that its log is kept by whom, or empty.
    std::string unknown_keeper() {
        for (std::size_t owner = 0; owner < kSites; ++owner) {
            const auto health = client(owner).get_json("/v1/health");
            if (!health) return health.error().message;
            const auto size = health->at("log").at("size").to_number<std::uint64_t>();
            for (const auto& partner : health->at("partners").as_array()) {
                // What the hidden one keeps, nobody can ask it.
                if (partner.at("org").as_string() == site(kHidden).org()) continue;
                if (partner.at("replicated").to_number<std::uint64_t>() < size)
                    return site(owner).org() + " does not know that " +
                           std::string(partner.at("org").as_string()) + " keeps its log";
            }
        }
        return "";
    }
    // Alarms that a node raises now; nothing of one that does not answer.
    void look_for_alarms() {
        for (std::size_t i = 0; i < kSites; ++i) {
            if (!site(i).running()) continue;
            const auto health = client(i).get_json("/v1/health");
            if (!health) continue;
            for (const auto& alarm : health->at("alarms").as_array())
                alarms_.insert(site(i).org() + ": " + std::string(alarm.as_string()));
        }
    }
    // Those that were seen, in answers and in what the nodes wrote.
    std::string alarms() {
        look_for_alarms();
        std::string out;
        for (const auto& alarm : alarms_) out += alarm + "\n";
        for (const auto& site : sites_)
            for (const auto& line : site->errors()) out += site->org() + ": " + line + "\n";
        return out;
    }

  private:
    [[nodiscard]] std::string name_of_log(std::size_t owner) const {
        return ledger::to_hex(ledger::sha256(ledger::as_bytes(sites_[owner]->origin())));
    }
    static std::string signed_part(const std::string& note) {
        return note.substr(0, note.find("\n\n"));
    }

    node::tests::WorkFolder folder_;
    Wire wire_;
    std::vector<std::unique_ptr<Site>> sites_;
    std::vector<SiteClient> clients_;
    std::set<std::string> alarms_;
};

std::string eventually_none(const std::function<std::string()>& trouble) {
    std::string last;
    for (const auto end = std::chrono::steady_clock::now() + kPatience;
         std::chrono::steady_clock::now() < end; std::this_thread::sleep_for(200ms)) {
        last = trouble();
        if (last.empty()) return "";
    }
    return last;
}

struct Fault {
    std::string name;
    std::function<void(Wire&)> begin;
};

std::vector<Fault> faults(std::mt19937& random) {
    const auto cut = [](Wire& wire, std::size_t from, std::size_t to) {
        wire.set(from, to, {.cut = true});
    };
    const std::size_t one = random() % kSites;
    const auto side = 1 + random() % 30;  // neither none nor all
    const std::size_t mute = random() % kSites;
    const std::size_t slow = random() % kSites;
    return {
        {"org" + std::to_string(one) + " is cut off",
         [=](Wire& wire) {
             for (std::size_t i = 0; i < kSites; ++i) cut(wire, i, one), cut(wire, one, i);
         }},
        {"two parts, by " + std::to_string(side),
         [=](Wire& wire) {
             for (std::size_t i = 0; i < kSites; ++i)
                 for (std::size_t j = 0; j < kSites; ++j)
                     if (((side >> i) & 1U) != ((side >> j) & 1U)) cut(wire, i, j);
         }},
        {"org" + std::to_string(mute) + " hears and is not heard",
         [=](Wire& wire) {
             for (std::size_t i = 0; i < kSites; ++i) cut(wire, mute, i);
         }},
        {"30 % of the packets are lost", [](Wire& wire) { wire.set_all({.loss = 0.3}); }},
        {"300 ms of delay, and a slow reader at org" + std::to_string(slow),
         [=](Wire& wire) {
             wire.set_all({.delay = 300ms});
             for (std::size_t i = 0; i < kSites; ++i)
                 wire.set(i, slow, {.delay = 300ms, .bytes_per_second = 8'000});
         }},
    };
}

// Until each writer has had so many more answers.
void wait_for_progress(Cluster& cluster, const std::vector<std::unique_ptr<Writer>>& writers,
                       std::uint64_t more) {
    std::vector<std::uint64_t> wanted;
    for (const auto& writer : writers) wanted.push_back(writer->answered() + more);
    const std::string stuck = eventually_none([&]() -> std::string {
        cluster.look_for_alarms();
        for (std::size_t i = 0; i < writers.size(); ++i) {
            if (writers[i]->gave_up())
                throw std::runtime_error(cluster.site(i).org() + ": " + writers[i]->trouble());
            if (writers[i]->answered() < wanted[i])
                return "the client of " + cluster.site(i).org() + " gets no answers";
        }
        return "";
    });
    REQUIRE(stuck == "");
}

// What one site knows of all items, and must.
std::string misses(Cluster& cluster, std::size_t site, const std::vector<Acknowledged>& items) {
    std::string out;
    for (const auto& item : items) {
        const auto history =
            cluster.client(site).post("/v1/trace", {{"symbols", boost::json::array{item.label}}});
        if (!history) {
            out += history.error().message + "\n";
            continue;
        }
        std::vector<std::string> events;
        for (const auto& event : history->at("events").as_array())
            if (event.at("org").as_string() == item.org)
                events.emplace_back(event.at("what").as_string());
        if (events == item.events) continue;
        out += cluster.site(site).org() + " has of an item of " + item.org + ":";
        for (const auto& event : events) out += " " + event;
        out += "; acknowledged were " + std::to_string(item.events.size()) + "\n";
    }
    return out;
}

struct Plan {
    int rounds;             // of all faults
    std::uint64_t answers;  // of each writer while a fault lasts
    std::size_t kills;      // in a round, of one node after the other
};

void survive(const Plan& plan) {
    if (const auto why = Wire::why_not(); !why.empty()) {
        std::cout << "SKIPPED: no network of our own can be made here: " << why << std::endl;
        return;
    }
    const auto seed = seed_of_run();
    CAPTURE(seed);
    std::mt19937 random(seed);
    Cluster cluster(seed, {0, 7 * 3600, -7 * 3600, 1800, -3 * 3600});
    REQUIRE(eventually_none([&] { return cluster.difference(); }) == "");

    std::vector<std::unique_ptr<Writer>> writers;
    for (std::size_t i = 0; i < kSites; ++i)
        writers.push_back(
            std::make_unique<Writer>(cluster.wire(), cluster.site(i), cluster.others(i), random()));
    for (int round = 0; round < plan.rounds; ++round) {
        std::size_t victim = random(), killed = 0;
        const auto all = faults(random);
        for (std::size_t f = 0; f < all.size(); ++f) {
            std::cout << all[f].name << std::endl;
            all[f].begin(cluster.wire());
            wait_for_progress(cluster, writers, plan.answers);
            // Spread over the faults.
            for (; killed < (f + 1) * plan.kills / all.size(); ++killed) {
                Site& site = cluster.site(++victim % kSites);
                site.kill();
                site.start();
                wait_for_progress(cluster, writers, 2);
            }
            cluster.wire().set_all({});
        }
        // Work goes on while the network is well again.
        wait_for_progress(cluster, writers, plan.answers);
    }
    std::vector<Acknowledged> items;
    std::uint64_t retries = 0, events = 0;
    for (const auto& writer : writers) {
        writer->finish();
        CHECK(writer->trouble() == "");
        items.insert(items.end(), writer->items().begin(), writer->items().end());
        retries += writer->retries();
        events += writer->answered();
    }
    const auto packets = cluster.wire().counts();
    std::cout << events << " events of " << items.size() << " items, " << retries
              << " retries; packets: " << packets.carried << " carried, " << packets.lost
              << " lost, " << packets.refused << " refused" << std::endl;
    REQUIRE(eventually_none([&] {
                cluster.look_for_alarms();
                return cluster.difference();
            }) == "");
    CHECK(eventually_none([&] { return cluster.unknown_keeper(); }) == "");
    for (std::size_t i = 0; i < kSites; ++i) CHECK(misses(cluster, i, items) == "");
    CHECK(cluster.alarms() == "");
    for (std::size_t i = 0; i < kSites; ++i) {
        Site& site = cluster.site(i);
        INFO(site.org());
        CHECK(site.stop() == 0);
        CHECK(run_program({"ledger", "check", "--json", "--config", site.config()},
                          site.folder() / "check.log") == 0);
    }
}

}  // namespace

TEST_CASE("five nodes come to agree whatever network and power do to them", "[cluster]") {
    survive({.rounds = 1, .answers = 5, .kills = 3});
}

TEST_CASE("five nodes come to agree though everything fails for long", "[.slow]") {
    survive({.rounds = 3, .answers = 40, .kills = 10});
}
