// Random CBOR: deterministic, nearly so, broken and hostile.

const MAJOR = { uint: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 };
const EDGES = [
  0n, 1n, 23n, 24n, 255n, 256n, 65535n, 65536n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n,
  2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n,
];
const TAGS = [0n, 1n, 2n, 4n, 18n, 24n, 32n, 64n, 100n, 255n, 256n, 259n, 1000n, 55799n, 65535n, 65536n,
              2n ** 32n - 1n, 2n ** 32n, 2n ** 64n - 1n];
const TEXTS = ['', 'a', 'type', 'Nürnberg', '€', '😀', '\0', 'z'.repeat(23), 'z'.repeat(24),
               'é'.repeat(64), 'x'.repeat(300)];
const NOT_UTF8 = ['80', 'c0af', 'c3', 'e282', 'eda080', 'edbfbf', 'f4908080', 'f5808080', 'ff', '61ff62',
                  'f0808080', 'e08080', 'c0'.repeat(40), '61'.repeat(70) + 'c3', '61'.repeat(140) + 'ff'];

// The head of an item in its shortest form, or with `extra` in a longer one.
export function head(major, value, extra = 0) {
  const number = BigInt(value);
  const sizes = [0, 1, 2, 4, 8];
  const shortest = number < 24n ? 0 : number < 0x100n ? 1 : number < 0x10000n ? 2
    : number < 0x100000000n ? 3 : 4;
  const size = sizes[Math.min(4, shortest + extra)];
  if (size === 0) return Buffer.from([(major << 5) | Number(number)]);
  const out = Buffer.alloc(1 + size);
  out[0] = (major << 5) | (24 + Math.log2(size));
  for (let i = size, rest = number; i > 0; --i, rest >>= 8n) out[i] = Number(rest & 0xffn);
  return out;
}

const number_of = (random) =>
  random.chance(0.5) ? BigInt(random.below(30)) : random.chance(0.6) ? random.pick(EDGES)
    : BigInt(random.next()) << BigInt(random.below(33));

// `sloppy`: how often something is done that is not deterministic.
class Writer {
  constructor(random, sloppy, depth_limit) {
    Object.assign(this, { random, sloppy, depth_limit });
  }
  slips() {
    return this.sloppy > 0 && this.random.chance(this.sloppy);
  }
  head(major, value) {
    return head(major, value, this.slips() ? 1 + this.random.below(3) : 0);
  }
  string(major, bytes) {
    if (this.slips() && this.random.chance(0.3)) {
      const cut = this.random.below(bytes.length + 1);
      const part = (one) => Buffer.concat([head(major, one.length), one]);
      return Buffer.concat([Buffer.from([(major << 5) | 31]), part(bytes.subarray(0, cut)),
                            part(bytes.subarray(cut)), Buffer.from([0xff])]);
    }
    const length = this.slips() ? this.lie(bytes.length) : bytes.length;
    return Buffer.concat([this.head(major, length), bytes]);
  }
  lie(length) {
    const { random } = this;
    return random.chance(0.5) ? BigInt(length) + BigInt(random.below(3)) : random.pick(EDGES);
  }
  text() {
    const { random } = this;
    return this.slips() ? Buffer.from(random.pick(NOT_UTF8), 'hex') : Buffer.from(random.pick(TEXTS));
  }
  simple() {
    const { random } = this;
    if (!this.slips()) return Buffer.from([random.pick([0xf4, 0xf5, 0xf6])]);
    return random.pick([
      () => Buffer.from([0xe0 + random.below(32)]),
      () => Buffer.from([0xf8, random.below(256)]),
      () => Buffer.concat([Buffer.from([0xf9]), random.bytes(2)]),
      () => Buffer.from('f93c00', 'hex'),
      () => Buffer.concat([Buffer.from([0xfa]), random.bytes(4)]),
      () => Buffer.concat([Buffer.from([0xfb]), random.bytes(8)]),
    ])();
  }
  list(major, parts, count) {
    const body = Buffer.concat(parts);
    if (this.slips()) return Buffer.concat([Buffer.from([(major << 5) | 31]), body, Buffer.from([0xff])]);
    return Buffer.concat([this.head(major, this.slips() ? this.lie(count) : count), body]);
  }
  array(depth) {
    const count = this.random.chance(0.05) ? 23 + this.random.below(4) : this.random.below(5);
    return this.list(MAJOR.array, Array.from({ length: count }, () => this.item(depth + 1)), count);
  }
  map(depth) {
    const count = this.random.chance(0.05) ? 23 + this.random.below(4) : this.random.below(5);
    const pairs = new Map();
    for (let i = 0; i < count; ++i) {
      const key = this.item(depth + (this.random.chance(0.9) ? this.depth_limit : 1));
      pairs.set(key.toString('hex'), [key, this.item(depth + 1)]);
    }
    const list = [...pairs.values()];
    if (!this.slips()) list.sort((a, b) => Buffer.compare(a[0], b[0]));
    if (list.length > 0 && this.slips()) list.push([this.random.pick(list)[0], this.item(depth + 1)]);
    return this.list(MAJOR.map, list.flat(), list.length);
  }
  item(depth) {
    const { random } = this;
    const kind = random.below(depth >= this.depth_limit ? 5 : 9);
    switch (kind) {
      case 0: return this.head(MAJOR.uint, number_of(random) & (2n ** 64n - 1n));
      case 1: return this.head(MAJOR.negative, number_of(random) & (2n ** 64n - 1n));
      case 2: return this.string(MAJOR.bytes, random.bytes(random.below(random.chance(0.1) ? 300 : 30)));
      case 3: return this.string(MAJOR.text, this.text());
      case 4: return this.simple();
      case 5: return Buffer.concat([this.head(MAJOR.tag, this.tag()), this.item(depth + 1)]);
      case 6: return this.map(depth);
      default: return this.array(depth);
    }
  }
  tag() {
    return this.random.chance(0.5) ? this.random.pick(TAGS) : BigInt(this.random.below(400));
  }
}

// Some bytes changed, taken out, put in, cut off or added behind.
export function mutate(random, bytes) {
  const at = random.below(bytes.length + 1);
  const some = random.bytes(1 + random.below(3));
  switch (random.below(6)) {
    case 0: return bytes.length === 0 ? some : random.flip(bytes).bytes;
    case 1: return Buffer.concat([bytes.subarray(0, at), some, bytes.subarray(at)]);
    case 2: return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + some.length)]);
    case 3: return bytes.subarray(0, at);
    case 4: return Buffer.concat([bytes, some]);
    default: return Buffer.concat([bytes.subarray(0, at), some, bytes.subarray(at + some.length)]);
  }
}

// A chain of arrays, maps or tags around a number, to just below or above what may be nested.
function nested(random) {
  let out = Buffer.from([0]);
  for (let depth = random.chance(0.9) ? 6 + random.below(5) : 2000; depth > 0; --depth)
    out = Buffer.concat([random.pick([Buffer.from([0x81]), Buffer.from([0xa1, 0x00]),
                                      Buffer.from([0xd8, 0x64])]), out]);
  return out;
}

export function item_case(random) {
  const kind = random.below(20);
  if (kind === 0) return nested(random);
  if (kind === 1) return random.bytes(random.below(24));
  const sloppy = kind < 10 ? 0 : random.pick([0.01, 0.05, 0.3]);
  const item = new Writer(random, sloppy, 2 + random.below(8)).item(0);
  return kind < 6 || kind > 14 ? item : mutate(random, item);
}
