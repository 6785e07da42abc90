#include "api/service/postings.h"

#include <algorithm>

#include <boost/json.hpp>

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::uint64_t kChunk = 128;

std::string key_of(const std::string& term) {
    return "list/" + term;
}

std::string key_of(const std::string& term, std::uint64_t chunk) {
    return key_of(term) + "/" + std::to_string(chunk);
}

}  // namespace

Postings::Extent Postings::extent_of(const std::string& term) const {
    const auto row = rows_.get(key_of(term));
    if (!row) return {};
    return {static_cast<std::uint64_t>(number_in(*row, "first")),
            static_cast<std::uint64_t>(number_in(*row, "next"))};
}

Postings::Chunk Postings::chunk_of(const std::string& term, std::uint64_t chunk) const {
    Chunk out;
    const auto row = rows_.get(key_of(term, chunk));
    if (!row) return out;
    auto items = texts_in(*row, "items");
    std::size_t at = 0;
    for (const auto& number : row->at("numbers").as_array())
        if (at < items.size())
            out.emplace(static_cast<std::uint64_t>(number.as_int64()), std::move(items[at++]));
    return out;
}

void Postings::forward(const std::string& term, std::uint64_t from, const Take& take) const {
    const auto extent = extent_of(term);
    from = std::max(from, extent.first);
    for (auto chunk = from / kChunk; chunk * kChunk < extent.next; ++chunk)
        for (const auto& [number, item] : chunk_of(term, chunk))
            if (number >= from && !take(number, item)) return;
}

void Postings::backward(const std::string& term, std::optional<std::uint64_t> before,
                        const Take& take) const {
    const auto extent = extent_of(term);
    const auto end = std::min(before.value_or(extent.next), extent.next);
    if (end <= extent.first) return;
    for (auto chunk = (end - 1) / kChunk + 1; chunk-- > extent.first / kChunk;) {
        const auto rows = chunk_of(term, chunk);
        for (auto row = rows.rbegin(); row != rows.rend(); ++row)
            if (row->first < end && !take(row->first, row->second)) return;
    }
}

Postings::Extent& Postings::changed_extent(const std::string& term) {
    const auto found = extents_.find(term);
    return found != extents_.end() ? found->second
                                   : extents_.emplace(term, extent_of(term)).first->second;
}

Postings::Chunk& Postings::changed_chunk(const std::string& term, std::uint64_t chunk) {
    const std::pair key(term, chunk);
    const auto found = chunks_.find(key);
    return found != chunks_.end() ? found->second
                                  : chunks_.emplace(key, chunk_of(term, chunk)).first->second;
}

std::uint64_t Postings::add(const std::string& term, const std::string& item) {
    const auto number = changed_extent(term).next++;
    changed_chunk(term, number / kChunk).emplace(number, item);
    return number;
}

void Postings::remove(const std::string& term, std::uint64_t number) {
    auto& extent = changed_extent(term);
    changed_chunk(term, number / kChunk).erase(number);
    // So that a reader need not go through all that ever was in it.
    while (extent.first / kChunk < extent.next / kChunk &&
           changed_chunk(term, extent.first / kChunk).empty())
        extent.first = (extent.first / kChunk + 1) * kChunk;
    if (changed_chunk(term, extent.first / kChunk).empty()) extent = {};
}

std::optional<std::pair<std::uint64_t, std::string>> Postings::front(const std::string& term) {
    const auto extent = changed_extent(term);
    for (auto chunk = extent.first / kChunk; chunk * kChunk < extent.next; ++chunk)
        if (const auto& entries = changed_chunk(term, chunk); !entries.empty())
            return *entries.begin();
    return std::nullopt;
}

std::vector<JsonRows::Change> Postings::changes() {
    std::vector<JsonRows::Change> out;
    for (const auto& [term, extent] : extents_) {
        JsonRows::Change change{key_of(term), {}};
        if (extent.next > 0)
            change.object = {{"first", static_cast<std::int64_t>(extent.first)},
                             {"next", static_cast<std::int64_t>(extent.next)}};
        out.push_back(std::move(change));
    }
    for (const auto& [at, chunk] : chunks_) {
        JsonRows::Change change{key_of(at.first, at.second), {}};
        json::array numbers, items;
        for (const auto& [number, item] : chunk) {
            numbers.emplace_back(static_cast<std::int64_t>(number));
            items.emplace_back(item);
        }
        if (!chunk.empty())
            change.object = {{"numbers", std::move(numbers)}, {"items", std::move(items)}};
        out.push_back(std::move(change));
    }
    extents_.clear();
    chunks_.clear();
    return out;
}

}  // namespace reelproof::api
