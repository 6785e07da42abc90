// Random numbers that are the same with every library: what training and its pictures draw from.
// Thread safety: one thread an object.
#pragma once

#include <cstdint>
#include <random>

namespace reelproof::training {

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    double between(double least, double most) {
        return least + (most - least) * static_cast<double>(engine_() >> 11) * 0x1p-53;
    }
    int below(int count) { return static_cast<int>(engine_() % static_cast<unsigned>(count)); }
    bool chance(double part) { return between(0, 1) < part; }
    std::uint64_t seed() { return engine_(); }

  private:
    std::mt19937_64 engine_;
};

}  // namespace reelproof::training
