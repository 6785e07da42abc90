// A client of SCITT (draft-ietf-scitt-scrapi-09) that shares nothing with the program: it signs as a guest, registers
// without a token, and checks the receipts under the keys that the node serves.
import { secp256k1 } from '@noble/curves/secp256k1';
import { decode, require_that } from './cbor.mjs';
import { PUBLIC, kid_of, read_receipt, write_statement } from './statement.mjs';
import { leaf_hash } from './tree.mjs';

const COSE = 'application/cose';
const CBOR = 'application/cbor';
const PROBLEM = 'application/concise-problem-details+cbor';

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const now = () => Math.floor(Date.now() / 1000);

// Compressed, of a COSE_Key for ES256K.
function key_of(cose_key) {
  require_that(cose_key instanceof Map && cose_key.get(1) === 2 && cose_key.get(3) === -47 && cose_key.get(-1) === 8,
               'no COSE_Key of secp256k1');
  const [x, y] = [cose_key.get(-2), cose_key.get(-3)];
  require_that(x?.length === 32 && y?.length === 32, 'no coordinates');
  const key = Buffer.from(secp256k1.ProjectivePoint.fromHex(`04${hex(x)}${hex(y)}`).toRawBytes(true));
  require_that(kid_of(key).equals(Buffer.from(cose_key.get(2))), 'kid is not the thumbprint');
  return key;
}

export async function check_scitt(report, random, times, site) {
  const org = 'small.example';
  const [root, secret] = [secp256k1.utils.randomPrivateKey(), secp256k1.utils.randomPrivateKey()];
  const public_key = (of) => Buffer.from(secp256k1.getPublicKey(of));
  const signed = (by, sub, content) => write_statement(by, {
    iss: org, sub, iat: now(), type: PUBLIC, payload: Buffer.from(JSON.stringify({ type: sub, ...content })),
  });
  const ask = (method, path, body, accept = COSE) =>
    site.request(method, path, { type: COSE, body, accept, anonymous: true });

  const keys = await ask('GET', '/.well-known/scitt-keys', undefined, CBOR);
  const set = await report.accepts('COSE Key Set', site.org, () => decode(keys.body).map(key_of));
  report.check(keys.type === CBOR && set?.length === 1 && set[0].toString('hex') === site.genesis.receipt_key,
               'receipt key of the genesis in the COSE Key Set', site.org);
  const by_kid = await ask('GET', `/.well-known/scitt-keys/${kid_of(set[0]).toString('base64url')}`, undefined, CBOR);
  await report.accepts('COSE_Key by its kid', site.org, () =>
    require_that(key_of(decode(by_kid.body)).equals(set[0]), 'another key'));

  const genesis = signed(root, 'org.genesis', {
    org, root: hex(public_key(root)), keys: [{ key: hex(public_key(secret)), role: 'person', may: ['recall'] }],
  });
  const problem_of = async (statement, title, name) => {
    const { status, type, body } = await ask('POST', '/entries', statement);
    await report.accepts('concise problem', name, () => {
      const told = decode(body);
      require_that(status === 400 && type === PROBLEM && told.get(-1) === title && told.get(-4) === status,
                   `${status} ${type} ${told.get(-1)}: ${told.get(-2)}`);
    });
  };
  await problem_of(genesis, 'Rejected', 'of somebody who is not admitted');
  await site.post('/v1/guests', { org, root: hex(kid_of(public_key(root))), may: ['recall'] });

  const registered = async (statement, sub) => {
    const answer = await ask('POST', '/entries', statement);
    const there = `/entries/${leaf_hash(statement).toString('hex')}`;
    report.check(answer.status === 201 && answer.type === COSE && answer.headers.location === there,
                 'statement registered by a guest', `${answer.status}`);
    const read = (bytes) => read_receipt(bytes, statement, sub, set[0], (_, from_path) => from_path);
    const receipt = await report.accepts('receipt of a registration', sub, () => read(answer.body));
    const found = await ask('GET', there);
    await report.accepts('receipt found by its locator', sub, () => read(found.body));
    return receipt;
  };
  await registered(genesis, 'org.genesis');
  const recall = signed(secret, 'recall', { mpn: 'GUEST-1', lots: ['A'], reason: 'thirdparty test' });
  const first = await registered(recall, 'recall');
  const again = await registered(recall, 'recall');
  report.check(first?.index === again?.index, 'the same statement twice is one entry');
  // No bit of it can be changed.
  for (let i = 0; i < times.upload; ++i) {
    const bad = await ask('POST', '/entries', random.flip(recall).bytes);
    // One that by now says it is longer than statements may be is too large.
    report.check([400, 413].includes(bad.status) && bad.type === PROBLEM && decode(bad.body) instanceof Map,
                 'statement with a bit changed refused', `${bad.status}`);
  }
  await problem_of(signed(secret, 'source.authorise', { org: 'x.example' }), 'Rejected', 'of what it may not register');
  await site.post(`/v1/guests/${org}/dismiss`, { reason: 'thirdparty test' });
  await problem_of(signed(secret, 'recall', { mpn: 'GUEST-2' }), 'Rejected', 'of a guest that was dismissed');
}
