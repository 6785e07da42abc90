// The vault of one organisation in a folder, in this process, without a server: store, keys,
// documents, sharing, BOMs and changes. Its partner is asked by a call. For one thread; what it
// delivers comes from a thread of its own.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>

#include "api/service/bom_changes.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::faults {

// Who can be reached. Who asks somebody that is not there yet waits for him, until he leaves
// himself.
class VaultLine {
  public:
    void join(const std::string& org, api::VaultSharing& sharing);
    void leave(const std::string& org);
    // What `from` asks of `to`.
    ledger::Result<std::string> call(
        const std::string& from, const std::string& to,
        const std::function<ledger::Result<std::string>(api::VaultSharing&)>& ask);
    // From now on nobody waits for `org`.
    void cancel(const std::string& org);

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    // Owner of these: mutex_.
    std::map<std::string, api::VaultSharing*> there_;
    std::map<std::string, bool> cancelled_;
    std::size_t calls_ = 0;  // under way
};

class VaultSide {
  public:
    // `partner` null: it shares with nobody.
    VaultSide(const std::filesystem::path& folder, const ledger::tests::TestOrg& org,
              const ledger::Secret<32>& data_key, const ledger::tests::TestOrg* partner = nullptr,
              VaultLine* line = nullptr);
    ~VaultSide() { close(); }
    VaultSide(const VaultSide&) = delete;
    VaultSide& operator=(const VaultSide&) = delete;

    // What went wrong, or an empty text.
    std::string open();
    void close();
    // With the genesis of both in it already.
    void begin();

    [[nodiscard]] std::filesystem::path keys_folder() const { return folder_ / "keys"; }
    [[nodiscard]] std::filesystem::path bodies() const {
        return node.store_options.folder / "vault";
    }
    [[nodiscard]] const std::string& org() const { return node.org.name; }
    // The whole text, or why not.
    [[nodiscard]] ledger::Result<std::string> text_of(const api::VaultDocument& document,
                                                      const api::VaultVersion& version) const;
    // A document of one version more.
    api::VaultDocument put(const std::string& name, const std::string& text);
    [[nodiscard]] std::optional<api::VaultDocument> document(const std::string& name) const;
    // Whether our own log has the commitment to that statement.
    [[nodiscard]] bool committed(const ledger::Bytes& statement) const;

    ledger::tests::TestNode node;
    std::unique_ptr<ledger::VaultKeys> keys;
    std::unique_ptr<api::JsonRows> rows;
    std::unique_ptr<api::Vault> vault;
    std::unique_ptr<api::VaultSharing> sharing;
    std::unique_ptr<api::Boms> boms;
    std::unique_ptr<api::BomChanges> changes;

  private:
    void open_sharing();

    const std::filesystem::path folder_;
    const ledger::Secret<32> data_key_;
    const ledger::tests::TestOrg* partner_;
    VaultLine* line_;
    const ledger::SealingKey sealing_;
};

// What a step gave, where nothing may go wrong.
template <class T>
T must(ledger::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
}

}  // namespace reelproof::faults
