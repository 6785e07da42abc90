#include "node/cli/client.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <sstream>
#include <thread>

#include <boost/json.hpp>

#include "api/http/origin.h"
#include "api/http/tls_identity.h"
#include "ledger/base/file.h"
#include "ledger/base/secret.h"
#include "ledger/base/sha256.h"
#include "node/cli/arguments.h"
#include "node/config.h"
#include "node/shell_word.h"
#include "vision/label/label.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

constexpr std::size_t kMaxPicture = 64 << 20;
constexpr std::size_t kMaxLabelFile = 1 << 20;
constexpr int kAttempts = 4;

Result<std::string> read_token(const std::filesystem::path& file) {
    auto bytes = ledger::read_secret_file(file, 4096);
    if (!bytes) return bytes.error();
    std::string text(bytes->begin(), bytes->end());
    ledger::wipe(bytes->data(), bytes->size());
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    return text;
}

ErrorKind kind_of(int status, std::string_view type) {
    switch (status) {
        case 400:
        case 415:
        case 401:  // who may not ask has got no answer: that must not look like a REJECT
            return ErrorKind::malformed;
        case 403:
            return type.ends_with(":untrusted") ? ErrorKind::untrusted : ErrorKind::malformed;
        case 404:
            return ErrorKind::not_found;
        case 409:
            return ErrorKind::conflict;
        case 413:
            return ErrorKind::too_large;
        case 422:
            return ErrorKind::invalid;
        default:
            return ErrorKind::unavailable;
    }
}

// "row 7: mpn must be ..."; what is none of ours is shown as it is.
std::string row_error(const json::value& error) {
    const auto* row = error.is_object() ? error.get_object().if_contains("row") : nullptr;
    const auto* text = error.is_object() ? error.get_object().if_contains("text") : nullptr;
    if (row == nullptr || text == nullptr || !text->is_string()) return json::serialize(error);
    return "row " + json::serialize(*row) + ": " + std::string(text->get_string());
}

Error error_of(const api::Response& response) {
    std::string text = "the node answered " + std::to_string(response.status);
    std::string_view type;
    boost::system::error_code failure;
    const auto value = json::parse(response.body_view(), failure);
    if (!failure && value.is_object()) {
        const auto& problem = value.get_object();
        if (const auto* member = problem.if_contains("type");
            member != nullptr && member->is_string())
            type = member->get_string();
        const auto member = [&](std::string_view name) {
            const auto* value_of = problem.if_contains(name);
            return value_of != nullptr && value_of->is_string()
                       ? std::string(value_of->get_string())
                       : std::string();
        };
        const auto title = member("title"), detail = member("detail");
        // Of a refused token the detail alone does not say what it is about.
        if (!title.empty() && !detail.empty() && response.status == 401)
            text = title + ": " + detail;
        else if (!title.empty() || !detail.empty())
            text = detail.empty() ? title : detail;
        // Of an import: the first row is in the detail.
        if (const auto* rows = problem.if_contains("errors"); rows != nullptr && rows->is_array())
            for (std::size_t i = 1; i < rows->get_array().size(); ++i)
                text += "\n  " + row_error(rows->get_array()[i]);
    }
    return {kind_of(response.status, type), text};
}

}  // namespace

void NodeAddress::add_options(CLI::App* command) {
    command->add_option("--config", config,
                        "the node's configuration (default: $REELPROOF_CONFIG, else node.toml)");
    command->add_option("--node", url, "address of the node, instead of --config")
        ->needs(command->add_option("--token-file", token_file, "file with the token")
                    ->check(CLI::ExistingFile));
    command->add_option("--pin", pin,
                        "SHA-256 of the node's TLS key (hex), with --node: `reelproof org show` of "
                        "that node prints it");
}

std::string NodeAddress::as_words() const {
    std::string out;
    for (const auto& [option, value] :
         {std::pair("--config", config), std::pair("--node", url),
          std::pair("--token-file", token_file), std::pair("--pin", pin)})
        if (!value.empty()) out += " " + std::string(option) + " " + shell_word(value);
    return out;
}

NodeClient::NodeClient(api::ClientOptions options, std::string token)
    : client_(std::move(options)), token_(std::move(token)) {}

Result<std::unique_ptr<NodeClient>> NodeClient::connect(const NodeAddress& address) {
    api::ClientOptions options;
    options.user_agent = "reelproof-cli";
    std::filesystem::path token_file = address.token_file;
    if (!address.url.empty()) {
        options.origin = address.url;
        if (!api::parse_origin(address.url))
            return ledger::malformed("--node: " + address.url +
                                     " is no https URL, like https://127.0.0.1:8443");
        if (address.pin.empty())
            return ledger::malformed(
                "--node needs --pin, the SHA-256 of that node's TLS key (hex), so that nobody else "
                "gets the token; `reelproof org show` of that node prints it");
        const auto pin = ledger::array_from_hex<32>(address.pin, "--pin");
        if (!pin) return pin.error();
        options.pinned_spki = {*pin};
    } else {
        std::string file = address.config;
        if (file.empty()) {
            const char* given = std::getenv("REELPROOF_CONFIG");
            file = given != nullptr ? given : "node.toml";
        }
        if (!std::filesystem::exists(file))
            return ledger::malformed("there is no configuration " + file +
                                     ": say --config FILE or set REELPROOF_CONFIG");
        const auto config = load_config(file);
        if (!config) return config.error();
        // The node's own address, not the one it is known by outside.
        const bool v6 = config->listen.address.find(':') != std::string::npos;
        auto host = config->listen.address;
        if (host == "0.0.0.0") host = "127.0.0.1";
        if (host == "::") host = "::1";
        options.origin =
            "https://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(config->listen.port);
        const auto certificate = ledger::read_file(config->keys / "tls.crt", 64UL * 1024);
        if (!certificate) return certificate.error();
        const auto pin = api::spki_sha256_of_certificate(ledger::as_text(*certificate));
        if (!pin) return ledger::malformed("tls.crt: " + pin.error().text);
        options.pinned_spki = {*pin};
        if (token_file.empty()) token_file = config->folder / "cli.token";
    }
    auto token = read_token(token_file);
    if (!token) return token.error();
    return std::unique_ptr<NodeClient>(new NodeClient(std::move(options), std::move(*token)));
}

Result<std::string> NodeClient::call(api::Method method, std::string_view path,
                                     std::string_view body, std::string_view content_type,
                                     api::Headers headers) {
    headers.set("Authorization", "Bearer " + token_);
    const bool repeatable = method == api::Method::get || headers.has("Idempotency-Key");
    for (int attempt = 1;; ++attempt) {
        api::CallOptions options;
        options.idempotent = repeatable;
        auto answer = client_.request(method, path, body, content_type, headers, options);
        const bool again = repeatable && attempt < kAttempts &&
                           (answer ? answer->status == 503
                                   : answer.error().kind == api::HttpErrorKind::closed ||
                                         answer.error().kind == api::HttpErrorKind::timeout);
        if (again) {
            std::cerr << "reelproof: " << (answer ? error_of(*answer).message : answer.error().text)
                      << "; trying again\n";
            std::this_thread::sleep_for(std::chrono::seconds(attempt));
            continue;
        }
        if (!answer) {
            std::string text = answer.error().text;
            if (answer.error().kind == api::HttpErrorKind::connect)
                text += " Start it with `reelproof node run --config FILE`";
            return Error{ErrorKind::unavailable, text};
        }
        if (answer->status < 200 || answer->status > 299) return error_of(*answer);
        return std::string(answer->body_view());
    }
}

namespace {

Result<json::object> object_of(const Result<std::string>& text) {
    if (!text) return text.error();
    boost::system::error_code failure;
    auto value = json::parse(*text, failure);
    if (failure || !value.is_object())
        return Error{ErrorKind::unavailable, "the node's answer is not a JSON object"};
    return std::move(value.get_object());
}

}  // namespace

Result<json::object> NodeClient::post(std::string_view path, const json::object& body,
                                      std::string_view idempotency_key) {
    api::Headers headers;
    if (!idempotency_key.empty()) headers.set("Idempotency-Key", std::string(idempotency_key));
    return object_of(call(api::Method::post, path, json::serialize(body), "application/json",
                          std::move(headers)));
}

Result<json::object> NodeClient::post_picture(std::string_view path, ledger::ByteView picture,
                                              std::string_view idempotency_key) {
    api::Headers headers;
    if (!idempotency_key.empty()) headers.set("Idempotency-Key", std::string(idempotency_key));
    auto answer = object_of(
        call(api::Method::post, path, ledger::as_text(picture), "image/any", std::move(headers)));
    if (answer) return answer;
    auto error = answer.error();
    // A picture that can't be read is bad input, and no verdict about goods.
    if (error.kind == ErrorKind::invalid) error.kind = ErrorKind::malformed;
    return error;
}

Result<ledger::Bytes> NodeClient::post_for_bundle(std::string_view path, const json::object& body) {
    api::Headers headers{{"Accept", "application/vnd.reelproof.bundle"}};
    auto text = call(api::Method::post, path, json::serialize(body), "application/json",
                     std::move(headers));
    if (!text) return text.error();
    return ledger::Bytes(text->begin(), text->end());
}

Result<json::object> NodeClient::post_statement(ledger::ByteView statement) {
    return object_of(call(api::Method::post, "/v1/statements", ledger::as_text(statement),
                          "application/cose", api::Headers()));
}

Result<json::object> NodeClient::get(std::string_view path) {
    return object_of(
        call(api::Method::get, path, {}, {}, api::Headers{{"Accept", "application/json"}}));
}

Result<std::string> NodeClient::get_bytes(std::string_view path) {
    return call(api::Method::get, path, {}, {}, {});
}

Result<json::object> NodeClient::post_bytes(std::string_view path, ledger::ByteView bytes) {
    return object_of(call(api::Method::post, path, ledger::as_text(bytes),
                          "application/octet-stream",
                          api::Headers{{"Idempotency-Key", fresh_idempotency_key()}}));
}

Result<std::string> NodeClient::get_range(std::string_view path, std::uint64_t offset,
                                          std::size_t size) {
    return call(api::Method::get, path, {}, {},
                api::Headers{{"Range", "bytes=" + std::to_string(offset) + "-" +
                                           std::to_string(offset + size - 1)},
                             {"Accept-Encoding", "identity"}});
}

void LabelArguments::add_options(CLI::App* command) {
    auto* label = command->add_option(
        "LABEL", texts,
        "text of the label's symbols (\\x1d, {GS}, <GS>, ^] are understood); - for standard "
        "input, @FILE for a file with one symbol a line");
    auto* picture = command->add_option("--image", image, "a photograph of the label");
    label->excludes(picture);
}

namespace {

bool says_something(const std::string& symbol) {
    const auto parsed = vision::parse(symbol);
    return parsed && (parsed->unique_id || !parsed->fields.empty());
}

}  // namespace

Result<ledger::Bytes> LabelArguments::picture() const {
    return ledger::read_file(image, kMaxPicture);
}

Result<std::vector<std::string>> LabelArguments::symbols(NodeClient& client) const {
    if (!image.empty()) {
        const auto bytes = picture();
        if (!bytes) return bytes.error();
        // Print is compared where somebody judges the label, in check and receive.
        const auto reading = client.post_picture("/v1/read?text=no", *bytes);
        if (!reading) return ledger::within(image, reading.error());
        std::vector<std::string> out;
        for (const auto& symbol : reading->at("symbols").as_array())
            out.emplace_back(symbol.at("text").as_string());
        if (out.empty())
            return ledger::malformed(image +
                                     ": no symbol was found; come closer, avoid glare, or give the "
                                     "label's text");
        return out;
    }
    std::vector<std::string> out;
    for (const auto& text : texts) {
        auto symbols = label_texts({text});
        if (!symbols) return symbols.error();
        if (text.starts_with('@') && std::none_of(symbols->begin(), symbols->end(), says_something))
            return ledger::malformed(text.substr(1) +
                                     ": no line of it is a label's text; it wants one symbol a "
                                     "line, as `reelproof label read` prints them");
        std::move(symbols->begin(), symbols->end(), std::back_inserter(out));
    }
    if (out.empty()) return ledger::malformed("a label is missing: give its text or --image FILE");
    return out;
}

Result<std::vector<std::string>> label_texts(const std::vector<std::string>& arguments) {
    std::vector<std::string> out;
    for (const auto& text : arguments) {
        if (text != "-" && !text.starts_with('@')) {
            out.push_back(text);
            continue;
        }
        if (text == "@")
            return ledger::malformed("@: name the file right behind it, as in @label.txt");
        auto bytes = ledger::read_file(text == "-" ? text : text.substr(1), kMaxLabelFile);
        if (!bytes) return bytes.error();
        std::istringstream lines(std::string(bytes->begin(), bytes->end()));
        ledger::wipe(bytes->data(), bytes->size());
        for (std::string line; std::getline(lines, line);) {
            if (line.ends_with('\r')) line.pop_back();
            if (!line.empty()) out.push_back(line);
        }
    }
    return out;
}

std::string fresh_idempotency_key() {
    const auto random = ledger::Secret<16>::random();
    return ledger::to_hex(random.expose());
}

std::string content_idempotency_key(std::string_view what, std::string_view content) {
    return std::string(what) + "/" + ledger::to_hex(ledger::sha256(ledger::as_bytes(content)));
}

}  // namespace reelproof::node
