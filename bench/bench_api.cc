// Requests a second over TLS 1.3: verdicts, tiles and checkpoints, beside nginx with static files
//
// A node over a store of so many envelopes, warm, and nginx with a file as long as what the node
// answers, under the same certificate: the same wrk with 32 connections asks first the one, then
// the other, several times in turn, each once unmeasured before it counts. The requests of
// POST /v1/check are about 400 different reels; nginx gives its file to a GET. Medians of the
// rounds.
//
//   bench_api [--seconds N] [--rounds N] [ENVELOPES]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/http/client.h"
#include "api/http/tls_identity.h"
#include "bench/bench_org.h"
#include "ledger/format/envelope.h"
#include "ledger/provenance/compose.h"
#include "node/keyring.h"
#include "tests/node/node_process.h"
#include "vision/label/render.h"

using namespace reelproof;
using namespace reelproof::bench;

namespace json = boost::json;

namespace {

constexpr int kReels = 400;
constexpr int kConnections = 32;
constexpr const char* kNginx = "/usr/sbin/nginx";
constexpr const char* kMpn = "NL52840-QIAA-R";
// Far above what is measured: the node's limits are for callers that it does not know.
constexpr const char* kLimits =
    "\n[limits]\nconnections_per_second = 1000000\nrequests_per_second = 1000000\n"
    "caller_requests_per_second = 1000000\n";

template <class T>
T must(ledger::Result<T> result) {
    if (!result) give_up(result.error().message);
    return std::move(*result);
}

// A reel in stock, as its label reads.
struct Reel {
    ledger::ItemKey key;
    std::string label;
};

std::vector<Reel> make_reels() {
    std::vector<Reel> out;
    for (int i = 0; i < kReels; ++i) {
        const auto seed = ledger::ItemSeed::random();
        const auto label = vision::issued_label_payload({{"mpn", std::string(kMpn)},
                                                         {"lot", "LOT" + std::to_string(i)},
                                                         {"date_code", std::string("2617")},
                                                         {"quantity", std::int64_t{3000}}},
                                                        "LERPF" + ledger::issued_serial(seed));
        if (!label) give_up(label.error().text);
        out.push_back({ledger::issued_item_key(seed), *label});
    }
    return out;
}

// Made, loaded, and placed from in part.
void write_lives(Node& node, const node::Keyring& keys, const std::vector<Reel>& reels) {
    const auto now = ledger::system_now();
    for (std::size_t i = 0; i < reels.size(); ++i) {
        std::vector<ledger::Hash> prev;
        for (std::uint64_t n = 0; n < 4; ++n) {
            ledger::EnvelopeDraft draft;
            draft.key = reels[i].key;
            draft.n = n;
            auto& event = draft.body.event;
            event.kind = n == 0   ? ledger::EventKind::commission
                         : n == 1 ? ledger::EventKind::load
                                  : ledger::EventKind::consume;
            event.time = now - 1000 + static_cast<ledger::UnixSeconds>(n);
            event.item = ledger::item_uri(kBenchOrg, ledger::public_item_id(reels[i].key));
            event.facts = {kBenchOrg, kMpn, "LOT" + std::to_string(i), "2617", "YYWW", "", "", ""};
            if (n == 1) event.feeder = "NXT3-B1-45";
            if (n != 1) event.quantity = n == 0 ? 3000 : 40;
            draft.body.prev = prev;
            auto statement = must(ledger::compose_sealed(keys.statement, kBenchOrg, now, {draft}));
            const auto view = must(ledger::parse_statement(statement));
            prev = {ledger::envelope_hash(
                must(ledger::parse_sealed_payload(view.payload)).envelopes.front().bytes)};
            node.submit(std::move(statement));
        }
    }
}

// A program that runs until the object goes.
class Child {
  public:
    explicit Child(const std::vector<std::string>& words) {
        pid_ = ::fork();
        if (pid_ < 0) give_up("can't fork");
        if (pid_ > 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        std::vector<char*> arguments;
        for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        ::execv(arguments.front(), arguments.data());
        ::_exit(127);
    }
    ~Child() {
        ::kill(pid_, SIGTERM);
        ::waitpid(pid_, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

  private:
    pid_t pid_ = -1;
};

// nginx can't say which port it took: one that was free a moment ago.
int free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (fd < 0 || ::bind(fd, generic, size) != 0 || ::getsockname(fd, generic, &size) != 0)
        give_up("no port is free");
    ::close(fd);
    return ntohs(address.sin_port);
}

// Static files over TLS 1.3, one worker a core, as its manual advises.
class Nginx {
  public:
    Nginx(const std::filesystem::path& folder, const std::filesystem::path& keys)
        : folder_(folder / "nginx"), port_(free_port()) {
        std::filesystem::create_directories(folder_ / "files");
        std::ofstream(folder_ / "nginx.conf")
            << "daemon off;\nmaster_process on;\nuser root;\nworker_processes " << cores()
            << ";\npid " << (folder_ / "pid").string() << ";\nerror_log "
            << (folder_ / "errors").string()
            << ";\nevents { worker_connections 1024; }\nhttp {\n  access_log off;\n  sendfile on;\n"
            << "  tcp_nopush on;\n  keepalive_requests 100000000;\n"
            << "  open_file_cache max=100;\n  default_type application/octet-stream;\n"
            << "  client_body_temp_path " << (folder_ / "t1").string() << ";\n  proxy_temp_path "
            << (folder_ / "t2").string() << ";\n  fastcgi_temp_path " << (folder_ / "t3").string()
            << ";\n  uwsgi_temp_path " << (folder_ / "t4").string() << ";\n  scgi_temp_path "
            << (folder_ / "t5").string() << ";\n  server {\n    listen 127.0.0.1:" << port_
            << " ssl;\n    ssl_certificate " << (keys / "tls.crt").string()
            << ";\n    ssl_certificate_key " << (folder_ / "tls.key").string()
            << ";\n    ssl_protocols TLSv1.3;\n    root " << (folder_ / "files").string()
            << ";\n  }\n}\n";
    }
    void key(const std::string& pem) const { std::ofstream(folder_ / "tls.key") << pem; }
    void file(const std::string& name, const std::string& content) const {
        std::ofstream(folder_ / "files" / name, std::ios::binary) << content;
    }
    void start() {
        child_ = std::make_unique<Child>(std::vector<std::string>{
            kNginx, "-p", folder_.string(), "-c", (folder_ / "nginx.conf").string()});
        for (int i = 0; i < 100; ++i) {
            api::ClientOptions options;
            options.origin = origin();
            if (api::HttpClient(options).get("/check")) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        give_up("nginx does not start: " + text_of_file(folder_ / "errors"));
    }
    [[nodiscard]] std::string origin() const {
        return "https://127.0.0.1:" + std::to_string(port_);
    }

  private:
    std::filesystem::path folder_;
    int port_;
    std::unique_ptr<Child> child_;
};

struct Measured {
    double rate = 0;          // a second
    double p50 = 0, p99 = 0;  // milliseconds
};

double milliseconds(const std::string& word) {
    const double value = std::strtod(word.c_str(), nullptr);
    if (word.ends_with("us")) return value / 1000;
    return word.ends_with("ms") ? value : word.ends_with("m") ? value * 60'000 : value * 1000;
}

// What wrk prints; anything but answers of success ends the run.
Measured wrk(const std::string& url, double seconds, const std::vector<std::string>& more) {
    std::string line = "wrk --latency -t2 -c" + std::to_string(kConnections) + " -d" +
                       std::to_string(static_cast<int>(seconds)) + "s";
    for (const auto& word : more) line += " '" + word + "'";
    line += " '" + url + "' 2>&1";
    FILE* pipe = ::popen(line.c_str(), "r");
    if (pipe == nullptr) give_up("can't run wrk");
    std::string text;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
    if (::pclose(pipe) != 0) give_up("wrk failed: " + text);
    if (text.find("Non-2xx") != std::string::npos ||
        text.find("Socket errors") != std::string::npos)
        give_up("not every request was answered with success: " + text);
    Measured out;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        std::string value;
        if (word == "50%" && words >> value) out.p50 = milliseconds(value);
        if (word == "99%" && words >> value) out.p99 = milliseconds(value);
        if (word == "Requests/sec:" && words >> value)
            out.rate = std::strtod(value.c_str(), nullptr);
    }
    if (out.rate == 0) give_up("wrk said something else: " + text);
    return out;
}

Measured median(std::vector<Measured> of) {
    const auto middle = [&](auto member) {
        std::sort(of.begin(), of.end(),
                  [&](const Measured& a, const Measured& b) { return a.*member < b.*member; });
        return of[of.size() / 2].*member;
    };
    return {middle(&Measured::rate), middle(&Measured::p50), middle(&Measured::p99)};
}

struct Wanted {
    const char* name;  // nginx's file, too
    std::string path;  // of the node
    std::vector<std::string> options;
    double goal_rate;  // of nginx's
    double goal_p99;   // times nginx's; 0: none
};

std::string lua_of(const std::vector<Reel>& reels, const std::string& token) {
    std::string out = "bodies = {\n";
    for (const auto& reel : reels) {
        const auto body =
            json::serialize(json::object{{"symbols", json::array{reel.label}}, {"place", "line"}});
        out += "[==[" + body + "]==],\n";
    }
    return out +
           "}\nlocal at = 0\nwrk.method = 'POST'\nwrk.headers['Content-Type'] = "
           "'application/json'\nwrk.headers['Authorization'] = 'Bearer " +
           token +
           "'\nfunction request()\n  at = at % #bodies + 1\n  return wrk.format(nil, nil, nil, "
           "bodies[at])\nend\n";
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t envelopes = 1'000'000;
    double seconds = 10;
    int rounds = 5;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--seconds" && i + 1 < argc)
            seconds = std::max(1.0, std::strtod(argv[++i], nullptr));
        else if (word == "--rounds" && i + 1 < argc)
            rounds = std::max(1, std::atoi(argv[++i]));
        else
            envelopes = std::strtoull(argv[i], nullptr, 10);
    }
    if (::access(kNginx, X_OK) != 0) give_up("nginx is not installed: run ./dev bench api");
    const ScratchFolder folder;
    const BenchOrg org(folder.path(), kLimits);
    const auto keys = node::load_keyring(org.config.keys, org.config.store.data_key).value();
    const auto reels = make_reels();
    std::fprintf(stderr, "filling the store with %lu envelopes\n", envelopes);
    {
        Node store = org.store();
        store.open();
        store.preload(envelopes, kBody);
        write_lives(store, keys, reels);
        store.wait_until_indexed();
        store.close();
    }
    node::tests::Process process(
        {"node", "run", "--json", "--log-level", "warn", "--config", org.config.file.string()},
        org.config.folder / "errors");
    const auto origin = "https://127.0.0.1:" + std::to_string(port_of(process.line()));
    const auto token = org.token();
    api::ClientOptions options;
    options.origin = origin;
    options.pinned_spki = {
        api::spki_sha256_of_certificate(text_of_file(org.config.keys / "tls.crt")).value()};
    api::HttpClient client(options);
    const api::Headers known{{"Authorization", "Bearer " + token}};
    const auto ask = [&](api::Method method, const std::string& path, const std::string& body) {
        auto answer =
            client.request(method, path, body, body.empty() ? "" : "application/json", known);
        if (!answer) give_up(path + ": " + answer.error().text);
        if (answer->status != 200) give_up(path + ": " + std::string(answer->body_view()));
        return std::string(answer->body_view());
    };
    while (ask(api::Method::get, "/metrics", "").find("reelproof_index_filter_ready 1\n") ==
           std::string::npos)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));

    const auto script = (folder.path() / "check.lua").string();
    std::ofstream(script) << lua_of(reels, token);
    const auto with_token = std::vector<std::string>{"-H", "Authorization: Bearer " + token};
    const std::vector<Wanted> all = {{"check", "/v1/check", {"-s", script}, 0.5, 5},
                                     {"tile", "/log/tile/0/000", with_token, 0.9, 0},
                                     {"checkpoint", "/log/checkpoint", with_token, 0.9, 0}};
    const auto verdict = ask(
        api::Method::post, "/v1/check",
        json::serialize(json::object{{"symbols", json::array{reels[0].label}}, {"place", "line"}}));
    if (verdict.find("\"ACCEPT\"") == std::string::npos) give_up("no ACCEPT: " + verdict);

    Nginx nginx(folder.path(), org.config.keys);
    nginx.key(keys.tls_key);
    std::map<std::string, std::size_t> sizes;
    for (const auto& one : all) {
        const auto content =
            one.path == "/v1/check" ? verdict : ask(api::Method::get, one.path, "");
        sizes[one.name] = content.size();
        nginx.file(one.name, std::string(content.size(), 'x'));
    }
    nginx.start();

    std::printf("%lu envelopes, %d connections, %d rounds of %.0f s, medians\n", envelopes,
                kConnections, rounds, seconds);
    std::printf("%-12s %8s | %10s %9s %9s | %10s %9s %9s | %7s %9s\n", "", "bytes", "node /s",
                "p50 ms", "p99 ms", "nginx /s", "p50 ms", "p99 ms", "of rate", "times p99");
    for (const auto& one : all) {
        std::vector<Measured> ours, theirs;
        const auto their_url = nginx.origin() + "/" + one.name;
        wrk(origin + one.path, 1, one.options);
        wrk(their_url, 1, {});
        for (int round = 0; round < rounds; ++round) {
            ours.push_back(wrk(origin + one.path, seconds, one.options));
            theirs.push_back(wrk(their_url, seconds, {}));
        }
        const auto us = median(std::move(ours)), them = median(std::move(theirs));
        std::printf("%-12s %8zu | %10.0f %9.2f %9.2f | %10.0f %9.2f %9.2f | %7.2f %9.2f\n",
                    one.name, sizes[one.name], us.rate, us.p50, us.p99, them.rate, them.p50,
                    them.p99, us.rate / them.rate, us.p99 / them.p99);
        std::printf("%-12s goal: %.1f of nginx's rate", "", one.goal_rate);
        if (one.goal_p99 > 0) std::printf(", p99 within %.0f times", one.goal_p99);
        std::printf("\n");
        std::fflush(stdout);
    }
    process.signal(SIGTERM);
    process.wait();
    return 0;
}
