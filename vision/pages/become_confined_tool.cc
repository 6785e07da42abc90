// The child's side of confined_tool.h.
#include <unistd.h>

#include "vision/confine/confine.h"
#include "vision/pages/confined_tool.h"
#include "vision/reader/wire.h"

namespace reelproof::vision {

int become_confined_tool(char** argv) {
    if (argv[0] == nullptr || access(argv[0], X_OK) != 0) return 127;
    if (!confine_tool(argv[0]).empty()) return exit_not_locked_in;
    execv(argv[0], argv);
    return 127;
}

}  // namespace reelproof::vision
