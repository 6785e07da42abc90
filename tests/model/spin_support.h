// Runs Spin on tests/model/ledger.pml and says what it found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/model/steps.h"

namespace reelproof::model {

// False, with a message, where Spin or a C compiler is missing.
bool can_run_spin();

struct Explored {
    std::string violated;  // the name of the assertion that can fail, or empty: all were explored
    std::uint64_t states = 0;
};
// With the model's options ("-DEVIL"). Throws std::runtime_error when the search did not end.
Explored explore(const std::string& options);
// The same for what is expected to fail soon: built faster, explores slower.
Explored explore_soon(const std::string& options);

struct Event {
    int step;  // steps.h
    int who;
    int size;
};
std::string to_string(const Event& event);
std::string to_string(const std::vector<Event>& trace);

// Whether the steps, in this order, are a run of the model. Throws when the model violates one of
// its properties on the way.
bool replays(const std::vector<Event>& trace);
// How many of the first steps are one.
std::size_t replays_up_to(const std::vector<Event>& trace);

}  // namespace reelproof::model
