#include "tests/node/replication_support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/routes/news.h"
#include "api/routes/submissions.h"
#include "api/routes/transparency.h"
#include "ledger/base/sha256.h"
#include "ledger/format/envelope.h"
#include "ledger/format/public_statement.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "ledger/store/check.h"
#include "node/replication/intake.h"

namespace reelproof::node::tests {
namespace {

using namespace std::chrono_literals;
namespace wire = ledger::wire;

constexpr const char* kOrgs[] = {"maker.example", "ems.example", "oem.example"};
constexpr ledger::UnixSeconds kIat = 1763640000;

ledger::Hash derive(const std::string& org, const char* purpose) {
    return ledger::sha256(ledger::as_bytes(org + "/" + purpose));
}

ledger::NoteSigner note_signer(const std::string& org, const char* purpose, std::uint8_t type) {
    return {org + "/" + purpose, type, ledger::Secret<32>(derive(org, purpose))};
}

template <class T>
T must(ledger::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

api::TlsIdentity new_identity(const std::string& org) {
    return api::make_tls_identity({.organisation = org, .hosts = {"127.0.0.1"}}).value();
}

}  // namespace

TempFolder::TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "reelproof-repl-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

Keys::Keys(const std::string& org)
    : root(ledger::SecretKey::parse(derive(org, "root")).value()),
      statements(ledger::SecretKey::parse(derive(org, "statements")).value()),
      log(note_signer(org, "ledger", wire::kNoteEd25519)),
      mirror(note_signer(org, "mirror", wire::kNoteCosignatureV1)),
      witness(note_signer(org, "witness", wire::kNoteCosignatureV1)) {}

std::string Keys::root_thumbprint() const {
    return ledger::thumbprint(root.public_key());
}

std::map<std::string, std::string> trusted_roots() {
    std::map<std::string, std::string> out;
    for (const char* org : kOrgs) out[org] = Keys(org).root_thumbprint();
    return out;
}

TestNode::TestNode(std::string org)
    : org_(std::move(org)),
      keys_(org_),
      tls_(new_identity(org_)),
      genesis_tls_(tls_),
      port_(free_port()) {
    start();
}

TestNode::~TestNode() {
    stop();
}

std::string TestNode::url() const {
    return "https://127.0.0.1:" + std::to_string(port_);
}

PartnerConfig TestNode::as_partner() const {
    return {org_, keys_.root_thumbprint(), url()};
}

PartnerConfig TestNode::as_receiver() const {
    PartnerConfig out = as_partner();
    out.push = true;
    return out;
}

PartnerConfig TestNode::as_caller() const {
    PartnerConfig out = as_partner();
    out.url.clear();
    out.pull = false;
    return out;
}

void TestNode::start() {
    ledger::StoreOptions store_options;
    store_options.folder = folder_.path() / "store";
    store_options.anchor = folder_.path() / "store" / "anchor";
    store_options.map_size = std::uint64_t{1} << 28;
    store_ = must(ledger::Store::open(store_options));
    ledger::SequencerOptions options;
    options.origin = origin();
    options.org = org_;
    options.trusted_roots = trusted_roots();
    options.mirror_share = mirror_share;
    options.clock = [this] { return ledger::system_now() - clock_back; };
    sequencer_ = must(ledger::Sequencer::start(*store_, options, keys_.log));
    if (before_serving) before_serving();
    start_server();
    if (size() == 0) write_genesis();
}

void TestNode::start_server() {
    routes_ = std::make_unique<api::Router>();
    api::add_transparency_routes(*routes_, {.store = *store_, .own_checkpoint = [this] {
                                                return api::published_checkpoint(*store_);
                                            }});
    const std::size_t news = routes_->routes().size();
    api::add_news_route(*routes_, *store_);
    const auto submit = [this](auto method) -> api::Submit {
        return
            [this, method](std::string_view body, const api::Peer& peer) -> api::SubmissionAnswer {
                const std::shared_lock lock(replicator_mutex_);
                if (!replicator_) return {503, "not yet"};
                return (replicator_->intake().*method)(body, peer);
            };
    };
    const std::size_t submissions = routes_->routes().size();
    std::vector<std::string> origins;
    for (const char* org : kOrgs) origins.push_back(std::string(org) + "/ledger");
    api::add_submission_routes(*routes_,
                               {*store_, std::move(origins), submit(&Intake::add_checkpoint),
                                submit(&Intake::add_entries), submit(&Intake::add_genesis)});
    routes_->set_authoriser(
        [this](api::Request& request, std::string_view access) -> std::optional<api::Response> {
            if (access == api::kPublicAccess) return std::nullopt;
            const std::shared_lock lock(replicator_mutex_);
            if (replicator_ && request.peer.certificate_spki &&
                replicator_->org_of_certificate(*request.peer.certificate_spki))
                return std::nullopt;
            return api::Response::text(403, "who are you?");
        });
    api::Router front;
    front.add(api::Method::get, "/{path...}", std::string(api::kPublicAccess),
              [this](const api::Request& request) { return answer(request); });
    front.add(
        api::Method::get, "/log/news", std::string(api::kPublicAccess),
        [this](const api::Request& request) { return answer(request); },
        routes_->routes().at(news).options);
    for (std::size_t i = submissions; i < routes_->routes().size(); ++i) {
        const auto& route = routes_->routes()[i];
        if (route.method != api::Method::post) continue;
        front.add(
            route.method, route.pattern, std::string(api::kPublicAccess),
            [this](const api::Request& request) { return answer(request); }, route.options);
    }
    api::ServerOptions options;
    options.listen = {{.address = "127.0.0.1", .port = port_}};
    options.certificate_pem = tls_.certificate_pem;
    options.private_key_pem = tls_.private_key_pem;
    options.worker_threads = 2;
    server_ = std::make_unique<api::HttpServer>(std::move(options), std::move(front));
    auto ports = server_->start();
    if (!ports) throw std::runtime_error(ports.error().text);
}

api::Response TestNode::answer(const api::Request& request) {
    Lie lie;
    {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request.path);
        lie = lie_;
    }
    if (lie)
        if (auto lied = lie(request)) return std::move(*lied);
    api::Request copy = request;
    return routes_->handle(copy);
}

void TestNode::write_genesis() {
    ledger::OrgGenesis genesis{org_, keys_.root.public_key(), origin(), url(), {}, {}, {}, {}, {},
                               {}};
    genesis.log_key = keys_.log.verifier();
    genesis.mirror_key = keys_.mirror.verifier();
    genesis.witness_key = keys_.witness.verifier();
    genesis.tls_spki = genesis_tls_.spki;
    genesis.keys = {{keys_.statements.public_key(), "node", {"*"}, {}, {}}};
    submit(keys_.root, "org.genesis", ledger::format_public(genesis));
}

void TestNode::submit(const ledger::SecretKey& key, const std::string& sub,
                      std::string_view payload) {
    ledger::StatementHeader header;
    header.content_type = wire::kPublicContentType;
    header.iss = org_;
    header.sub = sub;
    header.iat = kIat;
    must(sequencer_->submit(must(ledger::sign_statement(key, header, ledger::as_bytes(payload))))
             .get());
}

void TestNode::write(const std::string& story, int count) {
    std::vector<std::future<ledger::Result<ledger::Placement>>> pending;
    for (int i = 0; i < count; ++i) {
        ledger::StatementHeader header;
        header.content_type = wire::kPublicContentType;
        header.iss = org_;
        header.sub = "destruction.confirm";
        header.iat = iat;
        const std::string payload =
            R"({"type":"destruction.confirm","what":")" + story + "-" + std::to_string(i) + R"("})";
        pending.push_back(sequencer_->submit(
            must(ledger::sign_statement(keys_.statements, header, ledger::as_bytes(payload)))));
    }
    for (auto& one : pending) must(one.get());
}

void TestNode::write_large(int count, std::size_t statement_size) {
    std::vector<std::future<ledger::Result<ledger::Placement>>> pending;
    for (int i = 0; i < count; ++i) {
        // What sealed looks like: 40 bytes, and blocks of 128 (FORMATS.md section 3).
        ledger::Bytes sealed(40 + (statement_size - 400) / 128 * 128);
        randombytes_buf(sealed.data(), sealed.size());
        ledger::Tag tag;
        randombytes_buf(tag.data(), tag.size());
        ledger::StatementHeader header;
        header.content_type = wire::kSealedContentType;
        header.iss = org_;
        header.sub = wire::kSealedSubject;
        header.iat = kIat;
        const auto payload =
            ledger::encode_sealed_payload({ledger::encode_envelope(tag, sealed, std::nullopt)}, {});
        pending.push_back(
            sequencer_->submit(must(ledger::sign_statement(keys_.statements, header, payload))));
        // No more at a time than the pool takes.
        if (pending.size() < 256) continue;
        for (auto& one : pending) must(one.get());
        pending.clear();
    }
    for (auto& one : pending) must(one.get());
}

std::uint64_t TestNode::size() const {
    const auto head = store_->head(ledger::kOwnLog);
    return head ? head->checkpoint.size : 0;
}

void TestNode::replicate(std::vector<PartnerConfig> partners) {
    stop_replicating();
    std::vector<std::string> names;
    for (const auto& partner : partners) names.push_back(partner.org);
    keepers_ = std::make_unique<ledger::Keepers>(keys_.mirror.verifier(), policy, names);
    ReplicatorDeps deps{.store = *store_,
                        .sequencer = *sequencer_,
                        .keepers = *keepers_,
                        .mirror_signer = keys_.mirror,
                        .witness_signer = keys_.witness,
                        .org = org_,
                        .origin = origin(),
                        .certificate_pem = tls_.certificate_pem,
                        .private_key_pem = tls_.private_key_pem,
                        .partners = std::move(partners),
                        .logs = policy ? policy->logs() : std::vector<ledger::TlogPolicy::Log>(),
                        .upload_bytes = upload_bytes,
                        .poll_interval = poll_interval,
                        .news_wait = news_wait,
                        .compare_interval = compare_interval,
                        .mirror_patience = mirror_patience,
                        .part_entries = part_entries,
                        .clock = clock,
                        .steady_clock = steady_clock,
                        .log = log,
                        .publish = {}};
    if (publishes)
        deps.publish = [this](std::string_view sub, std::string payload) -> ledger::Result<void> {
            submit(keys_.statements, std::string(sub), payload);
            return {};
        };
    auto made = std::make_unique<Replicator>(std::move(deps));
    must(made->start());
    const std::unique_lock lock(replicator_mutex_);
    replicator_ = std::move(made);
}

void TestNode::stop_replicating() {
    std::unique_ptr<Replicator> ended;
    {
        const std::unique_lock lock(replicator_mutex_);
        ended = std::move(replicator_);
    }
}

void TestNode::stop() {
    stop_replicating();
    if (server_) server_->stop(0ms);
    server_.reset();
    routes_.reset();
    sequencer_.reset();
    store_.reset();
}

void TestNode::change_tls_key() {
    tls_ = new_identity(org_);
}

void TestNode::grant_tls_key(const std::optional<ledger::Hash>& of_another) {
    const ledger::TlsGrant grant{of_another.value_or(tls_.spki), url()};
    submit(keys_.root, "key.grant", ledger::format_public(grant));
}

void TestNode::forget() {
    std::filesystem::remove_all(folder_.path() / "store");
}

void TestNode::save_store(const std::filesystem::path& to) const {
    std::filesystem::copy(folder_.path() / "store", to, std::filesystem::copy_options::recursive);
}

void TestNode::restore_store(const std::filesystem::path& from) {
    forget();
    std::filesystem::copy(from, folder_.path() / "store", std::filesystem::copy_options::recursive);
}

void TestNode::lie(Lie lie) {
    const std::lock_guard lock(mutex_);
    lie_ = std::move(lie);
}

std::vector<std::string> TestNode::take_requests() {
    const std::lock_guard lock(mutex_);
    return std::exchange(requests_, {});
}

std::string TestNode::found_by_check() const {
    std::string out;
    for (const auto& finding : ledger::check_store(*store_, trusted_roots()).findings)
        out += finding.kind + ": " + finding.detail + "\n";
    return out;
}

PartnerStatus TestNode::status_of(const TestNode& partner) const {
    for (auto& status : replicator_->status())
        if (status.org == partner.org()) return status;
    throw std::runtime_error("no such partner");
}

std::vector<Incident> TestNode::incidents_of(const TestNode& partner, IncidentKind kind) const {
    auto out = replicator_->incidents().all(partner.origin());
    std::erase_if(out, [&](const Incident& one) { return one.kind != kind; });
    return out;
}

std::uint64_t TestNode::copy_of(const TestNode& partner) const {
    const auto info = store_->log_by_origin(partner.origin());
    const auto head = info ? store_->head(info->id) : std::nullopt;
    return head ? head->checkpoint.size : 0;
}

int TestNode::evidence_published() const {
    int count = 0;
    for (std::uint64_t i = 0; i < size(); ++i) {
        const auto entry = must(store_->entry(ledger::kOwnLog, i));
        if (must(ledger::parse_statement(entry)).header.sub == "log.evidence") ++count;
    }
    return count;
}

std::uint16_t free_port() {
    // Test programs that run at the same time begin at different places.
    static std::atomic<unsigned> next = static_cast<unsigned>(getpid()) * 31;
    for (;;) {
        const auto port = static_cast<std::uint16_t>(10'000 + next++ % 20'000);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int on = 1;
        ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        const bool is_free =
            ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        ::close(socket);
        if (is_free) return port;
    }
}

bool eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(10ms);
    }
    return true;
}

void some_rounds() {
    std::this_thread::sleep_for(400ms);
}

}  // namespace reelproof::node::tests
