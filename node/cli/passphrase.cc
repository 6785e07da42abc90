#include "node/cli/passphrase.h"

#include <array>
#include <cerrno>
#include <iostream>

#include <termios.h>
#include <unistd.h>

#include "ledger/base/sha256.h"

namespace reelproof::node {

namespace {

using ledger::Result;
using ledger::Secret;

constexpr std::size_t kMaxPassphrase = 1024;

constexpr char kInterrupt = 3;  // Ctrl-C, read as a character

// While it lives the terminal doesn't show what is typed, nor sends signals: who interrupts it must
// find it as it was.
class NoEcho {
  public:
    NoEcho() : terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!terminal_) return;
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    ~NoEcho() {
        if (terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;
    [[nodiscard]] bool terminal() const { return terminal_; }

  private:
    termios before_{};
    const bool terminal_;
};

struct Line {
    std::array<char, kMaxPassphrase> text{};
    std::size_t size = 0;

    ~Line() { ledger::wipe(text.data(), text.size()); }
};

// Byte by byte, so that the next line stays for who asks next, and no buffer keeps a copy.
// False when there is none, it is too long or was interrupted.
bool read_line(Line& line) {
    for (;;) {
        char c = 0;
        const auto got = ::read(STDIN_FILENO, &c, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 || c == kInterrupt) return false;
        if (got == 0) return line.size > 0;
        if (c == '\n') return true;
        if (line.size == line.text.size()) return false;
        line.text[line.size++] = c;
    }
}

Result<Secret<32>> hash_of_line(const std::string& prompt, bool fresh, bool terminal) {
    if (terminal) std::cerr << prompt << ": " << std::flush;
    Line line;
    const bool whole = read_line(line);
    if (terminal) std::cerr << '\n';
    if (!whole)
        return ledger::malformed(
            "no passphrase: type it at a terminal, or give it as a line of "
            "standard input of at most 1024 bytes");
    if (fresh && line.size < kLeastPassphrase)
        return ledger::malformed("the new passphrase has less than 12 characters");
    auto hash = ledger::sha256(ledger::as_bytes({line.text.data(), line.size}));
    const Secret<32> out(hash);
    ledger::wipe(hash.data(), hash.size());
    return out;
}

}  // namespace

Result<Secret<32>> ask_passphrase(const std::string& prompt, bool fresh) {
    const NoEcho silent;
    auto given = hash_of_line(prompt, fresh, silent.terminal());
    if (!given || !fresh || !silent.terminal()) return given;
    const auto again = hash_of_line(prompt + ", again", fresh, true);
    if (!again) return again.error();
    if (*given == *again) return given;
    return ledger::malformed("the two differ; nothing changed");
}

}  // namespace reelproof::node
