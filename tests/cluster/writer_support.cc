#include <random>

#include "ledger/format/item.h"
#include "tests/cluster/writer.h"

namespace reelproof::cluster {

namespace {

namespace json = boost::json;

constexpr std::chrono::minutes kPatience{5};
constexpr std::chrono::milliseconds kBetween{120}, kBeforeRetry{100};

std::string new_label(std::mt19937& random, const std::string& mpn) {
    std::array<std::uint8_t, 16> seed{};
    for (auto& byte : seed) byte = static_cast<std::uint8_t>(random());
    return "[)>\x1e"
           "06\x1d"
           "1P" +
           mpn +
           "\x1dQ3000\x1d"
           "9D2617\x1d"
           "1TL1\x1d"
           "25SLERPF" +
           ledger::issued_serial(ledger::ItemSeed(seed)) + "\x1e\x04";
}

}  // namespace

Writer::Writer(const Wire& wire, const Site& site, std::vector<std::string> others,
               std::uint32_t seed)
    : org_(site.org()),
      thread_([this, client = SiteClient(wire, site), others = std::move(others), seed]() mutable {
          run(std::move(client), std::move(others), seed);
      }) {}

Writer::~Writer() {
    finish();
}

void Writer::finish() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

void Writer::run(SiteClient client, std::vector<std::string> others, std::uint32_t seed) {
    std::mt19937 random(seed);
    const std::string mpn = "PART-" + org_.substr(0, org_.find('.'));
    while (!stopping_ && trouble_.empty()) {
        const bool again = random() % 4 == 0;
        if (!items_.empty() && items_.back().events.size() == 1 && random() % 2 == 0) {
            const json::object body{{"items", json::array{items_.back().label}},
                                    {"to", others[random() % others.size()]}};
            if (record(client, "ship", body, again)) items_.back().events.emplace_back("ship");
        } else {
            const std::string label = new_label(random, mpn);
            if (record(client, "commission", {{"items", json::array{label}}}, again))
                items_.push_back({label, org_, {"commission"}});
        }
        std::this_thread::sleep_for(kBetween);
    }
    if (!trouble_.empty()) gave_up_ = true;
}

// `again`: sends it once more, as one does who did not hear the answer.
bool Writer::record(SiteClient& client, const std::string& what, const json::object& body,
                    bool again) {
    const std::string key = org_ + "-" + std::to_string(answered_);
    const auto end = std::chrono::steady_clock::now() + kPatience;
    std::string first;
    for (;;) {
        auto answer = client.post("/v1/" + what, body, key);
        if (answer) {
            answer->erase("repeated");
            // Others may have come to keep it meanwhile.
            for (auto& statement : answer->at("statements").as_array())
                statement.as_object().erase("replicated");
            const std::string text = json::serialize(*answer);
            if (!first.empty() && text != first) {
                trouble_ = what + " answered " + first + " and when asked again " + text;
                return false;
            }
            if (!again || !first.empty()) break;
            first = text;
            continue;
        }
        const bool lasting = answer.error().kind != ledger::ErrorKind::unavailable;
        if (lasting || std::chrono::steady_clock::now() > end) {
            trouble_ = what + ": " + answer.error().message;
            return false;
        }
        ++retries_;
        std::this_thread::sleep_for(kBeforeRetry);
    }
    ++answered_;
    return true;
}

}  // namespace reelproof::cluster
