// Rows of one of the node's own tables (ledger::Table), each a JSON object. What was put is durable
// when the call returns. Thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "ledger/format/wiping_memory.h"
#include "ledger/store/sequencer.h"

namespace reelproof::api {

class JsonRows {
  public:
    JsonRows(ledger::Store& store, ledger::Sequencer& sequencer, ledger::Table table)
        : store_(store), sequencer_(sequencer), table_(table) {}

    // Each row whose key begins with `kind`, with what follows in its key. Throws EnvironmentError
    // for one that can't be read.
    void each(
        std::string_view kind,
        const std::function<void(std::string_view name, const boost::json::object&)>& take) const;
    [[nodiscard]] std::optional<boost::json::object> get(std::string_view key) const;
    // All in one transaction; an object without members removes its row. `unavailable` when the
    // store can't take it: nothing has changed then.
    struct Change {
        std::string key;
        boost::json::object object;
    };
    ledger::Result<void> write(std::vector<Change> changes);
    ledger::Result<void> put(std::string key, boost::json::object object);
    ledger::Result<void> remove(std::string key) { return put(std::move(key), {}); }
    // As a part of a transaction that is under way.
    void put(ledger::WriteTransaction& writing, const Change& change) const;

  private:
    ledger::Store& store_;
    ledger::Sequencer& sequencer_;
    const ledger::Table table_;
};

// A key that this node drew for one purpose, and keeps.
ledger::Result<ledger::Secret<32>> kept_key(JsonRows& rows, std::string_view purpose);

// Members of a row; an EnvironmentError names the one that is not as it was written.
std::string text_in(const boost::json::object& row, std::string_view name);
std::int64_t number_in(const boost::json::object& row, std::string_view name);
std::vector<std::string> texts_in(const boost::json::object& row, std::string_view name);
std::vector<boost::json::object> objects_in(const boost::json::object& row, std::string_view name);

}  // namespace reelproof::api
