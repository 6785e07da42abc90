#include "api/service/test_results.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>

#include "ledger/base/counted.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace json = boost::json;

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;
using ledger::TestResult;

namespace {

constexpr std::string_view kRow = "test.result/";

std::string digest_of(std::string_view name) {
    return ledger::to_hex(ledger::sha256(ledger::as_bytes(name))).substr(0, 32);
}

std::string rows_of(const Job& job) {
    return std::string(kRow) + digest_of(job.job) + "/";
}

json::object written(const Job& job, const std::vector<TestResult>& board) {
    json::array results;
    for (const auto& one : board)
        results.emplace_back(json::object{{"test", one.test},
                                          {"passed", one.passed ? 1 : 0},
                                          {"value", one.value},
                                          {"limits", one.limits},
                                          {"station", one.station},
                                          {"at", one.at}});
    return {{"serial", board.front().serial}, {"made", job.made}, {"results", std::move(results)}};
}

// None of a job that had this name before.
std::vector<TestResult> read(const Job& job, const json::object& row) {
    std::vector<TestResult> out;
    if (number_in(row, "made") != job.made) return out;
    const auto serial = text_in(row, "serial");
    for (const auto& one : objects_in(row, "results"))
        out.push_back({.serial = serial,
                       .test = text_in(one, "test"),
                       .passed = number_in(one, "passed") != 0,
                       .value = text_in(one, "value"),
                       .limits = text_in(one, "limits"),
                       .station = text_in(one, "station"),
                       .at = number_in(one, "at")});
    return out;
}

}  // namespace

TestResults::Boards TestResults::of(const Job& job) const {
    Boards out;
    rows_.each(rows_of(job), [&](std::string_view, const json::object& row) {
        auto board = read(job, row);
        std::stable_sort(board.begin(), board.end(),
                         [](const auto& a, const auto& b) { return a.at > b.at; });
        if (!board.empty()) out.emplace(board.front().serial, std::move(board));
    });
    return out;
}

Result<TestResults::Taken> TestResults::import(const std::string& name,
                                               const std::vector<TestResult>& results) {
    const std::lock_guard changing(changing_);
    const auto job = jobs_.find(name);
    if (!job) return Error{ErrorKind::not_found, "there is no job " + name};
    auto boards = of(*job);
    std::set<std::string> changed;
    Taken out;
    for (const auto& one : results) {
        auto& board = boards[one.serial];
        const auto known = std::find_if(board.begin(), board.end(),
                                        [&](const auto& other) { return other.is_of(one); });
        if (known != board.end()) {
            if (*known != one)
                return Error{ErrorKind::conflict,
                             "board " + one.serial + ", test " + one.test + " of " +
                                 ledger::to_iso8601(one.at) +
                                 " came with another result before: nothing was taken"};
            ++out.known;
            continue;
        }
        board.push_back(one);
        changed.insert(one.serial);
        ++out.taken;
        if (board.size() > kMostOfBoard || boards.size() > kMostBoards)
            return Error{ErrorKind::too_large,
                         "of a board at most " + ledger::counted(kMostOfBoard, "result") +
                             " are kept, and of a job at most " +
                             ledger::counted(kMostBoards, "board") + ": nothing was taken"};
    }
    std::vector<JsonRows::Change> rows;
    rows.reserve(changed.size());
    for (const auto& serial : changed)
        rows.push_back({rows_of(*job) + digest_of(serial), written(*job, boards[serial])});
    if (auto done = rows_.write(std::move(rows)); !done) return done.error();
    return out;
}

}  // namespace reelproof::api
