// How the command line reaches the node: its configuration file gives address, token and the key to
// pin; or all three are given. Single-threaded.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "api/http/client.h"
#include "ledger/base/bytes.h"
#include "node/cli/cli.h"

namespace reelproof::node {

struct NodeAddress {
    std::string config;      // file; default $REELPROOF_CONFIG, else node.toml here
    std::string url;         // --node: instead of the configuration
    std::string token_file;  // --token-file
    std::string pin;         // --pin: SHA-256 of the node's TLS key, hex

    void add_options(CLI::App* command);
    // The options that were given, as words of a shell, each with a blank before it.
    [[nodiscard]] std::string as_words() const;
};

class NodeClient {
  public:
    static ledger::Result<std::unique_ptr<NodeClient>> connect(const NodeAddress& address);

    // The JSON object of a 2xx answer; a problem becomes an Error with its detail, of the kind that
    // gives the right exit code. A lost connection is retried with the same Idempotency-Key.
    ledger::Result<boost::json::object> post(std::string_view path, const boost::json::object& body,
                                             std::string_view idempotency_key = {});
    ledger::Result<boost::json::object> post_picture(std::string_view path,
                                                     ledger::ByteView picture,
                                                     std::string_view idempotency_key = {});
    ledger::Result<ledger::Bytes> post_for_bundle(std::string_view path,
                                                  const boost::json::object& body);
    // A signed statement, registered in the node's log.
    ledger::Result<boost::json::object> post_statement(ledger::ByteView statement);
    ledger::Result<boost::json::object> get(std::string_view path);
    // What lies there, whatever it is.
    ledger::Result<std::string> get_bytes(std::string_view path);
    // Bytes that the node takes twice as once.
    ledger::Result<boost::json::object> post_bytes(std::string_view path, ledger::ByteView bytes);
    // At most `size` bytes of what lies there, from `offset` on.
    ledger::Result<std::string> get_range(std::string_view path, std::uint64_t offset,
                                          std::size_t size);

  private:
    NodeClient(api::ClientOptions options, std::string token);
    ledger::Result<std::string> call(api::Method method, std::string_view path,
                                     std::string_view body, std::string_view content_type,
                                     api::Headers headers);

    api::HttpClient client_;
    std::string token_;
};

// Labels as the command line takes them: raw symbol text with the escapes of `label parse`, "-" for
// standard input, "@FILE" for a file with one symbol a line (a label's text is a secret: prefer
// this to the shell's history), or --image for a photograph, which the node reads.
struct LabelArguments {
    std::vector<std::string> texts;
    std::string image;

    void add_options(CLI::App* command);
    // Reads the file of --image.
    ledger::Result<ledger::Bytes> picture() const;
    // The texts of the symbols.
    ledger::Result<std::vector<std::string>> symbols(NodeClient& client) const;
};

// What the arguments name: a text is itself, "-" and "@FILE" are the lines they hold.
ledger::Result<std::vector<std::string>> label_texts(const std::vector<std::string>& arguments);

// A random key, so that a retry after a lost answer is not a second event.
std::string fresh_idempotency_key();
// One that follows from the request: the same again is a retry, whenever it comes.
std::string content_idempotency_key(std::string_view what, std::string_view content);

}  // namespace reelproof::node
