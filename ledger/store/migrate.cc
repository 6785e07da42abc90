#include "ledger/store/migrate.h"

#include <algorithm>

#include "ledger/store/file_lock.h"
#include "ledger/store/schema.h"

namespace reelproof::ledger {

namespace {

Error refused(std::string message) {
    return {ErrorKind::refused, std::move(message)};
}

void run_step(lmdb::Environment& environment, const Migration& step) {
    std::vector<std::string> names{"meta"};
    names.insert(names.end(), step.tables.begin(), step.tables.end());
    const auto handles = environment.open_tables(names);
    std::array<std::uint8_t, 4> version;
    schema::put_u32(version.data(), step.from + 1);
    lmdb::Writer writer(environment);
    step.run(writer, std::span(handles).subspan(1));
    writer.put(handles[0], as_bytes(schema::kVersionRow), version);
    // If we die before this returns the step has not happened at all.
    writer.commit();
}

}  // namespace

const std::vector<Migration>& migrations() {
    static const std::vector<Migration> steps;
    return steps;
}

std::optional<std::uint32_t> stored_version(lmdb::Environment& environment) {
    if (!environment.has_table("meta")) return std::nullopt;
    const auto handles = environment.open_tables({"meta"});
    return schema::read_version(lmdb::Reader(environment), handles[0]);
}

Result<void> check_version(const StoreOptions& options, std::uint32_t version) {
    const std::string what = "the store in " + options.folder.string() + " has version " +
                             std::to_string(version) + ", this program ";
    if (version > kStoreVersion)
        return refused(what + "knows up to " + std::to_string(kStoreVersion) +
                       ": use a newer program");
    if (version < kPlainVersion)
        return refused(what + "uses " + std::to_string(kPlainVersion) + " to " +
                       std::to_string(kStoreVersion) +
                       ": stop the node, make a backup, then run: reelproof ledger migrate");
    return {};
}

Result<Migrated> migrate_store(const StoreOptions& options, const std::vector<Migration>& steps) {
    if (!std::filesystem::exists(options.folder / "log" / "data.mdb"))
        return Error{ErrorKind::not_found, "there is no store in " + options.folder.string()};
    auto lock = FileLock::take(options.folder / "lock");
    if (!lock) return lock.error();
    lmdb::Environment environment(options.folder / "log", options.map_size, false);
    const auto version = stored_version(environment);
    if (!version)
        return Error{ErrorKind::not_found, options.folder.string() + " holds no finished store"};
    if (*version > kStoreVersion) return check_version(options, *version).error();
    Migrated done{*version, *version, {}};
    while (done.to < kPlainVersion) {
        const auto step = std::find_if(steps.begin(), steps.end(),
                                       [&](const Migration& one) { return one.from == done.to; });
        if (step == steps.end())
            return refused("no migration leads from version " + std::to_string(done.to) +
                           " of the store to " + std::to_string(kPlainVersion));
        run_step(environment, *step);
        done.steps.push_back(step->what);
        ++done.to;
    }
    return done;
}

}  // namespace reelproof::ledger
