// Statements, receipts and transparent statements: COSE_Sign1 with ES256K. Each signature is
// checked twice, by @auth0/cose on OpenSSL and by @noble/curves; the two must agree.
import { createPublicKey } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1';
import { Tag, decode, encode, refuse, require_that } from './cbor.mjs';
import { ES256K, Sign1 } from './es256k.mjs';
import { read_json } from './json.mjs';
import { text_of } from './note.mjs';
import { leaf_hash, root_of_path, sha256 } from './tree.mjs';

export const SEALED = 'application/vnd.reelproof.sealed+cbor';
export const PUBLIC = 'application/vnd.reelproof.public+json';
const RECEIPTS = 394;
const VDS = 395;
const VDP = 396;
const MAX_STATEMENT = 65535;
const MAX_RECEIPT = 4096;
const LATEST = 253402300799;

function point_of(key) {
  try {
    return secp256k1.ProjectivePoint.fromHex(key).toRawBytes(false);
  } catch {
    return refuse('no secp256k1 key');
  }
}

// RFC 9679 thumbprint of a compressed secp256k1 key.
export function kid_of(key) {
  const point = point_of(key);
  const parts = [[1, 2], [-1, 8], [-2, point.subarray(1, 33)], [-3, point.subarray(33)]];
  return sha256(encode(new Map(parts)));
}

const openssl_keys = new Map();

function openssl_key(key) {
  const name = Buffer.from(key).toString('hex');
  if (!openssl_keys.has(name)) {
    const point = Buffer.from(point_of(key));
    const jwk = { kty: 'EC', crv: 'secp256k1', x: point.subarray(1, 33).toString('base64url'),
                  y: point.subarray(33).toString('base64url') };
    openssl_keys.set(name, createPublicKey({ key: jwk, format: 'jwk' }));
  }
  return openssl_keys.get(name);
}

export const sig_structure = (protected_header, payload) =>
  encode(['Signature1', protected_header, Buffer.alloc(0), payload]);

const is_low = (signature) =>
  BigInt(`0x${signature.subarray(32).toString('hex')}`) <= secp256k1.CURVE.n >> 1n;

// Whether r || s is a low-s signature of the message.
export async function signature_holds(key, message, signature, by_cose) {
  const noble = (lowS) => {
    try {
      return secp256k1.verify(signature, sha256(message), key, { lowS });
    } catch {
      return false;
    }
  };
  const other = await by_cose().then(() => true, () => false);
  if (noble(false) !== other) throw new Error('@noble/curves and OpenSSL disagree');
  return other && is_low(signature) && noble(true);
}

async function check_signature(key, protected_header, payload, signature) {
  const message = sig_structure(protected_header, payload);
  const by_cose = () => new Sign1(protected_header, new Map(), payload, signature)
    .verify(openssl_key(key), { algorithms: [ES256K] });
  require_that(await signature_holds(key, message, signature, by_cose), 'signature does not hold');
}

function is_name(text) {
  return typeof text === 'string' && text !== '' && Buffer.byteLength(text) <= 255 &&
    !/[\0-\x1f\x7f-\x9f]/.test(text);
}

const is_bytes = (value, size) =>
  value instanceof Uint8Array && (size === undefined || value.length === size);

// cbor-x gives numbers of more than 32 bits as BigInt.
const is_count = (value, most) =>
  (typeof value === 'bigint' || Number.isInteger(value)) && value >= 0 && value <= most;

const is_list = (list, least, most) =>
  Array.isArray(list) && list.length >= least && list.length <= most;

// The map must have exactly these keys.
function members(map, keys, what) {
  require_that(map instanceof Map && map.size === keys.length && keys.every((key) => map.has(key)),
               `${what} has other members`);
  return keys.map((key) => map.get(key));
}

function sign1_parts(bytes, limit) {
  require_that(bytes.length <= limit, 'too large');
  const value = decode(bytes);
  require_that(value instanceof Tag && value.tag === 18 && is_list(value.value, 4, 4),
               'no COSE_Sign1');
  const [head, unprotected, payload, signature] = value.value;
  require_that(is_bytes(head) && is_bytes(signature, 64), 'no COSE_Sign1');
  return { head: Buffer.from(head), unprotected, payload, signature: Buffer.from(signature) };
}

const is_sealed_size = (bytes) =>
  is_bytes(bytes) && bytes.length >= 168 && (bytes.length - 40) % 128 === 0;

function read_sealed_payload(bytes) {
  const payload = decode(bytes);
  require_that(is_list(payload, 2, 2), 'no sealed payload');
  const [envelopes, groups] = payload;
  require_that(is_list(envelopes, 1, 256) && is_list(groups, 0, 16), 'no sealed payload');
  for (const group of groups)
    require_that(is_list(group, 1, 64) && group.every((box) => is_bytes(box, 80)), 'bad group');
  for (const one of envelopes) {
    require_that(is_list(one, 3, 3) && is_bytes(one[0], 16) && is_sealed_size(one[1]),
                 'bad envelope');
    if (one[2] !== null)
      require_that(is_list(one[2], 2, 2) && is_count(one[2][0], groups.length - 1) &&
                   is_sealed_size(one[2][1]), 'bad partner part');
  }
  return { envelopes };
}

// All but the signature.
export function parse_statement(bytes) {
  const parts = sign1_parts(bytes, MAX_STATEMENT);
  require_that(parts.unprotected instanceof Map && parts.unprotected.size === 0,
               'unprotected header is not empty');
  require_that(is_bytes(parts.payload), 'no payload');
  const [alg, type, kid, claims] = members(decode(parts.head), [1, 3, 4, 15], 'protected header');
  const [iss, sub, iat] = members(claims, [1, 2, 6], 'claims');
  require_that(alg === ES256K && is_bytes(kid, 32) && is_name(iss) && is_name(sub) &&
               is_count(iat, LATEST), 'bad header');
  const payload = Buffer.from(parts.payload);
  const { head, signature } = parts;
  const statement = { iss, sub, iat: Number(iat), type, kid: Buffer.from(kid), head, payload, signature };
  if (type === SEALED) {
    require_that(sub === 'sealed', 'sub of a sealed statement');
    return { ...statement, envelopes: read_sealed_payload(payload).envelopes };
  }
  require_that(type === PUBLIC && sub !== 'sealed', 'content type');
  const json = read_json(text_of(payload));
  require_that(json.type === sub, 'type and sub differ');
  return { ...statement, json };
}

// With the signature, by the compressed key that `key_for` gives for the statement.
export async function read_statement(bytes, key_for) {
  const statement = parse_statement(bytes);
  const key = key_for(statement);
  require_that(kid_of(key).equals(statement.kid), 'kid of another key');
  await check_signature(key, statement.head, statement.payload, statement.signature);
  return { ...statement, key };
}

const sign = (secret, head, payload) =>
  Buffer.from(secp256k1.sign(sha256(sig_structure(head, payload)), secret).toCompactRawBytes());

export function write_sign1(secret, head, unprotected, payload, detached = false) {
  const parts = [head, unprotected, detached ? null : payload, sign(secret, head, payload)];
  return encode(new Tag(parts, 18));
}

export function write_statement(secret, { iss, sub, iat, type, payload }) {
  const claims = new Map([[1, iss], [2, sub], [6, iat]]);
  const kid = kid_of(secp256k1.getPublicKey(secret));
  const head = encode(new Map([[1, ES256K], [3, type], [4, kid], [15, claims]]));
  return write_sign1(secret, head, new Map(), payload);
}

// All but path and signature.
export function parse_receipt(bytes) {
  const { head, unprotected, payload, signature } = sign1_parts(bytes, MAX_RECEIPT);
  const [alg, kid, claims, vds] = members(decode(head), [1, 4, 15, VDS], 'receipt header');
  const [origin, sub] = members(claims, [1, 2], 'receipt claims');
  require_that(alg === ES256K && vds === 1 && is_bytes(kid, 32) && is_name(origin) && is_name(sub),
               'bad header');
  require_that(payload === null, 'payload is not detached');
  const [proofs] = members(unprotected, [VDP], 'unprotected header');
  const [inclusion] = members(proofs, [-1], 'proofs');
  require_that(is_list(inclusion, 1, 1) && is_bytes(inclusion[0]), 'no proof');
  const proof = decode(inclusion[0]);
  require_that(is_list(proof, 3, 3), 'no proof');
  const [size, index, path] = proof;
  require_that(is_count(size, Number.MAX_SAFE_INTEGER) && is_count(index, Number(size) - 1) &&
               is_list(path, 1, 63) && path.every((hash) => is_bytes(hash, 32)), 'bad proof');
  return { origin, sub, kid: Buffer.from(kid), size: Number(size), index: Number(index),
           path: path.map(Buffer.from), head, signature };
}

// With path and signature: a receipt of `statement`, whose sub is given. `root_at` gives the root of
// the tree at a size, since the receipt's own word for its size is not signed.
export async function read_receipt(bytes, statement, sub, key, root_at) {
  const receipt = parse_receipt(bytes);
  require_that(kid_of(key).equals(receipt.kid), 'kid of another key');
  require_that(receipt.sub === sub, 'receipt for another sub');
  const root = root_of_path(receipt.index, receipt.size, leaf_hash(statement), receipt.path);
  require_that(root_at(receipt.size, root)?.equals(root) ?? false, 'not a root of this log');
  await check_signature(key, receipt.head, root, receipt.signature);
  return { ...receipt, root };
}

export function write_receipt(secret, origin, sub, size, index, path, root) {
  const kid = kid_of(secp256k1.getPublicKey(secret));
  const claims = new Map([[1, origin], [2, sub]]);
  const head = encode(new Map([[1, ES256K], [4, kid], [15, claims], [VDS, 1]]));
  const proof = encode([size, index, path]);
  return write_sign1(secret, head, new Map([[VDP, new Map([[-1, [proof]]])]]), root, true);
}

// {statement, receipts}: the statement with the empty unprotected map again.
export function read_transparent(bytes) {
  const parts = sign1_parts(bytes, MAX_STATEMENT + 16 * MAX_RECEIPT);
  const [receipts] = members(parts.unprotected, [RECEIPTS], 'unprotected header');
  require_that(is_list(receipts, 1, 16) && receipts.every((one) => is_bytes(one)), 'receipts');
  receipts.forEach(parse_receipt);
  const statement = encode(new Tag([parts.head, new Map(), parts.payload, parts.signature], 18));
  parse_statement(statement);
  return { statement, receipts: receipts.map((one) => Buffer.from(one)) };
}

export function write_transparent(statement, receipts) {
  const [head, , payload, signature] = decode(statement).value;
  return encode(new Tag([head, new Map([[RECEIPTS, receipts]]), payload, signature], 18));
}
