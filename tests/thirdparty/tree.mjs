// RFC 6962 trees and C2SP tlog-tiles, written from the definitions rather than for speed.
import { createHash } from 'node:crypto';
import { require_that } from './cbor.mjs';

export const TILE = 256;

export const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
export const leaf_hash = (entry) => sha256(Buffer.from([0]), entry);
export const node_hash = (left, right) => sha256(Buffer.from([1]), left, right);

// The largest power of two below n (RFC 6962 2.1).
function split(n) {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

export class Tree {
  // `leaves`: their hashes.
  constructor(leaves) {
    this.leaves = leaves;
    this.known = new Map();
  }
  // MTH(D[from:to])
  root(from = 0, to = this.leaves.length) {
    if (from === to) return sha256();
    if (to - from === 1) return this.leaves[from];
    const name = from * 2 ** 26 + to;
    if (!this.known.has(name)) {
      const k = split(to - from);
      this.known.set(name, node_hash(this.root(from, from + k), this.root(from + k, to)));
    }
    return this.known.get(name);
  }
  // PATH(m, D[from:to])
  path(index, from = 0, to = this.leaves.length) {
    if (to - from === 1) return [];
    const k = split(to - from);
    return index < from + k
      ? [...this.path(index, from, from + k), this.root(from + k, to)]
      : [...this.path(index, from + k, to), this.root(from, from + k)];
  }
  // PROOF(m, D[0:n]) of RFC 6962 2.1.2, which is also the proof of the subtree [0, m).
  consistency(m, n = this.leaves.length) {
    const walk = (first, from, to, known) => {
      if (first === to) return known ? [] : [this.root(from, to)];
      const k = split(to - from);
      return first <= from + k
        ? [...walk(first, from, from + k, known), this.root(from + k, to)]
        : [...walk(first, from + k, to, false), this.root(from, from + k)];
    };
    return walk(m, 0, n, true);
  }
  // The hashes of tile `n` of `level`, of which `width` are there.
  tile(level, n, width) {
    const step = TILE ** level;
    const first = n * TILE;
    return Buffer.concat(
      Array.from({ length: width }, (_, i) => this.root((first + i) * step, (first + i + 1) * step)),
    );
  }
}

// The root that a path leads to, with the definition of PATH read backwards.
export function root_of_path(index, size, leaf, path) {
  const walk = (from, to, rest) => {
    if (to - from === 1) {
      require_that(rest.length === 0, 'path too long');
      return leaf;
    }
    require_that(rest.length > 0, 'path too short');
    const k = split(to - from);
    const sibling = rest.at(-1);
    return index < from + k
      ? node_hash(walk(from, from + k, rest.slice(0, -1)), sibling)
      : node_hash(sibling, walk(from + k, to, rest.slice(0, -1)));
  };
  require_that(index < size, 'index outside the tree');
  return walk(0, size, path);
}

// Which tiles a log of this size serves: {path, level, n, width}, level -1 for entry bundles.
export function tiles_of(size) {
  const out = [];
  for (let level = -1, count = size; count > 0; ++level) {
    for (let n = 0; n * TILE < count; ++n) {
      const width = Math.min(TILE, count - n * TILE);
      const digits = String(n).padStart(Math.ceil(String(n).length / 3) * 3, '0');
      const name = digits.replace(/(\d{3})(?=\d)/g, 'x$1/') + (width < TILE ? `.p/${width}` : '');
      out.push({ path: `tile/${level < 0 ? 'entries' : level}/${name}`, level, n, width });
    }
    if (level >= 0) count = Math.floor(count / TILE);
  }
  return out;
}

// The entries of a bundle that must hold `count`.
export function read_entries(bytes, count) {
  const out = [];
  let at = 0;
  while (at < bytes.length) {
    require_that(at + 2 <= bytes.length, 'bundle cut off');
    const size = bytes.readUInt16BE(at);
    require_that(at + 2 + size <= bytes.length, 'entry cut off');
    out.push(bytes.subarray(at + 2, at + 2 + size));
    at += 2 + size;
  }
  require_that(out.length === count, `bundle of ${out.length} entries, not ${count}`);
  return out;
}
