// C2SP tlog-checkpoint: the text of a note that states a tree. Declared in note.h.
#include <charconv>

#include "ledger/base/counted.h"
#include "ledger/format/note.h"
#include "ledger/format/text_rules.h"

namespace reelproof::ledger {
namespace {

// Takes the next line, which must end in a newline, off the front.
Result<std::string_view> take_line(std::string_view& text, std::string_view what) {
    std::size_t end = text.find('\n');
    if (end == std::string_view::npos)
        return malformed("checkpoint has no " + std::string(what) + " line");
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

}  // namespace

std::string format_checkpoint(const Checkpoint& checkpoint) {
    return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
           to_base64(checkpoint.root) + "\n";
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
    Checkpoint out;
    auto origin = take_line(text, "origin");
    if (!origin) return origin.error();
    if (!is_utf8(as_bytes(*origin))) return malformed("checkpoint origin is not UTF-8");
    if (auto ok = check_name(*origin, "checkpoint origin"); !ok) return ok.error();
    out.origin = *origin;
    auto size = take_line(text, "size");
    if (!size) return size.error();
    auto [end, error] = std::from_chars(size->data(), size->data() + size->size(), out.size);
    if (error != std::errc() || end != size->data() + size->size() ||
        (size->size() > 1 && size->front() == '0'))
        return malformed("checkpoint size is not a plain decimal number of at most 64 bits");
    auto root = take_line(text, "root");
    if (!root) return root.error();
    auto bytes = from_base64(*root, "checkpoint root");
    if (!bytes) return bytes.error();
    if (bytes->size() != out.root.size())
        return malformed("checkpoint root is " + counted(bytes->size(), "byte") + ", not 32");
    std::copy(bytes->begin(), bytes->end(), out.root.begin());
    // Extension lines are signed but mean nothing to us.
    while (!text.empty()) {
        auto extension = take_line(text, "complete extension");
        if (!extension) return extension.error();
        if (extension->empty()) return malformed("checkpoint has an empty line");
    }
    return out;
}

}  // namespace reelproof::ledger
