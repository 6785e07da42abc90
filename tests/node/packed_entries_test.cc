// Entries that are packed on their way from one node to another.
#include <set>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/http/gzip.h"
#include "api/routes/transparency.h"
#include "ledger/format/tile.h"
#include "node/keyring.h"
#include "tests/node/service_support.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;

namespace {

using Method = api::Method;

// Takes connections in the place of a server and counts what that one sends. One at a time: a node
// keeps one connection to a partner.
class CountingRelay {
  public:
    CountingRelay(std::uint16_t at, std::uint16_t to) : to_(to), listener_(new_socket()) {
        auto address = loopback(at);
        const int on = 1;
        ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener_, 16) != 0)
            throw std::runtime_error("the relay can't listen");
        thread_ = std::thread([this] { run(); });
    }
    ~CountingRelay() {
        stopping_ = true;
        thread_.join();
        ::close(listener_);
    }
    CountingRelay(const CountingRelay&) = delete;
    CountingRelay& operator=(const CountingRelay&) = delete;
    [[nodiscard]] std::uint64_t sent() const { return sent_; }

  private:
    static int new_socket() { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in out{};
        out.sin_family = AF_INET;
        out.sin_port = htons(port);
        out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return out;
    }

    struct Link {
        int client, server;
    };

    void run() {
        std::vector<Link> links;
        while (!stopping_) {
            std::vector<pollfd> wanted{{listener_, POLLIN, 0}};
            for (const auto& link : links) {
                wanted.push_back({link.client, POLLIN, 0});
                wanted.push_back({link.server, POLLIN, 0});
            }
            ::poll(wanted.data(), wanted.size(), 20);
            for (std::size_t i = links.size(); i-- > 0;) {
                const auto& [client, server] = links[i];
                const bool open = (wanted[1 + 2 * i].revents == 0 || pass(client, server) >= 0) &&
                                  (wanted[2 + 2 * i].revents == 0 || count(pass(server, client)));
                if (open) continue;
                ::close(client);
                ::close(server);
                links.erase(links.begin() + static_cast<std::ptrdiff_t>(i));
            }
            if (wanted[0].revents == 0) continue;
            const Link link{::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), new_socket()};
            const auto address = loopback(to_);
            if (::connect(link.server, reinterpret_cast<const sockaddr*>(&address),
                          sizeof address) == 0) {
                links.push_back(link);
            } else {
                ::close(link.client);
                ::close(link.server);
            }
        }
        for (const auto& link : links) {
            ::close(link.client);
            ::close(link.server);
        }
    }
    bool count(ssize_t size) {
        if (size < 0) return false;
        sent_ += static_cast<std::uint64_t>(size);
        return true;
    }
    // What one read gives; -1 at the end.
    static ssize_t pass(int from, int to) {
        std::array<char, 64UL * 1024> buffer;
        const ssize_t size = ::recv(from, buffer.data(), buffer.size(), 0);
        if (size <= 0) return -1;
        for (ssize_t done = 0; done < size;) {
            const ssize_t written = ::send(to, buffer.data() + done,
                                           static_cast<std::size_t>(size - done), MSG_NOSIGNAL);
            if (written <= 0) return -1;
            done += written;
        }
        return size;
    }

    const std::uint16_t to_;
    const int listener_;
    std::atomic<bool> stopping_ = false;
    std::atomic<std::uint64_t> sent_ = 0;
    std::thread thread_;
};

bool asks_for_entries(const api::Request& request) {
    return request.path.find("/tile/entries/") != std::string::npos;
}

// Answers for entry bundles as a server that keeps them packed, whatever it is asked; `change` may
// spoil what it sends.
Lie packs_always(TestNode& node, const std::function<std::string(std::string)>& change = {}) {
    return [&node, change](const api::Request& request) -> std::optional<api::Response> {
        if (!asks_for_entries(request)) return std::nullopt;
        const auto id = ledger::parse_tile_path(request.path.substr(std::string("/log/").size()));
        if (!id) return std::nullopt;
        const auto tile = node.store().tile(ledger::kOwnLog, *id);
        if (!tile) return std::nullopt;
        std::string packed = api::gzip(ledger::as_text(*tile));
        if (change) packed = change(std::move(packed));
        auto out = api::Response::bytes(200, "application/octet-stream", std::move(packed));
        out.headers.set("Content-Encoding", "gzip");
        return out;
    };
}

PartnerConfig packing(PartnerConfig partner) {
    partner.gzip = true;
    return partner;
}

}  // namespace

TEST_CASE("entries that a server packs without being asked are read", "[replication][gzip]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 700);  // two full bundles, and a partial one
    maker.replicate({ems.as_partner()});
    std::mutex mutex;
    std::set<std::string> wishes;
    maker.lie([&, packed = packs_always(maker)](const api::Request& request) {
        if (asks_for_entries(request)) {
            const std::lock_guard lock(mutex);
            wishes.insert(request.headers.joined("Accept-Encoding"));
        }
        return packed(request);
    });
    const bool asks = GENERATE(false, true);
    ems.replicate({asks ? packing(maker.as_partner()) : maker.as_partner()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 701; }));
    const auto log = ems.store().log_by_origin(maker.origin());
    CHECK(ems.store().entry(log->id, 600).value() ==
          maker.store().entry(ledger::kOwnLog, 600).value());
    const std::lock_guard lock(mutex);
    CHECK(wishes == std::set<std::string>{asks ? "gzip" : "identity"});
}

TEST_CASE("entries that are packed wrongly are refused, and so are bombs", "[replication][gzip]") {
    TestNode maker("maker.example"), ems("ems.example");
    const bool full = GENERATE(false, true);
    maker.write("a", full ? 300 : 30);
    maker.replicate({ems.as_partner()});
    std::string why;
    std::function<std::string(std::string)> spoil;
    SECTION("a bomb") {
        // The largest bundle that there can be, and one byte more.
        const auto bomb = api::gzip(std::string((full ? 256UL : 31UL) * 65'537 + 1, '\0'));
        REQUIRE(bomb.size() < 40'000);
        spoil = [bomb](const std::string&) { return bomb; };
        why = "over the limit";
    }
    SECTION("cut short") {
        spoil = [](std::string packed) { return packed.substr(0, packed.size() - 9); };
        why = "gzip body is damaged";
    }
    SECTION("with other bytes") {
        spoil = [](std::string packed) {
            packed[packed.size() - 6] ^= 1;  // of the check sum
            return packed;
        };
        why = "gzip body is damaged";
    }
    SECTION("with something behind it") {
        spoil = [](const std::string& packed) { return packed + "more"; };
        why = "gzip body is damaged";
    }
    SECTION("not at all") {
        spoil = [](const std::string&) { return std::string("\0\1x", 3); };
        why = "gzip body is damaged";
    }
    maker.lie(packs_always(maker, spoil));
    ems.replicate({packing(maker.as_partner())});
    REQUIRE(eventually([&] { return ems.status_of(maker).error.find(why) != std::string::npos; }));
    CHECK(ems.copy_of(maker) == 0);
    // More than there can be is more than trouble with a connection, as where it is not packed.
    CHECK(ems.status_of(maker).alarm.empty() == (why != "over the limit"));
    // Nothing of it stays.
    maker.lie(packs_always(maker));
    REQUIRE(eventually([&] { return ems.copy_of(maker) == maker.size(); }));
}

TEST_CASE("entry bundles are packed for who asks, and nothing else of a log is",
          "[service][gzip]") {
    Pair pair;
    std::vector<std::string> labels;
    for (int i = 0; i < 20; ++i) labels.push_back(issued().text);
    pair.ship(labels);
    REQUIRE(pair.in_step());
    // A partner, by its certificate.
    const auto keys = load_keyring(pair.ems.config.keys).value();
    const api::TlsIdentity partner{keys.tls_certificate, keys.tls_key, {}};
    const auto ask = [&](const ServiceNode& node, const std::string& path,
                         const std::string& coding) {
        return node.send(Method::get, path, "", "", {{"Accept-Encoding", coding}}, &partner);
    };
    const auto width = std::to_string(pair.maker.size());
    const std::string bundle = "/log/tile/entries/000.p/" + width;
    const std::string mirrored =
        "/mirror/" + api::mirror_name(pair.maker.config.origin) + "/tile/entries/000.p/" + width;
    const auto plain = ask(pair.maker, bundle, "identity");
    REQUIRE(plain.status == 200);
    REQUIRE(plain.text.size() > api::kMinGzipSize);
    CHECK(plain.headers.get("Vary") == "Accept-Encoding");
    for (const char* no : {"identity", "gzip;q=0", "gzip;q=0.0, *", "br", ""}) {
        CAPTURE(no);
        CHECK(ask(pair.maker, bundle, no).headers.get("Content-Length") ==
              std::to_string(plain.text.size()));
    }
    for (const char* yes : {"gzip", "br, gzip;q=0.1", "*"}) {
        CAPTURE(yes);
        const auto packed = ask(pair.maker, bundle, yes);
        CHECK(packed.status == 200);
        CHECK_FALSE(packed.headers.has("Content-Length"));  // it was packed, and is unpacked
        CHECK(packed.headers.get("Vary") == "Accept-Encoding");
        CHECK(packed.text == plain.text);
    }
    CHECK(ask(pair.maker, "/log/tile/0/000.p/" + width, "gzip").headers.has("Content-Length"));

    REQUIRE(pair.ems.has_log_of(pair.maker));
    const auto own = load_keyring(pair.maker.config.keys).value();
    const api::TlsIdentity owner{own.tls_certificate, own.tls_key, {}};
    const auto copy = pair.ems.send(Method::get, mirrored, "", "", {}, &owner);
    CHECK(copy.text == plain.text);
    CHECK(copy.headers.get("Vary") == "Accept-Encoding");
    CHECK_FALSE(copy.headers.has("Content-Length"));
}

TEST_CASE("a partner whose configuration says gzip costs fewer bytes on the wire",
          "[service][gzip]") {
    std::map<bool, std::uint64_t> bytes;
    ServiceNode maker("maker.example");
    const std::uint16_t front = maker.config.listen.port;
    maker.config.listen.port = free_port();
    std::vector<std::string> labels;
    for (int i = 0; i < 300; ++i) labels.push_back(issued().text);
    maker.start();
    for (const auto& label : labels) maker.record("commission", with_labels({label}));
    maker.stop();
    for (const bool gzip : {false, true}) {
        ServiceNode ems(gzip ? "ems.example" : "oem.example", &maker);
        ems.partner(maker);
        ems.config.partners.back().gzip = gzip;
        maker.config.partners.clear();
        maker.partner(ems);
        maker.start();
        const CountingRelay relay(front, maker.config.listen.port);
        ems.start();
        REQUIRE(ems.has_log_of(maker));
        bytes[gzip] = relay.sent();
        ems.stop();
        maker.stop();
    }
    INFO(bytes[false] << " bytes plain, " << bytes[true] << " packed");
    CHECK(bytes[true] < bytes[false]);
}
