// The data of others in ../shared/conformance and the vectors of ../shared/vectors: the independent
// reader takes them as it must, and so does ours where they are statements or receipts.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createPublicKey, verify } from 'node:crypto';
import { decode } from './cbor.mjs';
import { ask_driver, counted } from './driver.mjs';
import { parse_checkpoint, parse_vkey, read_checkpoint, read_note } from './note.mjs';
import {
  read_receipt, read_statement, read_transparent, signature_holds, write_receipt, write_statement,
  write_transparent,
} from './statement.mjs';
import { Tree, leaf_hash, read_entries, tiles_of } from './tree.mjs';

const source = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const data = process.env.REELPROOF_DATA ?? join(source, '..', 'shared');
const hex = (text) => Buffer.from(text, 'hex');

function vectors(name) {
  return JSON.parse(readFileSync(join(data, 'vectors', name), 'utf8')).vectors;
}

async function check_tessera(report) {
  const root = join(data, 'conformance/tessera-testdata/log');
  const key = parse_vkey(
    'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx');
  for (let size = 0; size <= 15; ++size)
    await report.accepts('tree of Tessera', size, () => {
      const checkpoint = read_checkpoint(readFileSync(join(root, `checkpoint.${size}`)), key, []);
      const file = (tile) => readFileSync(join(root, tile.path));
      const tiles = tiles_of(size);
      const entries = tiles.filter((tile) => tile.level < 0)
        .flatMap((tile) => read_entries(file(tile), tile.width));
      const tree = new Tree(entries.map(leaf_hash));
      report.check(checkpoint.size === size && tree.root().equals(checkpoint.root), 'root of Tessera');
      for (const tile of tiles.filter(({ level }) => level >= 0))
        report.check(tree.tile(tile.level, tile.n, tile.width).equals(file(tile)), 'tile of Tessera');
    });
}

async function check_sunlight(report) {
  const root = join(data, 'conformance/sunlight-testdata');
  for (const [folder, name] of [['witness', 'witness.v0.json'], ['witness2', 'witness.v0.json'],
                                ['witness/mirror', 'mirror.v0.json']]) {
    const { verifier_keys } = JSON.parse(readFileSync(join(root, folder, name), 'utf8'));
    const origin = folder === 'witness2'
      ? '88ad7a28caeb0b2aa890fdf0304c2fcaf59fca2ee140134ff8c1300bac493482'
      : '000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706';
    await report.accepts('cosignature of Sunlight', folder, () => {
      const note = read_note(readFileSync(join(root, folder, origin, 'checkpoint')),
                             verifier_keys.map(parse_vkey), true);
      const [signer] = note.signers;
      report.check(signer?.time === 1767139200, 'time of a cosignature of Sunlight');
      const checkpoint = parse_checkpoint(note.text);
      report.check(checkpoint.size === 300, 'size of a tree of Sunlight');
      if (!folder.endsWith('mirror')) return;
      // Its entries are stand-ins, its hashes are real.
      const file = ({ path }) => readFileSync(join(root, folder, origin, path));
      const tiles = tiles_of(300).filter(({ level }) => level >= 0);
      const hashes = Buffer.concat(tiles.filter(({ level }) => level === 0).map(file));
      const tree = new Tree(Array.from({ length: 300 }, (_, i) => hashes.subarray(32 * i, 32 * i + 32)));
      report.check(tree.root().equals(checkpoint.root), 'root of Sunlight');
      for (const tile of tiles)
        report.check(tree.tile(tile.level, tile.n, tile.width).equals(file(tile)), 'tile of Sunlight');
    });
  }
}

// r || s of a DER signature in its one form; null otherwise.
function from_der(der) {
  const number = (at) => {
    const size = der[at + 1];
    const body = der.subarray(at + 2, at + 2 + size);
    const fine = der[at] === 2 && size > 0 && body.length === size && body[0] < 0x80 &&
      (size === 1 || body[0] !== 0 || body[1] >= 0x80);
    const bare = body[0] === 0 ? body.subarray(1) : body;
    return fine && bare.length <= 32
      ? { next: at + 2 + size, bytes: Buffer.concat([Buffer.alloc(32 - bare.length), bare]) }
      : null;
  };
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const r = number(2);
  const s = r && number(r.next);
  return s && s.next === der.length ? Buffer.concat([r.bytes, s.bytes]) : null;
}

async function check_wycheproof(report) {
  const file = join(data, 'conformance/wycheproof-ecdsa_secp256k1_sha256_bitcoin_test.json');
  for (const group of JSON.parse(readFileSync(file, 'utf8')).testGroups) {
    const key = hex(group.publicKey.uncompressed);
    const openssl = createPublicKey(group.publicKeyPem);
    for (const test of group.tests) {
      const message = hex(test.msg);
      const signature = from_der(hex(test.sig));
      const by_openssl = async () => {
        if (!verify('sha256', message, { key: openssl, dsaEncoding: 'ieee-p1363' }, signature))
          throw new Error('no');
      };
      const holds = signature !== null &&
        await signature_holds(key, message, signature, by_openssl);
      report.check(holds === (test.result === 'valid'), 'signature of Wycheproof',
                   `${test.tcId} ${test.comment}`);
    }
  }
}

async function check_statements(build, report) {
  const questions = [];
  for (const vector of vectors('statements.json')) {
    const [bytes, key] = [hex(vector.statement), hex(vector.public_key)];
    await report.accepts('vector of a statement', vector.sub, () => read_statement(bytes, () => key));
    const { iss, sub, iat, content_type: type } = vector;
    const fields = { iss, sub, iat, type, payload: hex(vector.payload) };
    report.check(write_statement(hex(vector.secret_key), fields).equals(bytes),
                 'statement signed anew, the same to the byte');
    questions.push([true, 's', Buffer.concat([key, bytes])]);
  }
  for (const { why, statement, public_key } of vectors('statements-rejected.json')) {
    const [bytes, key] = [hex(statement), hex(public_key)];
    await report.refuses('bad vector of a statement', why, () => read_statement(bytes, () => key));
    questions.push([false, 's', Buffer.concat([key, bytes])]);
  }
  for (const vector of vectors('receipts.json')) {
    const [key, transparent] = [hex(vector.log_public_key), hex(vector.transparent_statement)];
    const { statement, receipts } = read_transparent(transparent);
    const root_at = (size) => (size === vector.size ? hex(vector.root) : undefined);
    const sub = decode(decode(statement).value[0]).get(15).get(2);
    for (const receipt of [...receipts, hex(vector.receipt)])
      await report.accepts('vector of a receipt', vector.index,
                           () => read_receipt(receipt, statement, sub, key, root_at));
    report.check(write_transparent(statement, receipts).equals(transparent),
                 'transparent statement written anew, the same to the byte');
    questions.push([true, 't', transparent]);
    questions.push([true, 'r', Buffer.concat([key, counted(statement), receipts[0]])]);
  }
  const answers = await ask_driver(build, questions.map(([, ...question]) => question));
  answers.forEach((answer, i) =>
    report.check(answer.accepted === questions[i][0], 'vector read by us', `${i} ${answer.reason}`));
}

export async function check_conformance(build, report) {
  if (!existsSync(join(data, 'conformance')) || !existsSync(join(data, 'vectors'))) {
    console.log(`SKIPPED: no conformance and vectors in ${data} (set REELPROOF_DATA)`);
    return;
  }
  await check_tessera(report);
  await check_sunlight(report);
  await check_wycheproof(report);
  await check_statements(build, report);
}
