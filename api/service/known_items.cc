#include "api/service/known_items.h"

#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace {

using ledger::Bytes;
using ledger::ByteView;
using ledger::Table;

constexpr std::size_t kKeySize = 32;

Bytes item_row(std::string_view id) {
    Bytes out{'i'};
    out.insert(out.end(), id.begin(), id.end());
    return out;
}

Bytes event_row(std::string_view event_id) {
    Bytes out{'e'};
    const auto hash = ledger::sha256(ledger::as_bytes(event_id));
    out.insert(out.end(), hash.begin(), hash.end());
    return out;
}

KnownItem read(std::string_view id, ByteView row) {
    if (row.size() < kKeySize)
        throw ledger::EnvironmentError(
            "the store is damaged: a row of the table items is too short; run: reelproof ledger "
            "check");
    return {std::string(id), ledger::ItemKey(row.first(kKeySize)),
            std::string(ledger::as_text(row.subspan(kKeySize)))};
}

}  // namespace

std::optional<KnownItem> KnownItems::find(std::string_view id) const {
    if (id.empty() || id.size() > 100) return std::nullopt;
    auto row = store_.get(Table::items, item_row(id));
    if (!row) return std::nullopt;
    auto out = read(id, *row);
    ledger::wipe(row->data(), row->size());
    return out;
}

void KnownItems::each(const std::function<bool(const KnownItem&)>& visit) const {
    store_.scan(Table::items, [&](ByteView key, ByteView value) {
        const auto name = ledger::as_text(key);
        return !name.starts_with('i') || visit(read(name.substr(1), value));
    });
}

KnownItem KnownItems::thing(std::string_view uri) const {
    KnownItem out;
    const auto key = ledger::hmac_sha256(
        things_.expose(), ledger::as_bytes(std::string("thing").append(1, '\0').append(uri)));
    out.key = ledger::ItemKey(key);
    out.id = ledger::public_item_id(out.key);
    out.thing = uri;
    return out;
}

void KnownItems::add(ledger::WriteTransaction& writing, const ledger::ItemKey& key,
                     std::string_view thing) {
    const auto at = item_row(ledger::public_item_id(key));
    if (writing.get(Table::items, at)) return;
    Bytes row = ledger::to_bytes(key.expose());
    row.insert(row.end(), thing.begin(), thing.end());
    writing.put(Table::items, at, row);
    ledger::wipe(row.data(), row.size());
}

ledger::Result<void> KnownItems::remember(const std::vector<ledger::ItemKey>& keys) {
    bool all = true;
    for (const auto& key : keys)
        all = all && store_.get(Table::items, item_row(ledger::public_item_id(key)));
    if (all) return {};
    return sequencer_
        .write([&keys](ledger::WriteTransaction& writing) {
            for (const auto& key : keys) add(writing, key);
        })
        .get();
}

std::optional<KnownItems::Captured> KnownItems::captured(std::string_view event_id) const {
    const auto row = store_.get(Table::items, event_row(event_id));
    if (!row) return std::nullopt;
    Captured out;
    if (row->size() < out.content.size())
        throw ledger::EnvironmentError(
            "the store is damaged: a row of the table items is too short; run: reelproof ledger "
            "check");
    std::copy_n(row->begin(), out.content.size(), out.content.begin());
    auto rest = ledger::as_text(ByteView(*row).subspan(out.content.size()));
    for (auto end = rest.find(' '); end != std::string_view::npos; end = rest.find(' ')) {
        out.items.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    return out;
}

void KnownItems::add_captured(ledger::WriteTransaction& writing, std::string_view event_id,
                              const Captured& captured) {
    Bytes row(captured.content.begin(), captured.content.end());
    for (const auto& item : captured.items) {
        row.insert(row.end(), item.begin(), item.end());
        row.push_back(' ');
    }
    writing.put(Table::items, event_row(event_id), row);
}

}  // namespace reelproof::api
