#include "tests/node/cli_support.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include <stdlib.h>
#include <sys/wait.h>

#include "tests/paths.h"

namespace reelproof::node::tests {

namespace {

std::string quoted(const std::string& argument) {
    std::string out = "'";
    for (const char c : argument)
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    return out + "'";
}

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

}  // namespace

std::filesystem::path program() {
    const char* other = std::getenv("REELPROOF_PROGRAM");
    return other != nullptr ? std::filesystem::path(other)
                            : reelproof::tests::build_dir() / "reelproof";
}

boost::json::value Ran::json() const {
    if (out.empty() || out.find('\n') != out.size() - 1) return nullptr;
    boost::system::error_code error;
    auto value = boost::json::parse(out, error);
    return error ? boost::json::value(nullptr) : value;
}

WorkFolder::WorkFolder() {
    auto text = (std::filesystem::temp_directory_path() / "reelproof-cli-XXXXXX").string();
    if (mkdtemp(text.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = text;
}
WorkFolder::~WorkFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string WorkFolder::file(const std::string& name, ledger::ByteView bytes) const {
    std::ofstream out(path_ / name, std::ios::binary);
    out << ledger::as_text(bytes);
    return (path_ / name).string();
}

Ran WorkFolder::run(const std::vector<std::string>& arguments, const std::string& input) const {
    std::string command = quoted(program().string());
    for (const auto& argument : arguments) command += " " + quoted(argument);
    return shell(command, input);
}

Ran WorkFolder::shell(const std::string& line, const std::string& input) const {
    const auto in = file(".input", ledger::as_bytes(input));
    const auto err = (path_ / ".errors").string();
    const auto command = "PATH=" + quoted(program().parent_path().string()) + ":$PATH; " + line +
                         " <" + quoted(in) + " 2>" + quoted(err);
    Ran ran;
    std::FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("popen failed");
    char buffer[4096];
    for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
        ran.out.append(buffer, got);
    const int status = pclose(pipe);
    if (WIFEXITED(status)) ran.code = WEXITSTATUS(status);
    ran.err = contents(err);
    return ran;
}

bool have_program() {
    if (std::filesystem::exists(program())) return true;
    std::cerr << "SKIPPED: " << program() << " has not been built\n";
    return false;
}

}  // namespace reelproof::node::tests
