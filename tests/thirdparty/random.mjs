// Random choices that come again with the same seed (SplitMix32).
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }
  next() {
    this.state = (this.state + 0x9e3779b9) >>> 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }
  below(limit) {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }
  chance(part) {
    return this.next() / 2 ** 32 < part;
  }
  pick(list) {
    return list[this.below(list.length)];
  }
  bytes(size) {
    return Buffer.from(Array.from({ length: size }, () => this.below(256)));
  }
  // A copy with one bit changed, and which.
  flip(bytes) {
    const bit = this.below(bytes.length * 8);
    const out = Buffer.from(bytes);
    out[bit >> 3] ^= 1 << (bit & 7);
    return { bytes: out, bit };
  }
}

// From the command line's --seed, or a new one.
export function seed_of(options) {
  return options.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(options.seed);
}
