// The witness: what the mirror thread does with a checkpoint that a log wants cosigned.
#include "ledger/store/witnessed.h"

#include <algorithm>

#include "ledger/base/counted.h"
#include "ledger/store/mirrors.h"
#include "ledger/store/setting_rows.h"

namespace reelproof::ledger {

namespace {

constexpr std::size_t kTimeSize = 8;

}  // namespace

std::string witnessed_key(std::string_view origin) {
    return setting_rows::key(setting_rows::kWitnessed, origin);
}

Bytes write_witnessed(const LogHead& witnessed) {
    Bytes row(kTimeSize);
    schema::put_u64(row.data(), static_cast<std::uint64_t>(witnessed.time));
    const ByteView note = as_bytes(witnessed.note);
    row.insert(row.end(), note.begin(), note.end());
    return row;
}

Result<LogHead> parse_witnessed(ByteView row) {
    if (row.size() < kTimeSize) return malformed("the row is too short");
    LogHead out;
    out.time = static_cast<UnixSeconds>(schema::get_u64(row.data()));
    out.note = as_text(row.subspan(kTimeSize));
    const auto note = parse_note(out.note);
    if (!note) return note.error();
    auto checkpoint = parse_checkpoint(note->text);
    if (!checkpoint) return checkpoint.error();
    out.checkpoint = std::move(*checkpoint);
    return out;
}

std::optional<LogHead> read_witnessed(const Store::State& state, std::string_view origin) {
    const std::string key = witnessed_key(origin);
    const lmdb::Reader reader(state.log);
    const auto row = reader.get(state.tables.of(Table::settings), as_bytes(key));
    if (!row) return std::nullopt;
    auto witnessed = parse_witnessed(*row);
    if (!witnessed)
        throw EnvironmentError("the store is damaged: the witnessed checkpoint of " +
                               std::string(origin) +
                               " can't be read: " + witnessed.error().message);
    return std::move(*witnessed);
}

std::future<Result<void>> Mirrors::witness(WitnessRequest request) {
    auto shared = std::make_shared<WitnessRequest>(std::move(request));
    return enqueue([this, shared] { return witness_now(*shared); });
}

// One thread does this and stores batches, so nothing comes between the comparison and the commit.
Result<void> Mirrors::witness_now(const WitnessRequest& request) {
    const Checkpoint& wanted = request.checkpoint;
    const auto row = read_witnessed(use_.state, wanted.origin);
    Checkpoint latest{.origin = wanted.origin, .size = 0, .root = empty_root()};
    if (row) latest = row->checkpoint;
    if (const auto mirror = mirrors_.find(wanted.origin); mirror != mirrors_.end()) {
        const LogInfo& info = mirror->second.info;
        if (!info.frozen.empty())
            return Error{ErrorKind::untrusted,
                         "the log " + info.origin + " is frozen: " + info.frozen};
        // What was fetched counts like what was submitted: it leads on from there.
        if (mirror->second.visible.size > latest.size) latest = mirror->second.visible;
    }
    if (request.old_size != latest.size)
        return Error{ErrorKind::conflict, "the log is known up to " +
                                              counted(latest.size, "entry") + ", not " +
                                              std::to_string(request.old_size)};
    if (auto leads_on =
            verify_consistency(latest.size, latest.root, wanted.size, wanted.root, request.proof);
        !leads_on)
        return leads_on;
    const UnixSeconds time =
        std::max({use_.options.clock(), row ? row->time : UnixSeconds{1}, UnixSeconds{1}});
    const Bytes witnessed = write_witnessed({wanted, request.cosign(time), time});
    const std::string key = witnessed_key(wanted.origin);
    // If we die after this and before the answer, the log hears of the new size at its next try.
    return use_
        .commit({.work = [&](lmdb::Writer& writer) -> Result<void> {
            writer.put(use_.state.tables.of(Table::settings), as_bytes(key), witnessed);
            return {};
        }})
        .get();
}

}  // namespace reelproof::ledger
