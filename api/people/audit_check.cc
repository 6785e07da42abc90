#include "api/people/audit_check.h"

#include <map>

#include <boost/json.hpp>

#include "api/people/audit_row.h"
#include "ledger/format/statement.h"

namespace reelproof::api {

namespace {

namespace json = boost::json;

constexpr std::size_t kMostTold = 20;

struct Head {
    std::uint64_t index = 0;  // in our log
    bool found = false;
};
// By hash. One that was published twice is one.
using Heads = std::map<ledger::Hash, Head>;

Heads heads_in(const ledger::Store& store) {
    Heads out;
    store.public_statements(ledger::kOwnLog, [&](std::uint64_t index, ledger::ByteView statement) {
        const auto parsed = ledger::parse_statement(statement);
        if (!parsed || parsed->header.sub != "audit.head") return;
        boost::system::error_code failed;
        const auto payload = json::parse(ledger::as_text(parsed->payload), failed);
        const auto* text =
            failed || !payload.is_object() ? nullptr : payload.get_object().if_contains("head");
        if (text == nullptr || !text->is_string()) return;
        if (const auto hash = ledger::array_from_hex<32>(text->get_string(), "head"))
            out.emplace(*hash, Head{index});
    });
    return out;
}

class Chain {
  public:
    explicit Chain(const ledger::Store& store) : heads_(heads_in(store)) {
        out_.heads = heads_.size();
        try {
            store.scan_from(ledger::Table::audit, audit_key(0),
                            [this](ledger::ByteView key, ledger::ByteView value) {
                                take(key, value);
                                return true;
                            });
        } catch (const ledger::EnvironmentError& damage) {
            wrong(damage.what());
        }
        for (const auto& [hash, head] : heads_)
            if (!head.found)
                wrong("its head " + ledger::to_hex(hash) + ", which entry " +
                      std::to_string(head.index) +
                      " of our log holds, is not in it: entries were changed or taken away");
    }

    AuditCheck out() && { return std::move(out_); }

  private:
    void take(ledger::ByteView key, ledger::ByteView value) {
        const auto row = read_audit_row(key, value);
        if (row.entry.number != next_)
            wrong("entry " + std::to_string(next_) +
                  " is missing: " + std::to_string(row.entry.number) + " comes instead");
        else if (row.entry.hash != audit_chained(before_, row.text))
            wrong("entry " + std::to_string(row.entry.number) +
                  " does not have the hash of its text and of the entry before it");
        next_ = row.entry.number + 1;
        before_ = row.entry.hash;
        ++out_.entries;
        const auto head = heads_.find(row.entry.hash);
        if (head == heads_.end()) return;
        head->second.found = true;
        out_.covered = next_;
    }

    void wrong(std::string what) {
        ++out_.wrong_in_all;
        if (out_.wrong.size() < kMostTold) out_.wrong.push_back(std::move(what));
    }

    Heads heads_;
    AuditCheck out_;
    std::uint64_t next_ = 0;
    ledger::Hash before_{};
};

}  // namespace

AuditCheck check_audit(const ledger::Store& store) {
    return Chain(store).out();
}

}  // namespace reelproof::api
