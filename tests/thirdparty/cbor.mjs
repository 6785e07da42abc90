// Deterministic CBOR as docs/FORMATS.md section 1 has it: cbor-x reads, and what it read is written
// again here in the one form that is allowed. Input that differs from that form is refused.
import { Decoder, Tag, addExtension } from 'cbor-x';

const MAX_DEPTH = 8;
// cbor-x gives some tags a meaning of its own; these stay what they are.
const KEPT_TAGS = [0, 1, 2, 3, 4, 5, 6, 14, 15, 27, 28, 29, 51, 105, 258, 259];
for (let typed_array = 64; typed_array < 88; ++typed_array) KEPT_TAGS.push(typed_array);

export class Refused extends Error {}

export function refuse(reason) {
  throw new Refused(reason);
}

export function require_that(holds, reason) {
  if (!holds) refuse(reason);
}

for (const number of KEPT_TAGS) addExtension({ tag: number, decode: (value) => new Tag(value, number) });

const decoder = new Decoder({ mapsAsObjects: false, useRecords: false });

function head(major, value) {
  const number = BigInt(value);
  if (number < 24n) return Buffer.from([(major << 5) | Number(number)]);
  const size = number < 0x100n ? 1 : number < 0x10000n ? 2 : number < 0x100000000n ? 4 : 8;
  const out = Buffer.alloc(1 + size);
  out[0] = (major << 5) | (24 + Math.log2(size));
  for (let i = size, rest = number; i > 0; --i, rest >>= 8n) out[i] = Number(rest & 0xffn);
  return out;
}

function integer(value) {
  const number = BigInt(value);
  return number >= 0n ? head(0, number) : head(1, -1n - number);
}

// The deterministic encoding of what cbor-x gives, or of values made of the same types.
export function encode(value, depth = 0) {
  if (value === false) return Buffer.from([0xf4]);
  if (value === true) return Buffer.from([0xf5]);
  if (value === null) return Buffer.from([0xf6]);
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return integer(value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'utf8');
    return Buffer.concat([head(3, bytes.length), bytes]);
  }
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  require_that(depth < MAX_DEPTH, 'nested too deep');
  if (Array.isArray(value))
    return Buffer.concat([head(4, value.length), ...value.map((one) => encode(one, depth + 1))]);
  if (value instanceof Map) {
    const pairs = [...value].map(([k, v]) => [encode(k, depth + 1), encode(v, depth + 1)]);
    pairs.sort((a, b) => Buffer.compare(a[0], b[0]));
    for (let i = 1; i < pairs.length; ++i)
      require_that(!pairs[i][0].equals(pairs[i - 1][0]), 'a key twice');
    return Buffer.concat([head(5, pairs.length), ...pairs.flat()]);
  }
  if (value instanceof Tag)
    return Buffer.concat([head(6, value.tag), encode(value.value, depth + 1)]);
  return refuse(`no format has a ${typeof value}`);
}

// The value of exactly one deterministic item.
export function decode(bytes) {
  let value;
  try {
    value = decoder.decode(Uint8Array.from(bytes));
  } catch (error) {
    return refuse(`cbor-x: ${error.message}`);
  }
  require_that(encode(value).equals(bytes), 'not the deterministic form');
  return value;
}

export { Tag };
