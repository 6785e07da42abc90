#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#if defined(__SANITIZE_THREAD__)
// Tests fork children that start threads of their own, with threads of earlier tests still ending.
extern "C" const char* __tsan_default_options() {
    return "die_after_fork=0";
}
#endif
