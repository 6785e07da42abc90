// The reader process with faults on demand, for tests of ReaderPool: with REELPROOF_READER_FAULT
// set, a picture that begins with "FAULT:" is an order; set to "no-text-data", Tesseract's data is
// not found. The product's binary has no such hook.
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vision/pages/confined_tool.h"
#include "vision/pages/gerber_layers.h"
#include "vision/pages/picture_page.h"
#include "vision/reader/marking_wire.h"
#include "vision/reader/reader.h"
#include "vision/reader/study_wire.h"
#include "vision/reader/text_wire.h"
#include "vision/reader/wire.h"
#include "vision/sheets/sheet_reader.h"

namespace {

using reelproof::vision::Error;

Error tried(int result) {
    return {"fault.tried", result >= 0 ? "allowed" : std::strerror(errno)};
}

std::optional<Error> obey(std::span<const std::uint8_t> picture, bool careful) {
    const std::string_view order(reinterpret_cast<const char*>(picture.data()), picture.size());
    if (std::getenv("REELPROOF_READER_FAULT") == nullptr || !order.starts_with("FAULT:")) {
        return std::nullopt;
    }
    const auto fault = order.substr(6);
    if (fault == "crash") std::abort();
    if (fault == "crash-once") {
        if (!careful) std::abort();
        return Error{"fault.careful", "was careful"};
    }
    if (fault == "exit") _exit(7);
    if (fault == "exit-no-text-data") _exit(reelproof::vision::exit_no_text_data);
    if (fault == "hang") {
        for (volatile bool forever = true; forever;) {
        }
    }
    if (fault == "memory") {
        std::vector<char*> hoard;
        for (;;) {
            hoard.push_back(new char[64 << 20]);
            std::memset(hoard.back(), 1, 64 << 20);
        }
    }
    if (fault == "garbage") {
        constexpr char text[] = "\x05\0\0\0hello";
        (void)!write(STDOUT_FILENO, text, sizeof text - 1);
        pause();
    }
    if (fault == "socket") return tried(socket(AF_INET, SOCK_STREAM, 0));
    if (fault == "read-file") return tried(open("/etc/passwd", O_RDONLY));
    if (fault == "write-file")
        return tried(open("/tmp/reelproof-reader", O_WRONLY | O_CREAT, 0600));
    if (fault == "descriptor") return tried(fcntl(3, F_GETFD));
    if (fault == "fork") return tried(fork());
    if (fault == "exec") {
        char name[] = "/bin/true";
        char* arguments[] = {name, nullptr};
        return tried(execve(name, arguments, nullptr));
    }
    return Error{"fault.unknown", "no such fault"};
}

// For the text reader an order stands behind a picture, which the symbol reader reads as it is.
std::optional<Error> obey_for_text(std::span<const std::uint8_t> picture, bool careful) {
    if (std::getenv("REELPROOF_READER_FAULT") == nullptr) return std::nullopt;
    constexpr std::string_view mark = "TEXTFAULT:";
    const std::string_view file(reinterpret_cast<const char*>(picture.data()), picture.size());
    const auto at = file.rfind(mark);
    if (at == file.npos) return std::nullopt;
    const std::string order = "FAULT:" + std::string(file.substr(at + mark.size()));
    return obey({reinterpret_cast<const std::uint8_t*>(order.data()), order.size()}, careful);
}

}  // namespace

int main(int argc, char** argv) {
    using namespace reelproof::vision;
    if (const char* fault = std::getenv("REELPROOF_READER_FAULT");
        fault != nullptr && std::string_view(fault) == "no-text-data")
        setenv("TESSDATA_PREFIX", "/nonexistent", 1);
    const std::string_view kind = argc > 1 ? argv[1] : "";
    if (kind == text_reader_argument) return run_text_reader(obey_for_text);
    if (kind == marking_reader_argument)
        return run_marking_reader(obey, argc > 2 ? argv[2] : nullptr);
    if (kind == study_reader_argument) return run_study_reader(obey);
    if (kind == picture_page_argument || kind == gerber_layers_argument || kind == sheet_argument ||
        kind == confined_tool_argument)
        return reader_main(argc, argv);
    return run_reader(obey);
}
