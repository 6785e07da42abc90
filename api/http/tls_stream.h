// A TLS connection as Asio's asynchronous operations: what TlsEngine needs is waited for. One read
// and one write may be pending at a time, as with any stream. Internal to api/http.
#pragma once

#include <span>
#include <type_traits>
#include <utility>

#include <boost/asio/compose.hpp>

#include "api/http/net.h"
#include "api/http/tls_engine.h"

namespace reelproof::api::net {

class TlsStream {
  public:
    using next_layer_type = Socket;
    using lowest_layer_type = Socket::lowest_layer_type;
    using executor_type = Executor;
    enum Role { client, server };

    TlsStream(Socket socket, SSL_CTX* context)
        : socket_(std::move(socket)), engine_(context, socket_) {}

    executor_type get_executor() { return socket_.get_executor(); }
    Socket& next_layer() { return socket_; }
    lowest_layer_type& lowest_layer() { return socket_.lowest_layer(); }
    SSL* native_handle() { return engine_.ssl(); }

    // The handler takes (error_code).
    template <class Token>
    auto async_handshake(Role role, Token&& token) {
        return start<void(error_code)>(
            [role](TlsEngine& engine) { return engine.handshake(role == server); },
            std::forward<Token>(token));
    }

    template <class Token>
    auto async_shutdown(Token&& token) {
        return start<void(error_code)>([](TlsEngine& engine) { return engine.shut_down(); },
                                       std::forward<Token>(token));
    }

    // The handler takes (error_code, std::size_t). Of `buffers` the first that isn't empty is used.
    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        const std::span<char> into = first_of<asio::mutable_buffer, char>(buffers);
        return start<void(error_code, std::size_t)>(
            [into](TlsEngine& engine) {
                if (into.empty()) return TlsEngine::Step{};
                if (engine.is_drained()) return TlsEngine::Step{.need = TlsEngine::Need::input};
                return engine.read(into);
            },
            std::forward<Token>(token), kMayWait);
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        const std::span<const char> bytes = first_of<asio::const_buffer, const char>(buffers);
        return start<void(error_code, std::size_t)>(
            [bytes](TlsEngine& engine) {
                return bytes.empty() ? TlsEngine::Step{} : engine.write(bytes);
            },
            std::forward<Token>(token));
    }

  private:
    // A read goes on while a write waits for room, or two that both write first would wait for each
    // other; but who asks for new keys and never reads does not fill our memory with answers.
    static constexpr std::size_t kMayWait = 2 * TlsEngine::most_at_once;

    template <class Buffer, class Byte, class Buffers>
    static std::span<Byte> first_of(const Buffers& buffers) {
        for (auto at = asio::buffer_sequence_begin(buffers);
             at != asio::buffer_sequence_end(buffers); ++at) {
            const Buffer buffer(*at);
            if (buffer.size() > 0) return {static_cast<Byte*>(buffer.data()), buffer.size()};
        }
        return {};
    }

    // Makes the call until it needs nothing more.
    template <class Call, bool kSized>
    struct Operation {
        enum class At { call, input, room, outcome };

        TlsStream& stream;
        Call call;
        std::size_t may_wait;  // bytes that need not be sent before the call's outcome is acted on
        At at = At::call;
        bool has_waited = false;
        TlsEngine::Step step{};

        template <class Self>
        void operator()(Self& self, error_code error = {}, std::size_t size = 0) {
            TlsEngine& engine = stream.engine_;
            switch (at) {
                case At::outcome:
                    return finish(self);
                case At::room:
                    if (error) step = {.error = error};
                    break;
                case At::input:
                    if (error && error != asio::error::eof) {
                        step = {.error = error};
                        break;
                    }
                    if (error)
                        engine.received_end();
                    else
                        engine.received(size);
                    [[fallthrough]];
                case At::call:
                    step = call(engine);
            }
            if (!step.error && engine.waiting() > may_wait) {
                const auto sent = engine.flush();
                if (sent.error) step = sent;
                if (engine.waiting() > may_wait && !step.error) {
                    go_on_at(At::room);
                    return stream.socket_.async_wait(Socket::wait_write, std::move(self));
                }
            }
            if (step.need == TlsEngine::Need::input) {
                go_on_at(At::input);
                const auto into = engine.input();
                return stream.socket_.async_read_some(asio::buffer(into.data(), into.size()),
                                                      std::move(self));
            }
            if (has_waited) return finish(self);
            // A handler is never called by what starts its operation.
            go_on_at(At::outcome);
            asio::post(stream.get_executor(), std::move(self));
        }

        void go_on_at(At next) {
            at = next;
            has_waited = true;
        }

        template <class Self>
        void finish(Self& self) {
            if constexpr (kSized)
                self.complete(step.error, step.size);
            else
                self.complete(step.error);
        }
    };

    template <class Signature, class Call, class Token>
    auto start(Call call, Token&& token, std::size_t may_wait = 0) {
        constexpr bool kSized = std::is_same_v<Signature, void(error_code, std::size_t)>;
        return asio::async_compose<std::decay_t<Token>, Signature>(
            Operation<Call, kSized>{*this, std::move(call), may_wait}, token, socket_);
    }

    Socket socket_;
    TlsEngine engine_;
};

}  // namespace reelproof::api::net
