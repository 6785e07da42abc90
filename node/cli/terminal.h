// What others wrote, made safe for a terminal, which obeys control characters: they move its
// cursor, change what stands there and answer for its user. Characters that change the direction of
// writing show another text than stands there. Single-threaded.
#pragma once

#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace reelproof::node {

struct TextPiece {
    std::string_view plain, dangerous;  // either may be empty; the second is one character
};
// What comes next, and is taken from `text`. Line ends and tabs are dangerous, too.
TextPiece next_piece(std::string_view& text);

// One JSON object a line, for programs: nothing is lost, such characters are escaped.
std::string json_line(const boost::json::object& object);

// While it lives, such characters become "?" in all that is written to the stream, but line ends
// and tabs: those are ours, for texts of others have been made one line by printable()
// (arguments.h).
class TerminalGuard : std::streambuf {
  public:
    explicit TerminalGuard(std::ostream& stream);
    ~TerminalGuard() override;
    TerminalGuard(const TerminalGuard&) = delete;
    TerminalGuard& operator=(const TerminalGuard&) = delete;

  private:
    int_type overflow(int_type c) override;
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int sync() override;
    bool put(std::string_view text);
    bool pass(std::string_view text);

    std::ostream& stream_;
    std::streambuf* const behind_;
    std::string held_;  // the beginning of a character that may be one
};

}  // namespace reelproof::node
