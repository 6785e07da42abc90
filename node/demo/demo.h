// The main job on a ready-made network: nine scenes between four organisations and a broker.
// Single-threaded.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "node/demo/network.h"
#include "node/demo/props.h"

namespace reelproof::node {

// How one scene came out.
struct SceneResult {
    int number = 0;
    std::string title;
    std::string expected;  // "REJECT custody.elsewhere"
    std::string got;
    bool as_told = false;
    std::string detail;  // the reason in plain words
    double seconds = 0;
};

class Demo {
  public:
    // `say` gets each line for people; `result` each scene when it is over.
    Demo(std::filesystem::path folder, std::function<void(const std::string&)> say,
         std::function<void(const SceneResult&)> result);

    // True when every scene came out as told. Errors: the stage could not be set.
    ledger::Result<bool> run();

    [[nodiscard]] const std::vector<std::unique_ptr<DemoNode>>& nodes() const { return nodes_; }

  private:
    using Scene = ledger::Result<SceneResult> (Demo::*)();

    ledger::Result<void> set_stage();
    ledger::Result<SceneResult> genuine();
    ledger::Result<SceneResult> copied_label();
    ledger::Result<SceneResult> altered_date();
    ledger::Result<SceneResult> recalled_lot();
    ledger::Result<SceneResult> refilled_reel();
    ledger::Result<SceneResult> broker_reel();
    ledger::Result<SceneResult> too_many_parts();
    ledger::Result<SceneResult> rewritten_past();
    ledger::Result<SceneResult> offline_audit();

    // Steps that scenes share.
    ledger::Result<void> make_reels(const std::vector<PrintedLabel>& reels);
    ledger::Result<void> deliver(const std::vector<PrintedLabel>& reels, DemoNode& from,
                                 DemoNode& to, bool receive);
    ledger::Result<boost::json::object> check(DemoNode& node, const PrintedLabel& label,
                                              const std::string& photo, const std::string& place);
    ledger::Result<boost::json::object> record(DemoNode& node, const std::string& event,
                                               boost::json::object body);
    ledger::Result<void> split_twice(const PrintedLabel& reel, const PrintedLabel& first,
                                     const PrintedLabel& second);
    [[nodiscard]] static SceneResult told(const boost::json::object& verdict, std::string decision,
                                          std::string rule);
    void act(const std::string& line) { say_("     " + line); }
    [[nodiscard]] Print part(const std::string& lot) const;

    std::filesystem::path folder_;
    std::function<void(const std::string&)> say_;
    std::function<void(const SceneResult&)> result_;
    Props props_;
    std::string date_code_;
    std::vector<std::unique_ptr<DemoNode>> nodes_;
    DemoNode* maker_ = nullptr;
    DemoNode* distributor_ = nullptr;
    DemoNode* ems_ = nullptr;
    DemoNode* oem_ = nullptr;
    PrintedLabel genuine_, board_, altered_, recalled_, refilled_, last_of_lot_, split_;
    std::filesystem::path old_store_;  // the distributor's, as it was early on
};

}  // namespace reelproof::node
