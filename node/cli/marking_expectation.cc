#include "node/cli/marking_expectation.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/toml.h"
#include "vision/label/read_image.h"

namespace reelproof::node {

namespace fs = std::filesystem;
using ledger::Result;

namespace {

constexpr std::size_t kMaxExpectation = std::size_t{64} << 10, kMostFiles = 10'000;
constexpr std::array<std::string_view, 9> kFields{
    "lines", "samples", "mpn", "parts", "rules", "rule", "lot", "date_code", "country"};
constexpr std::array<std::string_view, 7> kPictures{".png",  ".jpg", ".jpeg", ".bmp",
                                                    ".tiff", ".tif", ".webp"};

Result<std::vector<std::string>> texts_of(const toml::table& table, std::string_view key,
                                          const std::string& file) {
    const auto* list = table.get_as<toml::array>(key);
    if (list == nullptr || list->empty())
        return ledger::malformed(file + ": " + std::string(key) +
                                 " is missing: a list of texts, such as " + std::string(key) +
                                 (key == "lines" ? R"( = ["19E9XBL", "SN74LS00N"])"
                                                 : R"( = ["good-1.png", "good-2.png"])"));
    std::vector<std::string> out;
    for (const auto& value : *list) {
        const auto text = value.value<std::string>();
        if (!text || !value.is_string())
            return ledger::malformed(file + ": " + std::string(key) + " may only hold texts");
        out.push_back(*text);
    }
    return out;
}

// Of the part and its label, where the file names one.
Result<void> read_part(const toml::table& table, const std::string& file, MarkingExpectation& out) {
    PartOptions part;
    const auto folder = fs::path(file).parent_path();
    const std::pair<std::string_view, std::string*> texts[] = {
        {"mpn", &part.mpn},        {"parts", &part.parts}, {"rules", &part.rules},
        {"rule", &part.rule},      {"lot", &part.lot},     {"date_code", &part.date_code},
        {"country", &part.country}};
    for (const auto& [key, into] : texts) {
        const auto* node = table.get(key);
        if (node == nullptr) continue;
        if (!node->is_string())
            return ledger::malformed(file + ": " + std::string(key) +
                                     " has to be a text in quotes");
        *into = node->as_string()->get();
        if ((key == "parts" || key == "rules") && !into->empty()) *into = (folder / *into).string();
    }
    if (part.mpn.empty()) {
        for (const auto& [key, into] : texts)
            if (!into->empty())
                return ledger::malformed(file + ": " + std::string(key) +
                                         " stands there without mpn, the part number");
        return {};
    }
    auto rules = marking_rules_of(part.rules);
    if (!rules) return rules.error();
    out.rules = std::move(*rules);
    auto ruled = ruled_part(part, out.rules);
    if (!ruled) return ledger::within(file, ruled.error());
    out.part = std::move(*ruled);
    out.expected.emplace(*out.part->rule, out.part->marked);
    out.look.rule = &*out.expected;
    return {};
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) out.append(out.empty() ? "" : " / ").append(line);
    return out;
}

}  // namespace

Result<std::unique_ptr<MarkingExpectation>> read_expectation(const std::string& file,
                                                             Samples needed) {
    const auto bytes = ledger::read_file(file, kMaxExpectation);
    if (!bytes) return bytes.error();
    const auto table = parse_toml(ledger::as_text(*bytes), file);
    if (!table) return table.error();
    for (const auto& [key, value] : *table)
        if (std::find(kFields.begin(), kFields.end(), key.str()) == kFields.end())
            return ledger::malformed(file + ": nobody knows the field " +
                                     printable(std::string(key.str())) +
                                     "; there are lines, samples, and mpn, parts, rules, rule, "
                                     "lot, date_code, country");
    auto out = std::make_unique<MarkingExpectation>();
    if (auto part = read_part(*table, file, *out); !part) return part.error();
    if (table->contains("lines") || !out->expected) {
        auto lines = texts_of(*table, "lines", file);
        if (!lines) return lines.error();
        out->look.text.lines = std::move(*lines);
    } else {
        auto text = out->expected->text();
        if (!text)
            return ledger::malformed(file + ": lines is missing, and the marking rule " +
                                     out->part->rule->name + " leaves open what stands in " +
                                     joined(out->expected->patterns()));
        out->look.text = std::move(*text);
    }
    if (const auto fine = vision::check_marking_text(out->look.text); !fine)
        return ledger::malformed(file + ": " + fine.error().text);
    if (needed == Samples::optional && !table->contains("samples")) return out;
    const auto samples = texts_of(*table, "samples", file);
    if (!samples) return samples.error();
    if (samples->size() > vision::max_marking_samples)
        return ledger::malformed(file + ": samples: at most " +
                                 std::to_string(vision::max_marking_samples) + " are used");
    for (const std::string& name : *samples) {
        auto sample = ledger::read_file((fs::path(file).parent_path() / name).string(),
                                        vision::max_picture_bytes);
        if (!sample) return sample.error();
        out->look.samples.push_back(std::move(*sample));
    }
    return out;
}

std::string numbered(const std::string& file, std::size_t index, std::size_t all) {
    if (all == 1) return file;
    const fs::path path(file);
    return (path.parent_path() /
            (path.stem().string() + "-" + std::to_string(index + 1) + path.extension().string()))
        .string();
}

Result<std::vector<std::string>> pictures_in(const std::string& folder) {
    std::vector<std::string> out;
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        auto extension = entry->path().extension().string();
        std::transform(extension.begin(), extension.end(), extension.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (std::find(kPictures.begin(), kPictures.end(), extension) != kPictures.end())
            out.push_back(entry->path().string());
        if (out.size() > kMostFiles)
            return ledger::malformed(folder + ": more than 10,000 pictures");
    }
    if (failure) return ledger::malformed(folder + ": can't be read: " + failure.message());
    std::sort(out.begin(), out.end());
    return out;
}

Result<std::vector<std::string>> picture_files(const std::vector<std::string>& arguments) {
    std::vector<std::string> out;
    for (const auto& argument : arguments) {
        std::error_code failure;
        if (!fs::is_directory(argument, failure)) {
            out.push_back(argument);
            continue;
        }
        const auto inside = pictures_in(argument);
        if (!inside) return inside.error();
        if (inside->empty())
            return ledger::malformed(argument +
                                     ": holds no pictures (.png, .jpg, .bmp, .tif, .webp)");
        out.insert(out.end(), inside->begin(), inside->end());
    }
    return out;
}

}  // namespace reelproof::node
