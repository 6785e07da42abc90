// Everything that running nodes serve is accepted by the independent reader, and refused with one bit
// changed. Receipts and tlog-proofs, which nodes don't serve yet, are made by our code from what they
// serve; both are also made here and must come out the same to the byte.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secp256k1 } from '@noble/curves/secp256k1';
import { Signers, read_bundle } from './bundle.mjs';
import { require_that } from './cbor.mjs';
import { ask_driver, counted, split_counted } from './driver.mjs';
import { parse_vkey, read_checkpoint, read_tlog_proof, write_tlog_proof } from './note.mjs';
import { eventually } from './site.mjs';
import {
  read_receipt, read_statement, read_transparent, write_receipt, write_transparent,
} from './statement.mjs';
import { Tree, leaf_hash, read_entries, sha256, tiles_of } from './tree.mjs';
import { World } from './world.mjs';

const counts = (slow) => slow
  ? { note: 2000, tile: 400, entry: 3000, proof: 2000, bundle: 600 }
  : { note: 150, tile: 40, entry: 150, proof: 100, bundle: 40 };

// Refused with one bit changed, `times` times. `read` takes the changed bytes; `flip` may be another
// than any bit.
async function refuses_flips(report, random, what, bytes, times, read, flip = () => random.flip(bytes)) {
  for (let i = 0; i < times; ++i) {
    const changed = flip();
    await report.refuses(`${what} with a bit changed`, `bit ${changed.bit}`, () => read(changed.bytes));
  }
}

function check_tile(bytes, tile, tree) {
  require_that(bytes.equals(tree.tile(tile.level, tile.n, tile.width)), 'tile of another tree');
}

function check_entries(bytes, tile, hashes) {
  const leaves = Buffer.concat(read_entries(bytes, tile.width).map(leaf_hash));
  require_that(leaves.equals(hashes), 'entries of another tile');
}

// Reads one copy of a log, its own node's or a mirror's; gives what is in it.
async function read_copy(report, random, times, { site, prefix, keys, log_key, cosigner, name }) {
  const note = await site.get(`${prefix}/checkpoint`);
  const read_note = (bytes) => {
    const read = read_checkpoint(bytes, log_key, keys);
    require_that(read.cosigners.includes(cosigner), 'not cosigned');
    return read;
  };
  const checkpoint = await report.accepts('checkpoint with cosignature', name, () => read_note(note));
  if (!checkpoint) return null;
  await refuses_flips(report, random, 'checkpoint', note, times.note, read_note);

  const tiles = tiles_of(checkpoint.size);
  for (const tile of tiles) tile.bytes = await site.get(`${prefix}/${tile.path}`);
  const bundles = tiles.filter(({ level }) => level < 0);
  const hashes_of = (n) => tiles.find((tile) => tile.level === 0 && tile.n === n).bytes;
  const entries = bundles.flatMap((tile) => read_entries(tile.bytes, tile.width));
  const tree = new Tree(entries.map(leaf_hash));
  report.check(tree.root().equals(checkpoint.root), 'root recomputed from the entries', name);
  for (const tile of tiles) {
    const read = tile.level < 0 ? (bytes) => check_entries(bytes, tile, hashes_of(tile.n))
                                : (bytes) => check_tile(bytes, tile, tree);
    const what = tile.level < 0 ? 'entry bundle' : 'tile';
    await report.accepts(what, `${name} ${tile.path}`, () => read(tile.bytes));
    await refuses_flips(report, random, what, tile.bytes, times.tile, read);
  }
  // Narrower tiles, as a reader of an older checkpoint asks for them.
  for (const full of tiles.filter(({ width, level }) => width > 1 && level >= 0)) {
    const width = 1 + random.below(full.width - 1);
    const path = `${full.path.replace(/\.p\/.*/, '')}.p/${width}`;
    const bytes = await site.get(`${prefix}/${path}`);
    await report.accepts('tile', `${name} ${path}`, () => check_tile(bytes, { ...full, width }, tree));
  }
  return { note, checkpoint, entries, tree };
}

// Every statement under the key that may sign it there.
async function read_statements(report, random, times, log, roots, name) {
  const signers = new Signers(roots);
  const statements = [];
  for (const [index, entry] of log.entries.entries())
    statements.push(await report.accepts('statement', `${name} ${index}`, () => signers.read(entry)));
  for (let i = 0; i < times.entry; ++i) {
    const index = random.below(log.entries.length);
    await refuses_flips(report, random, 'statement', log.entries[index], 1,
                        (bytes) => read_statement(bytes, () => statements[index].key));
  }
  return statements.map(({ sub }) => sub);
}

// Receipts, transparent statements and tlog-proofs of some entries, made by us and made here.
async function check_proofs(build, report, random, times, world, site, log, subs, keys, log_key) {
  const secret = site.key('receipt.key');
  const key = Buffer.from(secp256k1.getPublicKey(secret));
  const bundle = Buffer.concat(log.entries.map((entry) => {
    const head = Buffer.alloc(2);
    head.writeUInt16BE(entry.length);
    return Buffer.concat([head, entry]);
  }));
  const [made] = await ask_driver(build, [['l', Buffer.concat([secret, counted(log.note), bundle])]]);
  report.check(made.accepted, 'log proved by us', made.reason);
  if (!made.accepted) return;
  const parts = split_counted(made.bytes);
  const { origin, size, root } = log.checkpoint;
  const root_at = (wanted) => (wanted <= size ? log.tree.root(0, wanted) : undefined);
  const read = {
    receipt: (bytes, index) => read_receipt(bytes, log.entries[index], subs[index], key, root_at),
    proof: (bytes, index) => read_tlog_proof(bytes, log.entries[index], log_key, keys),
    transparent: async (bytes, index) => {
      const { statement, receipts } = read_transparent(bytes);
      require_that(statement.equals(log.entries[index]), 'another statement');
      for (const one of receipts) await read_receipt(one, statement, subs[index], key, root_at);
    },
  };
  const own = (index) => ({
    receipt: write_receipt(secret, origin, subs[index], size, index, log.tree.path(index), root),
    proof: write_tlog_proof(index, log.tree.path(index), log.note),
  });
  for (let index = 0; index < size; index += 1 + random.below(8)) {
    const [receipt, proof] = parts.slice(2 * index, 2 * index + 2);
    const mine = own(index);
    await report.accepts('receipt', `${origin} ${index}`, () => read.receipt(receipt, index));
    await report.accepts('tlog-proof', `${origin} ${index}`, () => read.proof(proof, index));
    report.check(mine.receipt.equals(receipt), 'receipt made here, the same to the byte');
    report.check(mine.proof.equals(proof), 'tlog-proof made here, the same to the byte');
    const transparent = write_transparent(log.entries[index], [receipt]);
    await report.accepts('transparent statement', `${origin} ${index}`,
                         () => read.transparent(transparent, index));
  }
  for (let i = 0; i < times.proof; ++i) {
    const index = random.below(size);
    const [receipt, proof] = parts.slice(2 * index, 2 * index + 2);
    const transparent = write_transparent(log.entries[index], [receipt]);
    for (const [what, bytes] of Object.entries({ receipt, proof, transparent }))
      await refuses_flips(report, random, what, bytes, 1, (changed) => read[what](changed, index));
  }
  // What is made here goes through the program.
  const index = random.below(size);
  const file = (name, bytes) => {
    const path = join(world.folder, 'out', `${site.org}-${name}`);
    writeFileSync(path, bytes);
    return path;
  };
  const verify = (...options) => execFileSync(world.program, ['proof', 'verify', ...options, '--json'],
                                              { stdio: ['ignore', 'pipe', 'pipe'] });
  await report.accepts('tlog-proof made here, by the program', origin, () =>
    verify(file('tlog-proof', own(index).proof), '--statement', file('entry', log.entries[index]),
           '--vkey', log_key.text));
  await report.accepts('transparent statement made here, by the program', origin, () =>
    verify(file('transparent', write_transparent(log.entries[index], [own(index).receipt])),
           '--key', key.toString('hex')));
}

// A bit of a bundle that something vouches for: who made it and when is its maker's own word.
function flip_vouched(random, bytes) {
  const made_by = bytes.indexOf(Buffer.from([1]), 22) + 2;
  const made_at = made_by + (bytes[made_by - 1] & 31) + 2;
  for (;;) {
    const changed = random.flip(bytes);
    const at = changed.bit >> 3;
    if (at < made_by || (at >= made_at - 2 && at < made_at) || at >= made_at + 4) return changed;
  }
}

async function check_world(build, report, random, slow, world) {
  const times = counts(slow);
  const roots = Object.fromEntries(world.sites.map((site) => [site.org, site.root]));
  for (const site of world.sites) {
    const genesis = await site.get('/.well-known/reelproof/genesis');
    const signers = new Signers(roots);
    await report.accepts('genesis', site.org, () => signers.read(genesis));
    site.genesis = { bytes: genesis, ...signers.genesis };
    site.tls_spki = site.genesis.tls_spki;
    site.agent.destroy();
  }
  const vkey = (text) => ({ text, ...parse_vkey(text) });
  const mirror_keys = world.sites.map((site) => vkey(site.genesis.mirror_key));
  for (const [i, site] of world.sites.entries()) {
    const other = world.sites[1 - i];
    const log_key = vkey(site.genesis.log_key);
    const cosigner = parse_vkey(other.genesis.mirror_key).name;
    await eventually(`${site.org} shows a cosignature`, async () =>
      (await site.get('/log/checkpoint')).includes(`\u2014 ${cosigner} `));
    const copy = { keys: mirror_keys, log_key, cosigner };
    const name = site.genesis.origin;
    const log = await read_copy(report, random, times, { site, prefix: '/log', ...copy, name });
    const prefix = `/mirror/${sha256(name).toString('hex')}`;
    const mirror = await read_copy(report, random, times,
                                   { site: other, prefix, ...copy, name: `mirror of ${name}` });
    if (!log || !mirror) continue;
    report.check(log.entries.every((one, at) => mirror.entries[at]?.equals(one)), 'mirror is the log');
    report.check(log.entries[0].equals(site.genesis.bytes), 'genesis is entry 0');
    if (site === world.maker)
      report.check(log.entries[world.foreign_index]?.equals(world.foreign),
                   'statement signed here is in the log');
    const subs = await read_statements(report, random, times, log, roots, name);
    await check_proofs(build, report, random, times, world, site, log, subs, mirror_keys, log_key);
  }
  for (const [name, bytes, events] of world.bundles) {
    const read = (changed) => read_bundle(changed, roots, mirror_keys);
    const bundle = await report.accepts('provenance bundle', name, () => read(bytes));
    report.check(JSON.stringify(bundle?.histories.map((one) => one.length)) === JSON.stringify(events) &&
                 bundle?.histories.flat().every(({ body }) => typeof body.event.type === 'string'),
                 'history opened from a bundle', name);
    await refuses_flips(report, random, 'provenance bundle', bytes, times.bundle, read,
                        () => flip_vouched(random, bytes));
  }
}

export async function check_node(build, report, random, slow) {
  const folder = mkdtempSync(join(tmpdir(), 'reelproof-thirdparty-'));
  const world = new World(join(build, 'reelproof'), folder);
  try {
    await world.begin();
    await world.play();
    await check_world(build, report, random, slow, world);
  } finally {
    await world.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
