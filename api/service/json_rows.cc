#include "api/service/json_rows.h"

#include <boost/json.hpp>

#include "ledger/base/secret.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

[[noreturn]] void damaged(std::string_view what) {
    throw ledger::EnvironmentError("the store is damaged: a row of a table of the node " +
                                   std::string(what) + "; run: reelproof ledger check");
}

const json::value& member(const json::object& row, std::string_view name) {
    const auto* value = row.if_contains(name);
    if (value == nullptr) damaged("lacks " + std::string(name));
    return *value;
}

}  // namespace

std::optional<json::object> JsonRows::get(std::string_view key) const {
    auto value = store_.get(table_, ledger::as_bytes(key));
    if (!value) return std::nullopt;
    boost::system::error_code failed;
    const auto row = json::parse(ledger::as_text(*value), failed, ledger::WipingMemory::get());
    ledger::wipe(value->data(), value->size());
    if (failed || !row.is_object()) damaged("is no JSON object");
    return row.get_object();
}

void JsonRows::each(std::string_view kind,
                    const std::function<void(std::string_view, const json::object&)>& take) const {
    store_.scan(table_, [&](ledger::ByteView key, ledger::ByteView value) {
        const auto name = ledger::as_text(key);
        if (!name.starts_with(kind)) return true;
        boost::system::error_code failed;
        const auto row = json::parse(ledger::as_text(value), failed, ledger::WipingMemory::get());
        if (failed || !row.is_object()) damaged("is no JSON object");
        take(name.substr(kind.size()), row.get_object());
        return true;
    });
}

ledger::Result<void> JsonRows::write(std::vector<Change> changes) {
    return sequencer_
        .write([&changes, this](ledger::WriteTransaction& writing) {
            for (const auto& change : changes) put(writing, change);
        })
        .get();
}

void JsonRows::put(ledger::WriteTransaction& writing, const Change& change) const {
    const auto key = ledger::as_bytes(change.key);
    if (change.object.empty()) return writing.remove(table_, key);
    auto text = json::serialize(change.object);
    writing.put(table_, key, ledger::as_bytes(text));
    ledger::wipe(text.data(), text.size());
}

ledger::Result<void> JsonRows::put(std::string key, json::object object) {
    std::vector<Change> one;
    one.push_back({std::move(key), std::move(object)});
    return write(std::move(one));
}

ledger::Result<ledger::Secret<32>> kept_key(JsonRows& rows, std::string_view purpose) {
    std::optional<ledger::Secret<32>> key;
    rows.each("key/", [&](std::string_view name, const json::object& row) {
        if (name != purpose) return;
        const auto bytes = ledger::from_hex(text_in(row, "key"), "key");
        if (!bytes || bytes->size() != 32) damaged("has no key");
        key.emplace(*bytes);
    });
    if (key) return *key;
    key = ledger::Secret<32>::random();
    json::object row(ledger::WipingMemory::get());
    row["key"] = ledger::to_hex(key->expose());
    if (auto done = rows.put("key/" + std::string(purpose), std::move(row)); !done)
        return done.error();
    return *key;
}

std::string text_in(const json::object& row, std::string_view name) {
    const auto* text = member(row, name).if_string();
    if (text == nullptr) damaged("has no text in " + std::string(name));
    return {text->data(), text->size()};
}

std::int64_t number_in(const json::object& row, std::string_view name) {
    const auto* number = member(row, name).if_int64();
    if (number == nullptr) damaged("has no whole number in " + std::string(name));
    return *number;
}

std::vector<json::object> objects_in(const json::object& row, std::string_view name) {
    const auto* list = member(row, name).if_array();
    if (list == nullptr) damaged("has no list in " + std::string(name));
    std::vector<json::object> out;
    for (const auto& value : *list) {
        if (!value.is_object()) damaged("has no objects in " + std::string(name));
        out.push_back(value.get_object());
    }
    return out;
}

std::vector<std::string> texts_in(const json::object& row, std::string_view name) {
    const auto* list = member(row, name).if_array();
    if (list == nullptr) damaged("has no list in " + std::string(name));
    std::vector<std::string> out;
    for (const auto& value : *list) {
        if (!value.is_string()) damaged("has no texts in " + std::string(name));
        out.emplace_back(value.get_string());
    }
    return out;
}

}  // namespace reelproof::api
