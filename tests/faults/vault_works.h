// What is done in a vault and may be cut off: shredding, an upload, the approval of a change.
#pragma once

#include "tests/faults/vault_side.h"
#include "tests/faults/work.h"

namespace reelproof::faults {

// A document of two versions, the first with a copy for a share, is shredded: its first version,
// then all of it. Each version is said to be destroyed and is, or can be read; between the two
// nothing is lost but what was to go.
class Shredding : public Work {
  public:
    Shredding();
    void restore(const std::filesystem::path& folder) const override;
    [[nodiscard]] std::size_t steps() const override { return 2; }
    std::size_t run(const std::filesystem::path& folder,
                    const std::function<void()>& answered) const override;
    [[nodiscard]] std::string look(const std::filesystem::path& folder,
                                   std::size_t answered) const override;

  private:
    [[nodiscard]] std::string look_at(const VaultSide& side, std::size_t answered) const;
    [[nodiscard]] std::string look_for_keys(const std::filesystem::path& folder) const;

    ledger::tests::TempFolder past_;
    ledger::tests::TestOrg org_{"maker.example"};
    ledger::Secret<32> data_key_ = ledger::Secret<32>::random();
    std::vector<std::string> texts_;
    ledger::VaultId document_{}, project_{};
    std::vector<ledger::VaultId> keys_;  // of the versions and the copy
};

// A document is put in, in parts. Whatever is listed can be read whole, and the upload goes on.
class Upload : public Work {
  public:
    Upload();
    void restore(const std::filesystem::path& folder) const override;
    [[nodiscard]] std::size_t steps() const override { return 5; }
    std::size_t run(const std::filesystem::path& folder,
                    const std::function<void()>& answered) const override;
    [[nodiscard]] std::string look(const std::filesystem::path& folder,
                                   std::size_t answered) const override;

  private:
    [[nodiscard]] std::string go_on(const VaultSide& side) const;
    [[nodiscard]] std::string look_at(const VaultSide& side) const;

    ledger::tests::TempFolder past_;
    ledger::tests::TestOrg org_{"maker.example"};
    ledger::Secret<32> data_key_ = ledger::Secret<32>::random();
    std::string text_;
};

// A change of a BOM that lies at both is approved by its owner, then by the partner. Each on disks
// of its own, in the folders "maker" and "ems".
class Approval : public Work {
  public:
    Approval();
    void restore(const std::filesystem::path& folder) const override;
    [[nodiscard]] std::size_t steps() const override { return 2; }
    std::size_t run(const std::filesystem::path& folder,
                    const std::function<void()>& answered) const override;
    [[nodiscard]] std::string look(const std::filesystem::path& folder,
                                   std::size_t answered) const override;

  private:
    struct Two;
    [[nodiscard]] std::string look_at(const Two& two, std::size_t answered) const;

    ledger::tests::TempFolder past_;
    ledger::tests::TestOrg maker_{"maker.example"}, ems_{"ems.example"};
    ledger::Secret<32> data_key_ = ledger::Secret<32>::random();
    std::string change_, bom_;
};

}  // namespace reelproof::faults
