// The demo's props: labels as they are printed, and photographs of them. Single-threaded.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ledger/base/bytes.h"
#include "ledger/format/item.h"
#include "vision/label/label.h"

namespace reelproof::node {

// What a label says; every field a text but the quantity.
struct Print {
    std::string mpn, lot, date_code, country = "NO", manufacturer, customer_pn, serial;
    std::int64_t quantity = 0;
};

// A printed label: its text and its picture.
struct PrintedLabel {
    std::string payload;
    std::vector<std::uint8_t> png;
    std::string unique_id;  // 25S; empty on a label that is not ours
    Print print;
};

class Props {
  public:
    explicit Props(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // A label with a new secret of its own.
    PrintedLabel issue(const Print& print);
    // A maker's own label, or a broker's: no secret.
    PrintedLabel plain(const Print& print);
    // The same secret under other print: a forger's work.
    PrintedLabel altered(const PrintedLabel& label, const Print& print);
    // Takes a photograph, keeps it in the folder under this name, and gives its bytes. Each
    // photograph is another one, of the same label too.
    ledger::Bytes photograph(const PrintedLabel& label, const std::string& name);

  private:
    PrintedLabel print(const Print& print, const std::string& unique_id) const;

    std::filesystem::path folder_;
    std::uint64_t shots_ = 0;
};

// The ISO week of so many weeks ago, as YYWW.
std::string date_code_of(int weeks_ago);

}  // namespace reelproof::node
