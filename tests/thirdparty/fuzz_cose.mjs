// Random statements, receipts and transparent statements: signed over whatever they say, so that the
// verdict rests on what is wrong with them and not on the signature alone.
import { secp256k1 } from '@noble/curves/secp256k1';
import { encode } from './cbor.mjs';
import { ES256K } from './es256k.mjs';
import { head, mutate } from './fuzz_cbor.mjs';
import { PUBLIC, SEALED, kid_of, sig_structure, write_receipt, write_statement } from './statement.mjs';
import { Tree, leaf_hash, sha256 } from './tree.mjs';

const LATEST = 253402300799;
// How often one place of a valid input is made wrong.
const WRONG = 0.025;

const raw = (text) => Buffer.from(text, 'hex');
const bytes_of = (bytes, extra = 0) => Buffer.concat([head(2, bytes.length, extra), bytes]);
const text_raw = (bytes) => Buffer.concat([head(3, bytes.length), bytes]);
const array_of = (...parts) => Buffer.concat([head(4, parts.length), ...parts]);

const secret_of = (random) => sha256('secret', Buffer.from([random.below(3)]));
const public_of = (secret) => Buffer.from(secp256k1.getPublicKey(secret));

// `right`, or now and then one of the others; both are functions.
const or_wrong = (random, right, ...wrong) => (random.chance(WRONG) ? random.pick(wrong) : right)();

const NAMES = [
  () => encode(''), () => encode('n'.repeat(255)), () => encode('n'.repeat(256)), () => encode('a\nb'),
  () => encode('a\u0085b'), () => encode('a\u007fb'), () => encode('é'.repeat(128)),
  () => encode('a\u00a0b'), () => encode('\ufeffa'), () => text_raw(raw('61ff')),
  () => text_raw(raw('eda080')), () => encode(Buffer.from('a')), () => encode(7), () => raw('6161')
];

const name = (random, right) => or_wrong(random, () => encode(right), ...NAMES);

const number = (random, right) => or_wrong(random, () => encode(right), () => encode(-1), () => encode(0),
  () => encode(LATEST), () => encode(LATEST + 1), () => encode(2n ** 53n), () => encode(2n ** 63n),
  () => head(0, right, 1), () => raw('fb41d0000000000000'), () => encode('1'), () => encode(null));

// A map of encoded pairs: now and then one left out, doubled, moved or added.
function map_of(random, pairs) {
  const out = [...pairs];
  let count = 0;
  or_wrong(random, () => {}, () => out.splice(random.below(out.length), 1),
           () => out.push(random.pick(out)), () => out.push([encode(20), encode(1)]),
           () => out.unshift(out.pop()), () => out.push([encode('x'), encode(null)]),
           () => out.unshift(random.pick(out)), () => (count = 1),
           () => out.splice(random.below(out.length + 1), 0, [encode(5), encode(Buffer.alloc(1))]));
  const sorted = random.chance(0.5) ? out : out.sort((a, b) => Buffer.compare(a[0], b[0]));
  const body = Buffer.concat(sorted.flat());
  return or_wrong(random, () => Buffer.concat([head(5, out.length + count), body]),
                  () => Buffer.concat([head(5, out.length, 1), body]),
                  () => Buffer.concat([raw('bf'), body, raw('ff')]));
}

// The keys of all maps here are given in the deterministic order.
const label = (random, value) => or_wrong(random, () => encode(value), () => head(0, value, 1));

const alg = (random) => or_wrong(random, () => encode(ES256K), () => encode(-7), () => encode(-46),
  () => encode(47), () => raw('39002e'), () => encode('ES256K'));

const kid = (random, secret) => or_wrong(random, () => encode(kid_of(public_of(secret))),
  () => encode(kid_of(public_of(sha256('another')))), () => encode(random.bytes(31)),
  () => encode(random.bytes(33)), () => encode('k'), () => bytes_of(kid_of(public_of(secret)), 1));

const PAYLOADS = [
  (type) => `{"type":"${type}","a":1,"a":2}`, (type) => `{"type":"${type}","b":{"a":1,"\\u0061":2}}`,
  (type) => `{"type":"${type}","type":"${type}"}`, (type) => `["type","${type}"]`, () => '{}', () => '',
  (type) => `{"type":"${type}","a":${'['.repeat(31)}${']'.repeat(31)}}`,
  (type) => `{"type":"${type}","a":${'['.repeat(32)}${']'.repeat(32)}}`,
  (type) => `{"type":"${type}","a":${'{"b":'.repeat(31)}1${'}'.repeat(31)}}`,
  (type) => `{"type":"${type}"} `, (type) => `\n{"type":\t"${type}"}`, (type) => `\ufeff{"type":"${type}"}`,
  (type) => `{"type":"${type}"}x`, (type) => `{"type":"${type}",}`, (type) => `{"type":["${type}"]}`,
  (type) => `{"type":"other"}`, (type) => `{"a":{"type":"${type}"}}`, (type) => `{'type':'${type}'}`,
  (type) => `{"type":"${type}","n":[-0,1e5,1.5E-3,123456789012345678901234567890]}`,
  (type) => `{"type":"${type}","n":01}`, (type) => `{"type":"${type}","n":+1}`,
  (type) => `{"type":"${type}","n":.5}`, (type) => `{"type":"${type}","n":1.}`,
  (type) => `{"type":"${type}","n":NaN}`, (type) => `{"type":"${type}","s":"\t"}`,
  (type) => `{"type":"${type}","s":"\\x"}`, (type) => `{"type":"${type}","s":"\\u00"}`,
  (type) => `{"type":"${type}","s":"\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\"\\\\"}`,
  (type) => `{"type":"${type}" /* c */}`, (type) => `{"type":"${type}","":{"":""}}`,
  (type) => `{"type":"${type}","x":tru}`, (type) => `{"type":"${type}","x":[true,false,null]}`,
  (type) => `{"\\u0074ype":"${type}"}`, (type) => `{"type":"\\u0072${type.slice(1)}"}`,
  (type) => `{"type":"${type}","x":"\u007f\u0085"}`, (type) => `\v{"type":"${type}"}`,
  (type) => `\u00a0{"type":"${type}"}`, (type) => `{"type":"${type}"}\0`,
];

function public_payload(random, type) {
  const right = () => Buffer.from(JSON.stringify({ type, mpn: 'NL52840', lots: ['7AB1', 'Größe'] }));
  if (random.chance(0.1)) return Buffer.from(random.pick(PAYLOADS)(type));
  return or_wrong(random, right, () => mutate(random, right()), () => Buffer.concat([right(), raw('ff')]));
}

const sealed_bytes = (random) => or_wrong(random, () => encode(random.bytes(168 + 128 * random.below(3))),
  () => encode(random.bytes(40)), () => encode(random.bytes(167)), () => encode(random.bytes(169)),
  () => encode(null), () => encode('s'.repeat(168)));

function sealed_payload(random) {
  const count = or_wrong(random, () => 1 + random.below(3), () => 0, () => 256, () => 257);
  const groups = or_wrong(random, () => random.below(3), () => 16, () => 17);
  const sealed = sealed_bytes(random);
  const partner = () => or_wrong(random,
    () => (groups > 0 && random.chance(0.5)
      ? array_of(encode(random.below(groups)), sealed_bytes(random)) : encode(null)),
    () => array_of(encode(groups), sealed_bytes(random)), () => array_of(encode(0)), () => encode(0),
    () => array_of(encode(-1), sealed_bytes(random)), () => array_of(encode(2n ** 63n), sealed));
  const tag = () => or_wrong(random, () => encode(random.bytes(16)), () => encode(random.bytes(15)),
    () => encode(random.bytes(17)), () => encode('t'.repeat(16)));
  const envelope = () => or_wrong(random,
    () => array_of(tag(), count > 3 ? sealed : sealed_bytes(random), partner()),
    () => array_of(tag(), sealed), () => array_of(tag(), sealed, encode(null), encode(null)));
  const group = () => {
    const boxes = or_wrong(random, () => 1 + random.below(2), () => 0, () => 64, () => 65);
    return array_of(...Array.from({ length: boxes }, () => or_wrong(random,
      () => encode(Buffer.alloc(80)), () => encode(Buffer.alloc(79)), () => encode(null))));
  };
  const list = (length, one) => array_of(...Array.from({ length }, one));
  const payload = array_of(list(count, envelope), list(groups, group));
  return or_wrong(random, () => payload, () => mutate(random, payload),
                  () => Buffer.concat([payload, raw('00')]), () => list(count, envelope));
}

function signature(random, secret, protected_header, payload) {
  const key = random.chance(WRONG) ? sha256('another') : secret;
  const low = Buffer.from(
    secp256k1.sign(sha256(sig_structure(protected_header, payload)), key).toCompactRawBytes());
  const high = () => {
    const s = secp256k1.CURVE.n - BigInt(`0x${low.toString('hex', 32)}`);
    return Buffer.concat([low.subarray(0, 32), raw(s.toString(16).padStart(64, '0'))]);
  };
  return or_wrong(random, () => low, high, () => low.subarray(1), () => Buffer.concat([low, raw('00')]),
                  () => Buffer.concat([Buffer.alloc(32), low.subarray(32)]), () => Buffer.alloc(64),
                  () => Buffer.concat([low.subarray(0, 32), Buffer.alloc(32)]), () => random.flip(low).bytes);
}

function sign1(random, parts) {
  const list = array_of(...parts);
  const whole = or_wrong(random, () => Buffer.concat([raw('d2'), list]), () => list,
    () => Buffer.concat([raw('d812'), list]), () => Buffer.concat([raw('d1'), list]),
    () => Buffer.concat([raw('d2d2'), list]), () => Buffer.concat([raw('d2'), array_of(...parts, raw('00'))]),
    () => Buffer.concat([raw('d2'), array_of(...parts.slice(1))]), () => Buffer.concat([raw('d2'), list, raw('00')]),
    () => Buffer.concat([raw('d29f'), ...parts, raw('ff')]), () => Buffer.concat([raw('d29804'), ...parts]));
  return random.chance(0.05) ? mutate(random, whole) : whole;
}

const header_bytes = (random, bytes) => or_wrong(random, () => bytes_of(bytes),
  () => bytes_of(bytes, 1 + random.below(2)), () => bytes, () => text_raw(bytes),
  () => bytes_of(Buffer.concat([bytes, raw('00')])), () => raw('40'));

function statement_case(random) {
  const secret = secret_of(random);
  const is_sealed = random.chance(0.5);
  const sub = is_sealed ? 'sealed' : 'recall';
  const said = or_wrong(random, () => sub, () => (is_sealed ? 'recall' : 'sealed'));
  const protected_header = map_of(random, [
    [label(random, 1), alg(random)],
    [label(random, 3), or_wrong(random, () => encode(is_sealed ? SEALED : PUBLIC),
      () => encode(is_sealed ? PUBLIC : SEALED), () => encode('text/plain'), () => encode(60))],
    [label(random, 4), kid(random, secret)],
    [label(random, 15), map_of(random, [[label(random, 1), name(random, 'acme-ems.example')],
      [label(random, 2), name(random, said)], [label(random, 6), number(random, 1733326044)]])],
  ]);
  const payload = is_sealed ? sealed_payload(random) : public_payload(random, sub);
  const bytes = sign1(random, [
    header_bytes(random, protected_header),
    or_wrong(random, () => raw('a0'), () => raw('a10126'), () => raw('bfff'), () => raw('b800'),
             () => raw('80'), () => raw('f6'), () => raw('40')),
    or_wrong(random, () => bytes_of(payload), () => bytes_of(payload, 1), () => raw('f6'),
             () => text_raw(payload)),
    bytes_of(signature(random, secret, protected_header, payload)),
  ]);
  return { letter: 's', key: public_of(random.chance(WRONG) ? sha256('another') : secret), bytes };
}

function a_statement(random) {
  const payload = encode([[[random.bytes(16), random.bytes(168), null]], []]);
  return write_statement(secret_of(random), { iss: 'acme-ems.example', sub: 'sealed', iat: 1733326044,
                                              type: SEALED, payload });
}

function receipt_case(random) {
  const secret = secret_of(random);
  const statement = a_statement(random);
  const size = 2 + random.below(40);
  const index = random.below(size);
  const leaves = Array.from({ length: size }, (_, i) => sha256('leaf', Buffer.from([i])));
  leaves[index] = leaf_hash(statement);
  const tree = new Tree(leaves);
  const path = tree.path(index);
  or_wrong(random, () => {}, () => path.pop(), () => path.push(random.bytes(32)), () => (path.length = 0),
           () => (path[0] = random.bytes(31)), () => path.reverse(), () => (path[0] = 7),
           () => path.push(...Array.from({ length: 64 }, () => Buffer.alloc(32))));
  const count = (value) => or_wrong(random, () => encode(value), () => encode(value + 1),
    () => encode(size), () => encode(2 * size), () => encode(2 ** 40), () => encode(0), () => encode(-1),
    () => head(0, value, 1), () => encode('1'));
  const proof = or_wrong(random, () => array_of(count(size), count(index), encode(path)),
    () => array_of(count(size), count(index)),
    () => array_of(count(size), count(index), encode(path), raw('00')));
  const protected_header = map_of(random, [
    [label(random, 1), alg(random)], [label(random, 4), kid(random, secret)],
    [label(random, 15), map_of(random, [[label(random, 1), name(random, 'acme-ems.example/ledger')],
                                        [label(random, 2), name(random, 'sealed')]])],
    [label(random, 395), or_wrong(random, () => encode(1), () => encode(2), () => encode('1'))],
  ]);
  const inclusion = or_wrong(random, () => array_of(bytes_of(proof)), () => array_of(),
    () => array_of(bytes_of(proof), bytes_of(proof)), () => bytes_of(proof), () => array_of(proof));
  const proofs = map_of(random, [[or_wrong(random, () => encode(-1), () => encode(-2)), inclusion]]);
  const bytes = sign1(random, [
    header_bytes(random, protected_header),
    map_of(random, [[label(random, 396), proofs]]),
    or_wrong(random, () => raw('f6'), () => bytes_of(tree.root()), () => raw('40'), () => raw('f4')),
    bytes_of(signature(random, secret, protected_header, tree.root())),
  ]);
  return { letter: 'r', key: public_of(random.chance(WRONG) ? sha256('another') : secret), statement, bytes };
}

function transparent_case(random) {
  const statement = a_statement(random);
  const tree = new Tree([leaf_hash(statement), random.bytes(32)]);
  const receipt = write_receipt(secret_of(random), 'acme-ems.example/ledger', 'sealed', 2, 0, tree.path(0),
                                tree.root());
  const count = or_wrong(random, () => 1 + random.below(2), () => 0, () => 16, () => 17);
  const one = () => or_wrong(random, () => bytes_of(receipt), () => receipt, () => bytes_of(receipt, 1),
    () => bytes_of(mutate(random, receipt)), () => bytes_of(statement), () => raw('40'));
  const unprotected = map_of(random, [
    [label(random, 394), array_of(...Array.from({ length: count }, one))],
  ]);
  // The statement is d2 84, its parts, with a0 between header and payload.
  const header_size = 2 + statement[3];
  const parts = [statement.subarray(2, 2 + header_size), unprotected,
                 statement.subarray(3 + header_size, -66), statement.subarray(-66)];
  return { letter: 't', bytes: sign1(random, parts) };
}

// A few of each, for the driver's letters.
export function cose_cases(random) {
  return [statement_case(random), statement_case(random), receipt_case(random), transparent_case(random)];
}
