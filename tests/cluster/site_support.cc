#include <fstream>
#include <sstream>
#include <stdexcept>

#include <signal.h>

#include "api/http/tls_identity.h"
#include "tests/cluster/site.h"
#include "tests/paths.h"

namespace reelproof::cluster {

namespace {

using ledger::Error;
using ledger::ErrorKind;

constexpr const char* kPort = "8443";

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string url_of(std::size_t place) {
    return "https://" + Wire::address(place) + ":" + kPort;
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, const std::filesystem::path& errors) {
    node::tests::Process process(arguments, errors);
    while (!process.line().empty()) {
    }
    return process.wait();
}

Site::Site(const Wire& wire, std::size_t place, const std::filesystem::path& folder,
           const std::filesystem::path& salt, long clock_offset)
    : wire_(wire),
      place_(place),
      org_("org" + std::to_string(place) + ".example"),
      folder_(folder / org_),
      clock_offset_(clock_offset) {
    std::vector<std::string> arguments{"org",   "init",     "--json",
                                       "--dir", folder_,    "--org",
                                       org_,    "--listen", Wire::address(place) + ":" + kPort};
    if (!salt.empty()) {
        arguments.emplace_back("--network-salt");
        arguments.push_back((salt / "network.salt").string());
    }
    node::tests::Process made(arguments, folder / "init.log", environment());
    const std::string line = made.line();
    if (made.wait() != 0) throw std::runtime_error(contents(folder / "init.log"));
    root_ = boost::json::parse(line).at("root").as_string();
    // Looks for news more often than a real node, so that the test need not wait.
    std::string text = contents(config());
    const std::string slow = "poll_ms = 1000";
    text.replace(text.find(slow), slow.size(), "poll_ms = 100");
    std::ofstream(config()) << text;
}

void Site::add_partner(const Site& other, Reach reach) {
    std::ofstream out(config(), std::ios::app);
    out << "\n[[partner]]\norg = \"" << other.org_ << "\"\nroot = \"" << other.root_ << "\"\n";
    if (reach == Reach::calls)
        out << "pull = false\n";
    else
        out << "url = \"" << url_of(other.place_) << "\"\n";
    if (reach == Reach::delivers) out << "push = true\n";
}

std::map<std::string, std::string> Site::environment() const {
    if (clock_offset_ == 0) return {};
    return {{"LD_PRELOAD", (tests::build_dir() / "tests/libclock_offset.so").string()},
            {"REELPROOF_CLOCK_OFFSET", std::to_string(clock_offset_)},
            {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
}

void Site::start() {
    const auto log = folder_ / "node.log";
    const Wire::Inside inside(wire_, place_);
    process_ = std::make_unique<node::tests::Process>(
        std::vector<std::string>{"node", "run", "--config", config(), "--json"}, log,
        environment());
    if (process_->line().find("\"ready\":true") == std::string::npos)
        throw std::runtime_error(org_ + " did not start: " + contents(log));
}

void Site::kill() {
    process_.reset();  // by kill -9
}

int Site::stop() {
    process_->signal(SIGTERM);
    const int code = process_->wait();
    process_.reset();
    return code;
}

std::vector<std::string> Site::errors() const {
    std::vector<std::string> out;
    std::istringstream log(contents(folder_ / "node.log"));
    for (std::string line; std::getline(log, line);)
        if (line.find(" error ") != std::string::npos) out.push_back(line);
    return out;
}

SiteClient::SiteClient(const Wire& wire, const Site& site) : wire_(wire), place_(site.place()) {
    token_ = contents(site.folder() / "cli.token");
    while (token_.ends_with('\n')) token_.pop_back();
    const auto pin = api::spki_sha256_of_certificate(contents(site.folder() / "keys/tls.crt"));
    api::ClientOptions options;
    options.origin = url_of(site.place());
    options.pinned_spki = {pin.value()};
    client_ = std::make_unique<api::HttpClient>(std::move(options));
}

ledger::Result<std::string> SiteClient::call(api::Method method, const std::string& path,
                                             const std::string& body, api::Headers headers) {
    headers.set("Authorization", "Bearer " + token_);
    const Wire::Inside inside(wire_, place_);
    const auto answer = client_->request(method, path, body, "application/json", headers);
    if (!answer) return Error{ErrorKind::unavailable, answer.error().text};
    std::string text(answer->body_view());
    if (answer->status == 200 || answer->status == 201) return text;
    const bool later = answer->status == 429 || answer->status >= 500;
    return Error{later ? ErrorKind::unavailable : ErrorKind::conflict,
                 std::to_string(answer->status) + " " + text};
}

ledger::Result<std::string> SiteClient::get(const std::string& path) {
    return call(api::Method::get, path, "", {});
}

ledger::Result<boost::json::object> SiteClient::get_json(const std::string& path) {
    const auto body = get(path);
    if (!body) return body.error();
    return boost::json::parse(*body).as_object();
}

ledger::Result<boost::json::object> SiteClient::post(const std::string& path,
                                                     const boost::json::object& body,
                                                     const std::string& idempotency_key) {
    api::Headers headers;
    if (!idempotency_key.empty()) headers.set("Idempotency-Key", idempotency_key);
    const auto answer =
        call(api::Method::post, path, boost::json::serialize(body), std::move(headers));
    if (!answer) return answer.error();
    return boost::json::parse(*answer).as_object();
}

}  // namespace reelproof::cluster
