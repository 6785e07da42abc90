#include "api/service/held_items.h"

#include <charconv>

#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace {

using ledger::Bytes;
using ledger::ByteView;
using ledger::Table;

constexpr std::size_t kKeySize = 32;

constexpr char kHeld = 'i', kStranger = 's', kPlace = 'r', kNext = 'n';

Bytes row_of(char kind, std::string_view id) {
    Bytes out{static_cast<std::uint8_t>(kind)};
    out.insert(out.end(), id.begin(), id.end());
    return out;
}

Bytes item_row(std::string_view id) {
    return row_of(kHeld, id);
}

Bytes event_row(std::string_view event_id) {
    Bytes out{'e'};
    const auto hash = ledger::sha256(ledger::as_bytes(event_id));
    out.insert(out.end(), hash.begin(), hash.end());
    return out;
}

[[noreturn]] void damaged(const char* what) {
    throw ledger::EnvironmentError(std::string("the store is damaged: a row of the table items ") +
                                   what + "; run: reelproof ledger check");
}

std::uint64_t number(ByteView row) {
    std::uint64_t out = 0;
    const auto text = ledger::as_text(row);
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (failed != std::errc() || end != text.data() + text.size()) damaged("is no number");
    return out;
}

HeldItem read(std::string_view id, ByteView row) {
    if (row.size() < kKeySize) damaged("is too short");
    return {std::string(id), ledger::ItemKey(row.first(kKeySize)),
            std::string(ledger::as_text(row.subspan(kKeySize)))};
}

}  // namespace

std::optional<HeldItem> HeldItems::find(std::string_view id) const {
    if (id.empty() || id.size() > 100) return std::nullopt;
    auto row = store_.get(Table::items, item_row(id));
    if (!row) row = store_.get(Table::items, row_of(kStranger, id));
    if (!row) return std::nullopt;
    auto out = read(id, *row);
    ledger::wipe(row->data(), row->size());
    return out;
}

void HeldItems::each(const std::function<bool(const HeldItem&)>& visit) const {
    store_.scan(Table::items, [&](ByteView key, ByteView value) {
        const auto name = ledger::as_text(key);
        const bool item = name.starts_with(kHeld) || name.starts_with(kStranger);
        return !item || visit(read(name.substr(1), value));
    });
}

HeldItem HeldItems::thing(std::string_view uri) const {
    HeldItem out;
    const auto key = ledger::hmac_sha256(
        things_.expose(), ledger::as_bytes(std::string("thing").append(1, '\0').append(uri)));
    out.key = ledger::ItemKey(key);
    out.id = ledger::public_item_id(out.key);
    out.thing = uri;
    return out;
}

void HeldItems::add(ledger::WriteTransaction& writing, const ledger::ItemKey& key,
                    std::string_view thing) {
    const auto id = ledger::public_item_id(key);
    const auto at = item_row(id);
    if (writing.get(Table::items, at)) return;
    // Its place in the ring stays until its turn: of what is held for good it takes nothing then.
    writing.remove(Table::items, row_of(kStranger, id));
    Bytes row = ledger::to_bytes(key.expose());
    row.insert(row.end(), thing.begin(), thing.end());
    writing.put(Table::items, at, row);
    ledger::wipe(row.data(), row.size());
}

ledger::Result<void> HeldItems::remember(const std::vector<ledger::ItemKey>& keys) {
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

ledger::Result<void> HeldItems::remember_stranger(const ledger::ItemKey& key) {
    const auto id = ledger::public_item_id(key);
    if (find(id)) return {};
    return sequencer_
        .write([this, &id, &key](ledger::WriteTransaction& writing) {
            const auto at = row_of(kStranger, id);
            if (writing.get(Table::items, item_row(id)) || writing.get(Table::items, at)) return;
            const auto count = writing.get(Table::items, row_of(kNext, {}));
            const auto next = count ? number(*count) : 0;
            const auto place = row_of(kPlace, std::to_string(next % most_strangers_));
            if (const auto before = writing.get(Table::items, place))
                writing.remove(Table::items, row_of(kStranger, ledger::as_text(*before)));
            writing.put(Table::items, place, ledger::as_bytes(id));
            writing.put(Table::items, row_of(kNext, {}),
                        ledger::as_bytes(std::to_string(next + 1)));
            writing.put(Table::items, at, key.expose());
        })
        .get();
}

std::optional<HeldItems::Captured> HeldItems::captured(std::string_view event_id) const {
    const auto row = store_.get(Table::items, event_row(event_id));
    if (!row) return std::nullopt;
    Captured out;
    if (row->size() < out.content.size()) damaged("is too short");
    std::copy_n(row->begin(), out.content.size(), out.content.begin());
    auto rest = ledger::as_text(ByteView(*row).subspan(out.content.size()));
    for (auto end = rest.find(' '); end != std::string_view::npos; end = rest.find(' ')) {
        out.items.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    return out;
}

void HeldItems::add_captured(ledger::WriteTransaction& writing, std::string_view event_id,
                             const Captured& captured) {
    Bytes row(captured.content.begin(), captured.content.end());
    for (const auto& item : captured.items) {
        row.insert(row.end(), item.begin(), item.end());
        row.push_back(' ');
    }
    writing.put(Table::items, event_row(event_id), row);
}

}  // namespace reelproof::api
