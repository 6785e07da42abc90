#include "ledger/format/merkle.h"
#include "tests/faults/ingest.h"

namespace reelproof::faults {

namespace fs = std::filesystem;
using ledger::tests::TestLog;
using ledger::tests::TestNode;

Ingest::Ingest(bool empty) {
    TestLog log(partner_);
    log.add(partner_.genesis());
    while (log.entries.size() < 5) log.add(partner_.any());
    TestNode node(past_.path(), org_, {&partner_});
    if (!empty) {
        old_ = {org_.genesis(), org_.any(), org_.sealed({ledger::tests::random_tag()})};
        if (const auto trouble = node.open(); !trouble.empty()) throw std::runtime_error(trouble);
        node.must_submit_all(old_);
        if (const auto trouble = node.mirror_error(log.batch(0, 2)); !trouble.empty())
            throw std::runtime_error(trouble);
    } else {
        statements_.push_back(org_.genesis());
    }
    for (int i = 0; i < 2; ++i) statements_.push_back(org_.any());
    batches_.push_back(log.batch(empty ? 0 : 2, 5));
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
    TestNode node(folder, org_, {&partner_});
    std::size_t step = 0;
    try {
        if (!node.open().empty()) return 0;
        for (; step < steps() && take(node, step); ++step) answered();
        node.close();
    } catch (const ledger::EnvironmentError&) {
        // The program ends here.
    }
    return step;
}

std::string Ingest::look(const fs::path& folder, std::size_t answered) const {
    TestNode node(folder, org_, {&partner_});
    try {
        if (auto trouble = node.open(); !trouble.empty()) return "it does not open: " + trouble;
    } catch (const ledger::EnvironmentError& trouble) {
        return std::string("it does not open: ") + trouble.what();
    }
    std::string out = node.check();
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
    return out + node.check();
}

}  // namespace reelproof::faults
