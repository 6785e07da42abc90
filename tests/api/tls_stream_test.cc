// A server's and a client's stream on one pair of sockets, each driven step by step.
#include "api/http/tls_stream.h"

#include <optional>
#include <string>

#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "api/http/tls_context.h"
#include "api/http/tls_identity.h"

namespace reelproof::api::net {
namespace {

const TlsIdentity& identity() {
    static const TlsIdentity made = [] {
        TlsIdentityRequest request;
        request.organisation = "acme-ems.example";
        return make_tls_identity(request).value();
    }();
    return made;
}

SSL_CTX* server_context() {
    static const SslContextHandle made =
        make_server_context(identity().certificate_pem, identity().private_key_pem).value();
    return made.get();
}

SSL_CTX* client_context() {
    static const SslContextHandle made = make_client_context("", "").value();
    return made.get();
}

struct Outcome {
    bool done = false;
    error_code error{};
    std::size_t size = 0;
};

// Handlers that note what they are called with.
auto note(Outcome& outcome) {
    return [&outcome](const error_code& error, std::size_t size) { outcome = {true, error, size}; };
}
auto note_end(Outcome& outcome) {
    return [&outcome](const error_code& error) { outcome = {true, error, 0}; };
}

enum class Buffers { small, usual };

struct Pair {
    explicit Pair(Buffers buffers = Buffers::small) {
        Acceptor acceptor(io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        client_socket.connect(acceptor.local_endpoint());
        server_socket = acceptor.accept(io);
        if (buffers == Buffers::small) {  // three million bytes are more than fit
            server_socket.set_option(asio::socket_base::send_buffer_size(65536));
            client_socket.set_option(asio::socket_base::receive_buffer_size(65536));
        }
        server.emplace(std::move(server_socket), server_context());
        client.emplace(std::move(client_socket), client_context());
    }

    // Runs until nothing can go on without the test.
    void settle() {
        io.restart();
        while (io.poll() > 0) io.restart();
    }
    void run_until(const Outcome& outcome) {
        while (!outcome.done) {
            io.restart();
            REQUIRE(io.run_one_for(std::chrono::seconds(60)) == 1);
        }
    }
    void shake_hands() {
        ServerCheck check;
        const std::vector<SpkiSha256> pins{identity().spki};
        check.pins = &pins;
        attach_server_check(client->native_handle(), &check);
        Outcome ours, theirs;
        server->async_handshake(TlsStream::server, note_end(ours));
        client->async_handshake(TlsStream::client, note_end(theirs));
        run_until(ours);
        run_until(theirs);
        attach_server_check(client->native_handle(), nullptr);
        REQUIRE(!ours.error);
        REQUIRE(!theirs.error);
    }
    // As much as comes, up to `size` bytes.
    std::string read(TlsStream& stream, std::size_t size) {
        std::string out;
        std::array<char, 20000> block;
        while (out.size() < size) {
            Outcome outcome;
            stream.async_read_some(asio::buffer(block), note(outcome));
            run_until(outcome);
            if (outcome.error) break;
            out.append(block.data(), outcome.size);
        }
        return out;
    }

    asio::io_context io;
    Socket client_socket{io}, server_socket{io};
    std::optional<TlsStream> server, client;
};

std::string text_of(std::size_t size) {
    std::string out;
    for (std::size_t i = 0; i < size; ++i) out += static_cast<char>('a' + i * 7 % 26);
    return out;
}

}  // namespace

TEST_CASE("a stream writes as much as its reader takes, and goes on when it takes more") {
    Pair pair;
    pair.shake_hands();
    const auto text = text_of(3'000'000);
    Outcome written;
    asio::async_write(*pair.server, asio::buffer(text), note(written));
    pair.settle();
    CHECK_FALSE(written.done);
    // The other way is open meanwhile.
    Outcome asked, heard;
    std::array<char, 16> heard_text{};
    pair.server->async_read_some(asio::buffer(heard_text), note(heard));
    pair.client->async_write_some(asio::buffer("stop?", 5), note(asked));
    pair.run_until(heard);
    CHECK(std::string_view(heard_text.data(), heard.size) == "stop?");
    CHECK(pair.read(*pair.client, text.size()) == text);
    pair.run_until(written);
    CHECK_FALSE(written.error);
    CHECK(written.size == text.size());
}

TEST_CASE("one write is some of what is given, and an empty one or an empty read nothing") {
    Pair pair;
    pair.shake_hands();
    const auto text = text_of(1'000'000);
    Outcome written, nothing;
    pair.server->async_write_some(asio::buffer(text), note(written));
    CHECK(pair.read(*pair.client, TlsEngine::most_at_once) ==
          text.substr(0, TlsEngine::most_at_once));
    pair.run_until(written);
    CHECK(written.size == TlsEngine::most_at_once);
    pair.client->async_read_some(asio::mutable_buffer(), note(nothing));
    pair.run_until(nothing);
    CHECK((!nothing.error && nothing.size == 0));
    nothing = {};
    pair.client->async_write_some(asio::const_buffer(), note(nothing));
    pair.run_until(nothing);
    CHECK((!nothing.error && nothing.size == 0));
}

TEST_CASE("no handler is called by what starts its operation") {
    Pair pair;
    pair.shake_hands();
    Outcome written;
    pair.server->async_write_some(asio::buffer("at once", 7), note(written));
    CHECK_FALSE(written.done);
    pair.run_until(written);
    CHECK(written.size == 7);
    CHECK(pair.read(*pair.client, 7) == "at once");
}

TEST_CASE("a record that is read in pieces loses nothing, nor does a read that was cancelled") {
    Pair pair;
    pair.shake_hands();
    Outcome cancelled, written;
    std::array<char, 3> piece{};
    pair.client->async_read_some(asio::buffer(piece), note(cancelled));
    pair.settle();
    CHECK_FALSE(cancelled.done);
    pair.client->next_layer().cancel();
    pair.run_until(cancelled);
    CHECK(cancelled.error == asio::error::operation_aborted);
    pair.server->async_write_some(asio::buffer("reelproof", 9), note(written));
    std::string all;
    while (all.size() < 9) {
        Outcome outcome;
        pair.client->async_read_some(asio::buffer(piece), note(outcome));
        pair.run_until(outcome);
        REQUIRE(!outcome.error);
        all.append(piece.data(), outcome.size);
    }
    CHECK(all == "reelproof");
}

TEST_CASE("who asks for new keys over and over gets them when he reads") {
    Pair pair(Buffers::usual);
    pair.shake_hands();
    for (int i = 0; i < 200; ++i) {
        REQUIRE(SSL_key_update(pair.client->native_handle(), SSL_KEY_UPDATE_REQUESTED) == 1);
        Outcome written;
        pair.client->async_write_some(asio::buffer("x", 1), note(written));
        pair.run_until(written);
        REQUIRE(pair.read(*pair.server, 1) == "x");
    }
    Outcome answered;
    pair.server->async_write_some(asio::buffer("enough", 6), note(answered));
    CHECK(pair.read(*pair.client, 6) == "enough");
    pair.run_until(answered);
}

TEST_CASE("an end with close_notify is an end, and one without may be somebody's work") {
    std::array<char, 16> block{};
    for (const bool orderly : {true, false}) {
        Pair pair;
        pair.shake_hands();
        Outcome ended, read;
        pair.client->async_read_some(asio::buffer(block), note(read));
        if (orderly)
            pair.server->async_shutdown(note_end(ended));
        else
            pair.server->next_layer().shutdown(Socket::shutdown_send);
        pair.run_until(read);
        CHECK(read.error == (orderly ? error_code(asio::error::eof)
                                     : error_code(asio::ssl::error::stream_truncated)));
        // Asked again, it says so again.
        Outcome again;
        pair.client->async_read_some(asio::buffer(block), note(again));
        pair.run_until(again);
        CHECK(again.error);
        if (!orderly) continue;
        Outcome answered;
        pair.client->async_shutdown(note_end(answered));
        pair.run_until(ended);
        CHECK_FALSE(ended.error);
    }
}

TEST_CASE("who leaves in the middle of an answer ends the write with an error") {
    Pair pair;
    pair.shake_hands();
    const auto text = text_of(3'000'000);
    Outcome written, more;
    asio::async_write(*pair.server, asio::buffer(text), note(written));
    pair.settle();
    CHECK_FALSE(written.done);
    pair.client->next_layer().set_option(asio::socket_base::linger(true, 0));
    pair.client->next_layer().close();
    pair.run_until(written);
    CHECK(written.error);
    pair.server->async_write_some(asio::buffer(text), note(more));
    pair.run_until(more);
    CHECK(more.error);
}

TEST_CASE("what is no handshake is told as such, and a closed one too") {
    for (const bool garbage : {true, false}) {
        Pair pair;
        Outcome shaken;
        pair.server->async_handshake(TlsStream::server, note_end(shaken));
        if (garbage) {
            const std::string_view plain = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
            pair.client->next_layer().send(asio::buffer(plain.data(), plain.size()));
        } else {
            pair.client->next_layer().close();
        }
        pair.run_until(shaken);
        REQUIRE(shaken.error);
        CHECK((garbage ? shaken.error.category() == asio::error::get_ssl_category()
                       : shaken.error == asio::ssl::error::stream_truncated));
        CHECK_FALSE(shaken.error.message().empty());
    }
}

}  // namespace reelproof::api::net
