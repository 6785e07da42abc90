#include <algorithm>

#include "tests/faults/vault_works.h"

namespace reelproof::faults {

namespace fs = std::filesystem;

namespace {

// Over several chunks of 64 KiB, each of its own.
std::string text_of_size(std::size_t size) {
    std::string out;
    while (out.size() < size) out += "line " + std::to_string(out.size()) + "\n";
    out.resize(size);
    return out;
}

void copy_whole(const fs::path& from, const fs::path& to) {
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive);
}

std::string called(const api::VaultVersion& version) {
    return "version " + std::to_string(version.number);
}

}  // namespace

Shredding::Shredding() : texts_{text_of_size(150'000), text_of_size(70'000)} {
    VaultSide side(past_.path(), org_, data_key_);
    side.begin();
    for (const auto& text : texts_) document_ = side.put("board", text).id;
    must(side.vault->copy_for(document_, 1, "share", ledger::as_bytes("Designator\r\nR1\r\n")));
    // What hangs on the same keys file, and stays.
    (void)side.put("other", texts_[1]);
    const auto document = side.document("board").value();
    project_ = document.project;
    for (const auto& version : document.versions) keys_.push_back(version.key);
    keys_.push_back(document.versions[0].copies.at(0).key);
}

void Shredding::restore(const fs::path& folder) const {
    copy_whole(past_.path(), folder);
}

std::size_t Shredding::run(const fs::path& folder, const std::function<void()>& answered) const {
    VaultSide side(folder, org_, data_key_);
    if (!side.open().empty()) return 0;
    must(side.vault->shred(document_, {.version = 1, .why = "old", .by = "anna"}));
    answered();
    must(side.vault->shred(document_, {.why = "over", .by = "anna"}));
    answered();
    return steps();
}

std::string Shredding::look_at(const VaultSide& side, std::size_t answered) const {
    std::string out = side.node.check();
    const auto document = side.document("board"), other = side.document("other");
    if (!document || document->versions.size() != 2 || !other) return out + "a document is gone\n";
    for (const auto& version : document->versions) {
        const bool said = version.shredded != 0;
        const auto text = side.text_of(*document, version);
        const auto which = called(version);
        if (said && (text || side.keys->has(project_, version.key)))
            out += which + " is said to be destroyed, and can be read\n";
        if (said && version.number == 1 && side.keys->has(project_, keys_[2]))
            out += "a copy of what is said to be destroyed can be read\n";
        if (!said && answered >= version.number)
            out += which + " was answered to be destroyed, and is not said to be\n";
        if (text && *text != texts_[version.number - 1]) out += which + " has another text\n";
        // Its key may be gone before its row says so, and nothing else may be wrong with it.
        if (!said && !text && side.keys->has(project_, version.key))
            out += which + " can't be read\n";
        if (!text && version.number == 2 && document->versions[0].shredded == 0)
            out += "version 2 went before it was its turn\n";
    }
    if (const auto text = side.text_of(*other, other->versions[0]); !text || *text != texts_[1])
        out += "another document can't be read\n";
    return out;
}

// In whatever lies in the folder of keys, by whatever name.
std::string Shredding::look_for_keys(const fs::path& folder) const {
    const ledger::tests::TempFolder aside;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto copy = aside.path() / "copy";
        fs::copy_file(entry.path(), copy, fs::copy_options::overwrite_existing);
        fs::permissions(copy, fs::perms::owner_read | fs::perms::owner_write);
        const auto opened = ledger::VaultKeys::open(copy, data_key_);
        for (const auto& key : keys_)
            if (opened && (*opened)->has(project_, key))
                return "a key that was destroyed lies in " + entry.path().filename().string() +
                       "\n";
    }
    return {};
}

std::string Shredding::look(const fs::path& folder, std::size_t answered) const {
    VaultSide side(folder, org_, data_key_);
    if (auto trouble = side.open(); !trouble.empty()) return "it does not open: " + trouble;
    auto out = look_at(side, answered);
    // Asked for again, it comes to its end.
    if (!side.vault->shred(document_, {.version = 1, .why = "old", .by = "anna"}) ||
        !side.vault->shred(document_, {.why = "over", .by = "anna"}))
        return out + "it can't be gone on with\n";
    out += look_at(side, steps());
    if (auto trouble = side.open(); !trouble.empty()) return out + "it opens once: " + trouble;
    out += look_at(side, steps()) + look_for_keys(side.keys_folder());
    const auto document = side.document("board").value();
    for (const auto& version : document.versions) {
        const ledger::BodyFolder bodies(side.bodies());
        if (bodies.has(version.body)) out += "the file of " + called(version) + " is still there\n";
    }
    return out;
}

Upload::Upload() : text_(text_of_size(200'000)) {
    VaultSide side(past_.path(), org_, data_key_);
    side.begin();
    (void)side.put("board", "an earlier version");
}

void Upload::restore(const fs::path& folder) const {
    copy_whole(past_.path(), folder);
}

std::size_t Upload::run(const fs::path& folder, const std::function<void()>& answered) const {
    VaultSide side(folder, org_, data_key_);
    if (!side.open().empty()) return 0;
    const auto project = side.vault->project_named("atlas").value();
    const auto upload = must(side.vault->begin_upload(
        {.project = project.id, .name = "board", .note = {}, .by = "anna", .size = text_.size()}));
    answered();
    for (std::uint64_t taken = 0; taken < text_.size();) {
        const auto part = ledger::as_bytes(text_).subspan(
            taken, std::min<std::size_t>(70'000, text_.size() - taken));
        const auto now = must(side.vault->take(upload.id, taken, part));
        if (now.taken <= taken) return 1;
        taken = now.taken;
        answered();
    }
    must(side.vault->finish(upload.id));
    answered();
    return steps();
}

std::string Upload::look_at(const VaultSide& side) const {
    auto out = side.node.check();
    const auto document = side.document("board");
    if (!document || document->versions.empty() || side.vault->documents().size() != 1)
        return out + "a document is gone, or there is one more\n";
    for (const auto& version : document->versions) {
        const auto text = side.text_of(*document, version);
        if (!text) out += called(version) + " is listed, and: " + text.error().message + "\n";
        if (text && *text != (version.number == 1 ? "an earlier version" : text_))
            out += called(version) + " is listed with another text\n";
    }
    return out;
}

// From where the node says, or anew.
std::string Upload::go_on(const VaultSide& side) const {
    auto& vault = *side.vault;
    auto uploads = vault.uploads();
    if (uploads.empty())
        uploads.push_back(must(vault.begin_upload({.project = vault.project_named("atlas")->id,
                                                   .name = "board",
                                                   .note = {},
                                                   .by = "anna",
                                                   .size = text_.size()})));
    const auto now = must(vault.upload(uploads[0].id));
    if (now.taken > text_.size()) return "more is there than was sent\n";
    must(vault.take(now.id, now.taken, ledger::as_bytes(text_).subspan(now.taken)));
    must(vault.finish(now.id));
    return {};
}

std::string Upload::look(const fs::path& folder, std::size_t answered) const {
    VaultSide side(folder, org_, data_key_);
    if (auto trouble = side.open(); !trouble.empty()) return "it does not open: " + trouble;
    auto out = look_at(side);
    const auto finished = [&] { return side.document("board")->versions.size() == 2; };
    const auto uploads = side.vault->uploads().size();
    if (answered >= steps() && !finished()) out += "it was answered, and is not there\n";
    if (answered >= 1 && !finished() && uploads != 1) out += "the upload is forgotten\n";
    if (finished() && uploads != 0) out += "it is finished, and still under way\n";
    if (!out.empty()) return out;
    if (!finished()) out += go_on(side);
    if (!finished()) return out + "it can't be gone on with\n";
    out += look_at(side);
    if (auto trouble = side.open(); !trouble.empty()) return out + "it opens once: " + trouble;
    return out + look_at(side) + (finished() ? "" : "it is gone again\n");
}

}  // namespace reelproof::faults
