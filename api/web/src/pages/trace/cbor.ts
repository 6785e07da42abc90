// CBOR (RFC 8949) as the ledger's formats use it (docs/FORMATS.md section 1). What does not fit throws.

export type Cbor = number | string | boolean | null | Uint8Array | Cbor[] | Map<Cbor, Cbor> | Tagged;

export class Tagged {
  constructor(readonly tag: number, readonly value: Cbor) {}
}

const DEEPEST = 8;

export class Refused extends Error {}

export function need(holds: unknown, why: string): asserts holds {
  if (!holds) throw new Refused(why);
}

// One item, all of the bytes; and of each list the bytes that it stood in.
export class Decoder {
  private at = 0;
  readonly bytesOf = new WeakMap<Cbor[], Uint8Array>();

  constructor(private readonly bytes: Uint8Array) {}

  all(): Cbor {
    const out = this.item(0);
    need(this.at === this.bytes.length, 'more behind the end');
    return out;
  }

  private take(size: number): Uint8Array {
    need(size <= this.bytes.length - this.at, 'cut off');
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  private argument(low: number): number {
    if (low < 24) return low;
    need(low <= 27, 'no length');
    let out = 0;
    for (const byte of this.take(1 << (low - 24))) out = out * 256 + byte;
    need(Number.isSafeInteger(out), 'too large a number');
    return out;
  }

  private item(depth: number): Cbor {
    need(depth <= DEEPEST, 'nested too deep');
    const begun = this.at;
    const [first = 0] = this.take(1);
    const major = first >> 5;
    if (major === 7) {
      need(first >= 0xf4 && first <= 0xf6, 'no such value');
      return first === 0xf6 ? null : first === 0xf5;
    }
    const count = this.argument(first & 31);
    switch (major) {
      case 0: return count;
      case 1: return -1 - count;
      case 2: return this.take(count);
      case 3: return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(count));
      case 4: {
        need(count <= this.bytes.length, 'cut off');
        const out: Cbor[] = [];
        for (let i = 0; i < count; i += 1) out.push(this.item(depth + 1));
        this.bytesOf.set(out, this.bytes.subarray(begun, this.at));
        return out;
      }
      case 5: {
        const out = new Map<Cbor, Cbor>();
        for (let i = 0; i < count; i += 1) {
          const key = this.item(depth + 1);
          need(typeof key === 'number' || typeof key === 'string', 'no key');
          need(!out.has(key), 'a key twice');
          out.set(key, this.item(depth + 1));
        }
        return out;
      }
      default: return new Tagged(count, this.item(depth + 1));
    }
  }
}

export function decode(bytes: Uint8Array): Cbor {
  return new Decoder(bytes).all();
}

// A byte string with its head.
export function byteString(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const head = length < 24 ? [0x40 | length] : length < 256 ? [0x58, length]
    : length < 65536 ? [0x59, length >> 8, length & 255] : [0x5a, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
  return join(Uint8Array.from(head), bytes);
}

export function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
