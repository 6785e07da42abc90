#include "node/demo/demo.h"

#include <chrono>

#include <boost/json.hpp>

#include "ledger/base/file.h"

namespace reelproof::node {

namespace fs = std::filesystem;
namespace json = boost::json;

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

constexpr const char* kMaker = "nordlicht-semi.example";
constexpr const char* kDistributor = "brightline-dist.example";
constexpr const char* kEms = "acme-ems.example";
constexpr const char* kOem = "kestrel-oem.example";
constexpr const char* kMpn = "NL52840-QIAA-R";

std::string policy_text() {
    return std::string(
               "version = \"demo-1\"\nlot_accounting = true\n\n[freshness]\n"
               "stale_hours = 24\nstale_major_hours = 168\n\n[[manufacturer]]\norg = \"") +
           kMaker + "\"\nmpns = [\"NL5*\"]\nnames = [\"Nordlicht Semiconductor\"]\n";
}

}  // namespace

Demo::Demo(fs::path folder, std::function<void(const std::string&)> say,
           std::function<void(const SceneResult&)> result)
    : folder_(std::move(folder)),
      say_(std::move(say)),
      result_(std::move(result)),
      props_(folder_ / "photos"),
      date_code_(date_code_of(30)) {
    fs::create_directories(folder_ / "photos");
}

Print Demo::part(const std::string& lot) const {
    Print print;
    print.mpn = kMpn;
    print.lot = lot;
    print.date_code = date_code_;
    print.manufacturer = "Nordlicht Semiconductor";
    print.quantity = 3000;
    return print;
}

Result<bool> Demo::run() {
    say_("Setting the stage: four organisations, each with a node, a ledger and keys of its own");
    if (auto set = set_stage(); !set) return set.error();
    struct Act {
        const char* title;
        const char* story;
        Scene scene;
    };
    static constexpr Act kActs[] = {
        {"a genuine reel", "made, shipped by the authorised distributor, received, loaded, placed",
         &Demo::genuine},
        {"a copied label", "the same label on another reel, offered to the OEM",
         &Demo::copied_label},
        {"an altered date code", "old parts made young with a new print", &Demo::altered_date},
        {"a recalled lot", "the maker recalls after the reel went into stock", &Demo::recalled_lot},
        {"a refilled reel", "an emptied reel comes back with other parts on it",
         &Demo::refilled_reel},
        {"a broker's reel", "nobody in the network ever heard of it", &Demo::broker_reel},
        {"more than was made",
         "a lot larger than its making, and a reel split into more than it held",
         &Demo::too_many_parts},
        {"a rewritten past", "the distributor restores an old ledger and signs another history",
         &Demo::rewritten_past},
        {"an audit, offline",
         "the OEM traces one board to the chip maker with every node switched off",
         &Demo::offline_audit},
    };
    bool all = true;
    int number = 0;
    for (const auto& act_of : kActs) {
        ++number;
        say_("");
        say_("  " + std::to_string(number) + ". " + act_of.title + ": " + act_of.story);
        const auto started = std::chrono::steady_clock::now();
        auto result = (this->*act_of.scene)();
        SceneResult scene;
        if (result) {
            scene = std::move(*result);
        } else {
            scene.expected = "the scene to play";
            scene.got = "stopped";
            scene.detail = result.error().message;
        }
        scene.number = number;
        scene.title = act_of.title;
        scene.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
        all = all && scene.as_told;
        result_(scene);
    }
    return all;
}

Result<void> Demo::set_stage() {
    auto made = make_network(folder_, {kMaker, kDistributor, kEms, kOem}, policy_text());
    if (!made) return made.error();
    nodes_ = std::move(*made);
    maker_ = nodes_[0].get();
    distributor_ = nodes_[1].get();
    ems_ = nodes_[2].get();
    oem_ = nodes_[3].get();
    for (const auto& node : nodes_) {
        if (auto started = node->start(); !started) return started.error();
        act(node->org() + " at " + node->url);
    }
    for (const auto& node : nodes_)
        for (const auto& other : nodes_)
            if (node != other)
                if (auto there = wait_for_log(*node, *other); !there) return there.error();
    act("each holds a verified copy of every other's ledger");

    auto authorised =
        record(*maker_, "authorise", {{"org", kDistributor}, {"mpns", json::array{"NL5*"}}});
    if (!authorised) return authorised.error();
    act(std::string(kMaker) + " names " + kDistributor + " as authorised distributor");

    genuine_ = props_.issue(part("7AB123"));
    altered_ = props_.issue(part("7AB123"));
    refilled_ = props_.issue(part("7AB123"));
    recalled_ = props_.issue(part("7AB124"));
    last_of_lot_ = props_.issue(part("7AB125"));
    split_ = props_.issue(part("7AB126"));
    const std::vector<PrintedLabel> reels{genuine_,  altered_,     refilled_,
                                          recalled_, last_of_lot_, split_};
    if (auto done = make_reels(reels); !done) return done;
    act("it prints six reels of " + std::string(kMpn) + ", 3,000 parts each, and ships them");
    // What a forger will later restore: the distributor's ledger before it had anything.
    old_store_ = folder_ / "old-store";
    const auto backup = run_program(
        {"ledger", "backup", "--config", distributor_->config().string(), old_store_.string()});
    if (backup.exit_code != 0) return Error{ErrorKind::unavailable, "backup: " + backup.output};
    return deliver(reels, *maker_, *distributor_, true);
}

Result<json::object> Demo::record(DemoNode& node, const std::string& event, json::object body) {
    return node.client().post("/v1/" + event, body, fresh_idempotency_key());
}

Result<void> Demo::make_reels(const std::vector<PrintedLabel>& reels) {
    json::array items;
    for (const auto& reel : reels) items.emplace_back(reel.payload);
    auto done = record(*maker_, "commission", {{"items", std::move(items)}});
    if (!done) return done.error();
    return {};
}

// Ships, lets the ledgers follow, and takes in by photograph.
Result<void> Demo::deliver(const std::vector<PrintedLabel>& reels, DemoNode& from, DemoNode& to,
                           bool receive) {
    json::array items;
    for (const auto& reel : reels) items.emplace_back(reel.payload);
    auto shipped =
        record(from, "ship", {{"to", to.org()}, {"po", "4500012345"}, {"items", std::move(items)}});
    if (!shipped) return shipped.error();
    if (auto there = wait_for_log(to, from); !there) return there;
    if (!receive) return {};
    for (const auto& reel : reels) {
        auto received = record(to, "receive", {{"symbols", json::array{reel.payload}}});
        if (!received) return received.error();
        if (!received->at("received").as_bool())
            return Error{ErrorKind::conflict, to.org() + " did not take a reel in: " +
                                                  json::serialize(received->at("findings"))};
    }
    return {};
}

// Photographs the label and asks the node, as the camera at a bench does.
Result<json::object> Demo::check(DemoNode& node, const PrintedLabel& label,
                                 const std::string& photo, const std::string& place) {
    const auto picture = props_.photograph(label, photo);
    const auto started = std::chrono::steady_clock::now();
    auto verdict = node.client().post_picture("/v1/check?place=" + place, picture);
    if (verdict)
        act(node.org() + " looks at photos/" + photo +
            ".jpg: " + std::string(verdict->at("verdict").as_string()) + " after " +
            std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::steady_clock::now() - started)
                               .count()) +
            " ms");
    return verdict;
}

SceneResult Demo::told(const json::object& verdict, std::string decision, std::string rule) {
    SceneResult out;
    out.expected = decision + (rule.empty() ? "" : " " + rule);
    out.got = verdict.at("verdict").as_string();
    const auto& findings = verdict.at("findings").as_array();
    if (!findings.empty()) out.got += " " + std::string(findings.front().at("rule").as_string());
    for (const auto& finding : findings)
        if (finding.at("rule").as_string() == rule) {
            out.detail = finding.at("text").as_string();
            out.got = std::string(verdict.at("verdict").as_string()) + " " + rule;
        }
    out.as_told = out.got == out.expected;
    return out;
}

}  // namespace reelproof::node
