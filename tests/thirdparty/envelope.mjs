// Item keys, tags and sealed bodies (docs/FORMATS.md sections 3 and 6). node:crypto has ChaCha20 with
// short nonces only, so HChaCha20 (draft-irtf-cfrg-xchacha) is written out.
import { createDecipheriv, createHmac } from 'node:crypto';
import { refuse, require_that } from './cbor.mjs';

const OVERHEAD = 40;
const BLOCK = 128;

function prf(key, label, iss, n) {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(n));
  const zero = Buffer.alloc(1);
  return createHmac('sha256', key)
    .update(Buffer.concat([Buffer.from(label), zero, Buffer.from(iss), zero, number])).digest();
}

export const tag_of = (item_key, iss, n) => prf(item_key, 'tag', iss, n).subarray(0, 16);

function hchacha20(key, nonce) {
  const x = new Uint32Array(16);
  const words = Buffer.concat([Buffer.from('expand 32-byte k'), key, nonce]);
  for (let i = 0; i < 16; ++i) x[i] = words.readUInt32LE(4 * i);
  const rotate = (value, by) => (value << by) | (value >>> (32 - by));
  const quarter = (a, b, c, d) => {
    x[a] += x[b]; x[d] = rotate(x[d] ^ x[a], 16);
    x[c] += x[d]; x[b] = rotate(x[b] ^ x[c], 12);
    x[a] += x[b]; x[d] = rotate(x[d] ^ x[a], 8);
    x[c] += x[d]; x[b] = rotate(x[b] ^ x[c], 7);
  };
  for (let round = 0; round < 10; ++round) {
    for (let i = 0; i < 4; ++i) quarter(i, 4 + i, 8 + i, 12 + i);
    for (let i = 0; i < 4; ++i) quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
  }
  const out = Buffer.alloc(32);
  [0, 1, 2, 3, 12, 13, 14, 15].forEach((word, i) => out.writeUInt32LE(x[word], 4 * i));
  return out;
}

function open_xchacha(key, sealed, aad) {
  const nonce = sealed.subarray(0, 24);
  const short_nonce = Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]);
  const cipher = createDecipheriv('chacha20-poly1305', hchacha20(key, nonce.subarray(0, 16)),
                                  short_nonce, { authTagLength: 16 });
  cipher.setAAD(aad, { plaintextLength: sealed.length - OVERHEAD });
  cipher.setAuthTag(sealed.subarray(-16));
  try {
    return Buffer.concat([cipher.update(sealed.subarray(24, -16)), cipher.final()]);
  } catch {
    return refuse('sealed body does not open');
  }
}

// ISO/IEC 7816-4: 0x80, then zeros up to a whole block.
function unpad(padded) {
  const end = padded.lastIndexOf(0x80);
  require_that(end >= padded.length - BLOCK && padded.subarray(end + 1).every((byte) => byte === 0),
               'bad padding');
  return padded.subarray(0, end);
}

// The body of the envelope [tag, sealed, partner] that `iss` wrote as its n-th about this item.
export function open_envelope(item_key, iss, n, [tag, sealed]) {
  require_that(tag_of(item_key, iss, n).equals(tag), 'tag of another item');
  const body = unpad(open_xchacha(prf(item_key, 'body', iss, n), Buffer.from(sealed), tag));
  return JSON.parse(body.toString('utf8'));
}
