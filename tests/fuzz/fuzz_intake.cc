// What others hand in, through the handlers of add-checkpoint, add-entries and genesis and against
// a real store: raw bytes, and submissions of a real log that are good but for some bytes. No
// crash, only the statuses of the C2SP texts; our copy is always a prefix of that log, neither it
// nor what was witnessed goes back, each signature is over what it must be, and only a log that
// signed two histories is frozen.
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "ledger/base/sha256.h"
#include "ledger/format/public_statement.h"
#include "ledger/format/statement.h"
#include "ledger/format/subtree_proof.h"
#include "ledger/format/wire.h"
#include "node/replication/cosigning.h"
#include "node/replication/intake.h"
#include "node/replication/misbehaviour.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof;
using namespace reelproof::node;
namespace fs = std::filesystem;
namespace wire = ledger::wire;

namespace {

constexpr const char* kMaker = "maker.example";
constexpr const char* kOrigin = "maker.example/ledger";
constexpr ledger::UnixSeconds kNow = 1'763'640'000;
// Sizes that submissions name: small ones are fast, and some are at the seams of bundles.
constexpr std::uint64_t kSizes[] = {0, 1, 2, 3, 4, 7, 8, 20, 255, 256, 257, 262};
constexpr std::uint64_t kEntries = 262;

void require(bool holds) {
    if (!holds) std::abort();
}

ledger::Hash derive(std::string_view what) {
    return ledger::sha256(ledger::as_bytes(what));
}

// The log that is handed in.
struct Log {
    ledger::SecretKey root = ledger::SecretKey::parse(derive("root")).value();
    ledger::NoteSigner key{kOrigin, wire::kNoteEd25519, ledger::Secret<32>(derive("log"))};
    std::vector<ledger::Bytes> entries;
    std::map<std::pair<int, std::uint64_t>, ledger::Hash> hashes;

    Log() {
        const auto statements = ledger::SecretKey::parse(derive("statements")).value();
        ledger::OrgGenesis genesis{
            kMaker, root.public_key(), kOrigin, "https://127.0.0.1:1", {}, {}, {}, {}, {}, {}};
        genesis.log_key = key.verifier();
        genesis.tls_spki = derive("tls");
        genesis.keys = {{statements.public_key(), "node", {"*"}, {}, {}}};
        add(root, "org.genesis", ledger::format_public(genesis));
        while (entries.size() < kEntries)
            add(statements, "destruction.confirm",
                R"({"type":"destruction.confirm","what":")" + std::to_string(entries.size()) +
                    R"("})");
    }
    void add(const ledger::SecretKey& by, const std::string& sub, const std::string& payload) {
        ledger::StatementHeader header;
        header.content_type = wire::kPublicContentType;
        header.iss = kMaker;
        header.sub = sub;
        header.iat = kNow;
        entries.push_back(ledger::sign_statement(by, header, ledger::as_bytes(payload)).value());
        frontier.append(ledger::leaf_hash(entries.back()),
                        [&](int level, std::uint64_t index, const ledger::Hash& hash) {
                            hashes[{level, index}] = hash;
                        });
    }
    [[nodiscard]] ledger::SubtreeHash tree() const {
        return [this](int level, std::uint64_t index) { return hashes.at({level, index}); };
    }
    [[nodiscard]] ledger::Hash root_at(std::uint64_t size) const {
        return ledger::tree_root(size, tree());
    }
    [[nodiscard]] std::string note(const ledger::Checkpoint& checkpoint) const {
        const auto text = ledger::format_checkpoint(checkpoint);
        return ledger::format_note(text, {key.sign(text)});
    }
    ledger::Frontier frontier;
};

const Log& the_log() {
    static const Log log;
    return log;
}

// A place in memory, for the flushes of the disk would take all the time.
fs::path new_folder() {
    std::string name = fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path().string();
    name += "/reelproof-fuzz-XXXXXX";
    require(mkdtemp(name.data()) != nullptr);
    return name;
}

struct TempFolder {
    const fs::path path = new_folder();
    ~TempFolder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
};

// A node that mirrors that log.
class Mirror {
  public:
    explicit Mirror(const fs::path& folder)
        : store_(open(folder)),
          sequencer_(start()),
          keepers_(mirror_.verifier(), std::nullopt, {kMaker}),
          deps_{.store = *store_,
                .sequencer = *sequencer_,
                .keepers = keepers_,
                .mirror_signer = mirror_,
                .witness_signer = witness_,
                .org = "ems.example",
                .origin = "ems.example/ledger",
                .certificate_pem = {},
                .private_key_pem = {},
                .partners = {{kMaker, thumbprint(), "", false, false}},
                .clock = [] { return kNow; },
                .steady_clock = [this] { return now_ += std::chrono::hours(1); },
                .log = {},
                .publish = {}},
          incidents_(deps_),
          intake_(deps_, incidents_) {}

    void introduce() {
        const auto& genesis = the_log().entries.front();
        require(intake_.add_genesis(ledger::as_text(genesis), {}).status == 204);
    }
    api::SubmissionAnswer genesis(std::string_view body) { return intake_.add_genesis(body, {}); }
    api::SubmissionAnswer checkpoint(std::string_view body) {
        const auto answer = intake_.add_checkpoint(body, {});
        require(std::set<int>{200, 400, 403, 404, 409, 422}.contains(answer.status));
        if (answer.status == 409) require(ledger::parse_tree_size(answer.body).has_value());
        if (answer.status == 200) {
            const auto note = ledger::parse_checkpoint_submission(body)->note;
            require(
                holds(note.substr(0, note.rfind("\n\n") + 1), answer.body, witness_.verifier()));
        }
        check();
        return answer;
    }
    api::SubmissionAnswer entries(std::string_view body) {
        const auto answer = intake_.add_entries(body, {});
        require(std::set<int>{200, 202, 400, 403, 404, 409, 422}.contains(answer.status));
        if (answer.status == 202 || answer.status == 409) {
            const auto info = ledger::parse_mirror_info(answer.body);
            require(info && info->next <= kEntries);
            ticket = info->ticket;
        }
        check();
        if (answer.status == 200) {
            const auto copy = held_copy(*store_, the_log().key.verifier());
            require(copy && holds(copy->head.text, answer.body, mirror_.verifier()));
        }
        return answer;
    }
    ledger::Bytes ticket;
    bool forked = false;  // two histories were handed in

  private:
    static std::string thumbprint() { return ledger::thumbprint(the_log().root.public_key()); }

    static std::unique_ptr<ledger::Store> open(const fs::path& folder) {
        ledger::StoreOptions options;
        options.folder = folder;
        options.anchor = folder / "anchor";
        options.map_size = std::uint64_t{1} << 24;
        options.max_map_size = std::uint64_t{1} << 28;
        return ledger::Store::open(options).value();
    }
    std::unique_ptr<ledger::Sequencer> start() {
        ledger::SequencerOptions options;
        options.origin = "ems.example/ledger";
        options.org = "ems.example";
        options.trusted_roots = {{kMaker, thumbprint()}};
        options.clock = [] { return kNow; };
        const ledger::NoteSigner signer(options.origin, wire::kNoteEd25519,
                                        ledger::Secret<32>(derive("own log")));
        return ledger::Sequencer::start(*store_, options, signer).value();
    }
    static bool holds(const std::string& text, const std::string& lines,
                      const ledger::NoteVerifier& key) {
        const auto note = ledger::parse_note(text + "\n" + lines);
        return note && ledger::verify_note(*note, key);
    }
    void check() {
        const auto& log = the_log();
        const auto copy = held_copy(*store_, log.key.verifier());
        const std::uint64_t held = copy ? copy->head.checkpoint.size : 0;
        require(held >= held_ && held <= kEntries);
        if (copy) require(copy->head.checkpoint.root == log.root_at(held));
        held_ = held;
        const auto witnessed = store_->witnessed(kOrigin);
        const std::uint64_t size = witnessed ? witnessed->checkpoint.size : 0;
        require(size >= witnessed_);
        witnessed_ = size;
        require(forked || why_frozen(*store_, log.key.verifier()).empty());
    }

    ledger::NoteSigner mirror_{"ems.example/mirror", wire::kNoteCosignatureV1,
                               ledger::Secret<32>(derive("mirror"))};
    ledger::NoteSigner witness_{"ems.example/witness", wire::kNoteCosignatureV1,
                                ledger::Secret<32>(derive("witness"))};
    std::unique_ptr<ledger::Store> store_;
    std::unique_ptr<ledger::Sequencer> sequencer_;
    ledger::Keepers keepers_;
    std::chrono::steady_clock::time_point now_;
    ReplicatorDeps deps_;
    node::Incidents incidents_;
    node::Intake intake_;
    std::uint64_t held_ = 0, witnessed_ = 0;
};

// Each input begins with a mirror that has met the log and nothing more. One that took nothing of
// the last input is such a one still.
class Mirrors {
  public:
    Mirrors() { Mirror(fresh_.path).introduce(); }
    Mirror& get() {
        if (mirror_) return *mirror_;
        used_ = std::make_unique<TempFolder>();
        fs::copy(fresh_.path, used_->path, fs::copy_options::recursive);
        mirror_ = std::make_unique<Mirror>(used_->path);
        return *mirror_;
    }
    void spoilt() { mirror_.reset(); }

  private:
    TempFolder fresh_;
    std::unique_ptr<TempFolder> used_;
    std::unique_ptr<Mirror> mirror_;
};

// Takes values off the front of the input; zeros where it has ended.
class Script {
  public:
    explicit Script(ledger::ByteView bytes) : rest_(bytes) {}
    [[nodiscard]] bool ended() const { return rest_.empty(); }
    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        const auto out = rest_.front();
        rest_ = rest_.subspan(1);
        return out;
    }
    std::uint64_t size() { return kSizes[byte() % std::size(kSizes)]; }
    std::string all() { return std::string(ledger::as_text(std::exchange(rest_, {}))); }
    // At most 15 bytes of it are changed, cut off or put in.
    std::string mutated(std::string text) {
        for (int i = byte() % 16; i > 0 && !text.empty(); --i) {
            const std::size_t at = (byte() << 8 | byte()) % text.size();
            const std::uint8_t what = byte();
            if (what == 0)
                text.resize(at);
            else if (what == 1)
                text.erase(at, 1);
            else if (what == 2)
                text.insert(at, 1, static_cast<char>(byte()));
            else
                text[at] = static_cast<char>(text[at] ^ what);
        }
        return text;
    }

  private:
    ledger::ByteView rest_;
};

enum Step : std::uint8_t {
    kRawCheckpoint,
    kRawEntries,
    kRawGenesis,
    kCheckpoint,
    kFork,
    kEntriesOf,
    kSteps
};

api::SubmissionAnswer submit_checkpoint(Mirror& mirror, Script& script, bool fork) {
    const auto& log = the_log();
    const std::uint64_t from = script.size(), to = script.size();
    ledger::Checkpoint checkpoint{kOrigin, to, log.root_at(to)};
    if (fork) {
        checkpoint.root = derive("another history");
        mirror.forked = true;
    }
    ledger::CheckpointSubmission submission{from, {}, log.note(checkpoint)};
    if (from > 0 && from <= to) submission.proof = ledger::consistency_proof(from, to, log.tree());
    return mirror.checkpoint(script.mutated(ledger::format_checkpoint_submission(submission)));
}

api::SubmissionAnswer upload(Mirror& mirror, Script& script) {
    const auto& log = the_log();
    const std::uint64_t start = script.size(), end = script.size();
    const std::uint8_t how = script.byte();
    ledger::Bytes body = ledger::format_upload_head(
        {kOrigin, start, end, how % 2 == 0 ? ledger::Bytes() : mirror.ticket});
    int packages = how / 2 % 4;
    for (std::uint64_t at = start; at < end && packages-- > 0;) {
        const std::uint64_t bundle = at / 256 * 256;
        std::vector<ledger::Bytes> entries;
        do entries.push_back(log.entries[at++]);
        while (at < end && at % 256 != 0);
        ledger::append_package(body, entries, ledger::subtree_proof(bundle, at, end, log.tree()));
    }
    return mirror.entries(script.mutated(std::string(ledger::as_text(body))));
}

api::SubmissionAnswer take(Mirror& mirror, Script& script) {
    switch (script.byte() % kSteps) {
        case kRawCheckpoint:
            return mirror.checkpoint(script.all());
        case kRawEntries:
            return mirror.entries(script.all());
        case kRawGenesis:
            return mirror.genesis(script.all());
        case kCheckpoint:
            return submit_checkpoint(mirror, script, false);
        case kFork:
            return submit_checkpoint(mirror, script, true);
        default:
            return upload(mirror, script);
    }
}

std::string steps(std::initializer_list<int> bytes) {
    std::string out;
    for (const int byte : bytes) out += static_cast<char>(byte);
    return out;
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    const auto& log = the_log();
    const auto raw = [](Step step, std::string_view body) {
        return std::string(1, static_cast<char>(step)) + std::string(body);
    };
    ledger::Bytes body = ledger::format_upload_head({kOrigin, 0, 3, {}});
    ledger::append_package(body, {log.entries[0], log.entries[1], log.entries[2]}, {});
    // Checkpoint of 7, its entries, of 8 and its entries; sizes are places in kSizes.
    const auto checkpoint = [](int from, int to) { return steps({kCheckpoint, from, to, 0}); };
    const auto entries = [](int from, int to, int how) {
        return steps({kEntriesOf, from, to, how, 0});
    };
    return {
        raw(kRawCheckpoint,
            ledger::format_checkpoint_submission({0, {}, log.note({kOrigin, 3, log.root_at(3)})})),
        checkpoint(0, 3) + raw(kRawEntries, ledger::as_text(body)),
        raw(kRawGenesis, ledger::as_text(log.entries[0])),
        checkpoint(0, 5) + entries(0, 5, 2) + checkpoint(5, 6) + entries(5, 6, 2),
        checkpoint(0, 11) + entries(0, 11, 2) + entries(9, 11, 5),
        checkpoint(0, 5) + entries(0, 5, 2) + checkpoint(5, 11) + entries(5, 5, 0) +
            entries(0, 0, 0) + entries(5, 11, 5),
        checkpoint(0, 6) + steps({kFork, 6, 6, 0}) + entries(0, 6, 2),
        checkpoint(0, 7) + entries(0, 7, 2) + steps({kFork, 4, 4, 0}) + checkpoint(7, 7),
        checkpoint(0, 5) + steps({kEntriesOf, 0, 5, 2, 1, 0, 99, 7}),
    };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Mirrors mirrors;
    Mirror& mirror = mirrors.get();
    Script script({data, size});
    bool took = false;
    for (int i = 0; i < 12 && !script.ended(); ++i)
        if (take(mirror, script).status / 100 == 2 || mirror.forked) took = true;
    if (took) mirrors.spoilt();
    return 0;
}
