#include "ledger/format/merkle.h"
#include "tests/faults/ingest.h"

namespace reelproof::faults {

namespace fs = std::filesystem;
using ledger::tests::TestLog;
using ledger::tests::TestNode;

Ingest::Ingest(bool empty) {
    const auto good = [](const std::string& trouble) {
        if (!trouble.empty()) throw std::runtime_error(trouble);
    };
    TestLog log(partner_);
    log.add(partner_.genesis());
    while (log.entries.size() < (empty ? 5 : 258)) log.add(partner_.any());
    TestNode node(past_.path(), org_, {&partner_});
    if (!empty) {
        old_ = {org_.genesis()};
        while (old_.size() < 255) old_.push_back(org_.any());
        good(node.open());
        node.must_submit_all(old_);
        // A copy of 200 entries, and a part of what came after them that is not shown yet.
        good(node.mirror_error(log.batch(0, 200, 200)));
        good(node.mirror_error(log.batch(200, 250)));
        good(past_seen_.look(*node.store));
        batches_ = {log.batch(250, 254), log.batch(254, 258)};
    } else {
        statements_.push_back(org_.genesis());
        batches_ = {log.batch(0, 5)};
    }
    for (int i = 0; i < 2; ++i) statements_.push_back(org_.any());
}

void Ingest::restore(const fs::path& folder) const {
    fs::remove_all(folder);
    fs::copy(past_.path(), folder, fs::copy_options::recursive);
}

bool Ingest::take(TestNode& node, std::size_t step) const {
    if (step >= statements_.size())
        return node.mirror_error(batches_[step - statements_.size()]).empty();
    return node.submit_error(statements_[step]).empty();
}

bool Ingest::has(const TestNode& node, std::size_t step) const {
    if (step >= statements_.size()) {
        const auto& batch = batches_[step - statements_.size()];
        return node.sequencer->mirror_stored(partner_.origin()) >=
               batch.start + batch.entries.size();
    }
    return node.store->find_statement(ledger::leaf_hash(statements_[step])).has_value();
}

std::size_t Ingest::run(const fs::path& folder, const std::function<void()>& answered) const {
    return run_seen(folder, [&](const ledger::Store&) { answered(); });
}

std::size_t Ingest::run_seen(const fs::path& folder, const Answered& answered) const {
    TestNode node(folder, org_, {&partner_});
    std::size_t step = 0;
    try {
        if (!node.open().empty()) return 0;
        for (; step < steps() && take(node, step); ++step) answered(*node.store);
        node.close();
    } catch (const ledger::EnvironmentError&) {
        // The program ends here.
    }
    return step;
}

std::string Ingest::look(const fs::path& folder, std::size_t answered, Seen seen) const {
    TestNode node(folder, org_, {&partner_});
    try {
        if (auto trouble = node.open(); !trouble.empty()) return "it does not open: " + trouble;
    } catch (const ledger::EnvironmentError& trouble) {
        // LMDB does not make its file, of two pages, in one step. What is torn then has never held
        // anything, and `org init` makes a store aside and renames it.
        const std::string what = trouble.what();
        if (old_.empty() && answered == 0)
            for (const char* torn : {"not an LMDB file", " of 8192 bytes)"})
                if (what.find(torn) != std::string::npos) return {};
        return "it does not open: " + what;
    }
    std::string out = node.check() + seen.look(*node.store);
    for (const auto& statement : old_)
        if (!node.store->find_statement(ledger::leaf_hash(statement)))
            out += "a statement of the past is gone\n";
    for (std::size_t step = 0; step < answered; ++step)
        if (!has(node, step)) out += "step " + std::to_string(step) + " was answered and is gone\n";
    for (std::size_t step = 0; step < steps(); ++step)
        if (!has(node, step) && !take(node, step))
            out += "step " + std::to_string(step) + " is not taken any more\n";
    if (node.size() != old_.size() + statements_.size())
        out += std::to_string(node.size()) + " entries\n";
    return out + node.check() + seen.look(*node.store);
}

}  // namespace reelproof::faults
