// The reader process with faults on demand, for tests of ReaderPool: with REELPROOF_READER_FAULT
// set, a picture that begins with "FAULT:" is an order. The product's binary has no such hook.
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vision/reader/reader.h"

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

}  // namespace

int main() {
    return reelproof::vision::run_reader(obey);
}
