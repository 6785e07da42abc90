#include "bench/bench_org.h"

#include <fstream>
#include <iterator>

#include "node/keyring.h"
#include "node/setup.h"

namespace reelproof::bench {

BenchOrg::BenchOrg(const std::filesystem::path& folder, const std::string& more) {
    node::NewOrg wanted;
    wanted.folder = folder / "acme";
    wanted.org = kBenchOrg;
    const auto made = node::make_org(wanted);
    if (!made) give_up(made.error().message);
    std::string text = text_of_file(made->config);
    const std::string port = ":8443\"";
    if (const auto at = text.find("listen"); at != std::string::npos)
        text.replace(text.find(port, at), port.size(), ":0\"");
    std::ofstream(made->config) << text << more;
    auto loaded = node::load_config(made->config);
    if (!loaded) give_up(loaded.error().message);
    config = std::move(*loaded);
    config.store.data_key = node::load_data_key(config.keys).value();
}

Node BenchOrg::store() const {
    const auto keys = node::load_keyring(config.keys, config.store.data_key).value();
    return {config.store, config.root, keys.statement, keys.log_signer(config.org)};
}

std::string BenchOrg::token() const {
    auto text = text_of_file(config.folder / "cli.token");
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

std::string text_of_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

int port_of(const std::string& line) {
    const std::string member = "\"port\":";
    const auto port = line.find(member);
    if (port == std::string::npos) give_up("the node does not start: " + line);
    return std::stoi(line.substr(port + member.size()));
}

}  // namespace reelproof::bench
