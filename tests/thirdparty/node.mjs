// Everything that running nodes serve is accepted by the independent reader, and refused with one bit
// changed. Receipts and tlog-proofs are also made here and must come out the same to the byte.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secp256k1 } from '@noble/curves/secp256k1';
import { Signers, read_bundle } from './bundle.mjs';
import { require_that } from './cbor.mjs';
import { parse_vkey, read_checkpoint, read_tlog_proof, write_tlog_proof } from './note.mjs';
import { eventually } from './site.mjs';
import {
  read_cosignatures, read_mirror_info, read_tree_size, write_checkpoint_submission, write_upload,
} from './submission.mjs';
import {
  read_receipt, read_statement, read_transparent, write_receipt, write_transparent,
} from './statement.mjs';
import { TILE, Tree, leaf_hash, read_entries, sha256, tiles_of } from './tree.mjs';
import { check_scitt } from './scitt.mjs';
import { check_sealing } from './sealing.mjs';
import { World } from './world.mjs';

const counts = (slow) => slow
  ? { note: 2000, tile: 400, entry: 3000, proof: 2000, bundle: 600, upload: 40, every_bit: true }
  : { note: 150, tile: 40, entry: 150, proof: 100, bundle: 40, upload: 5, every_bit: false };

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

// Receipts, transparent statements and tlog-proofs of some entries, as the node serves them.
async function check_proofs(report, random, times, world, site, log, subs, keys, log_key, cosigner) {
  const secret = site.key('receipt.key');
  const key = Buffer.from(secp256k1.getPublicKey(secret));
  report.check(key.toString('hex') === site.genesis.receipt_key, 'receipt key of the genesis');
  const { origin, size } = log.checkpoint;
  const root_at = (wanted) => (wanted <= size ? log.tree.root(0, wanted) : undefined);
  const read = {
    receipt: (bytes, index) => read_receipt(bytes, log.entries[index], subs[index], key, root_at),
    proof: (bytes, index) => {
      const proof = read_tlog_proof(bytes, log.entries[index], log_key, keys);
      require_that(proof.index === index && proof.cosigners.includes(cosigner), 'not cosigned');
      return proof;
    },
    transparent: async (bytes, index) => {
      const { statement, receipts } = read_transparent(bytes);
      require_that(statement.equals(log.entries[index]), 'another statement');
      for (const one of receipts) await read_receipt(one, statement, subs[index], key, root_at);
    },
  };
  const own = {
    receipt: (index, tree) => write_receipt(secret, origin, subs[index], tree, index,
                                            log.tree.path(index, 0, tree), log.tree.root(0, tree)),
    proof: (index, tree, note) => write_tlog_proof(index, log.tree.path(index, 0, tree), note),
  };
  const served = async (index) => {
    const out = {};
    for (const what of ['receipt', 'transparent', 'proof'])
      out[what] = await site.get(`/log/${what}/${index}`);
    return out;
  };
  const note_of = (proof) => proof.subarray(proof.indexOf('\n\n') + 2);
  for (let index = 0; index < size; index += 1 + random.below(8)) {
    const got = await served(index);
    const name = `${origin} ${index}`;
    const receipt = await report.accepts('receipt', name, () => read.receipt(got.receipt, index));
    const proof = await report.accepts('tlog-proof', name, () => read.proof(got.proof, index));
    await report.accepts('transparent statement', name, () => read.transparent(got.transparent, index));
    if (!receipt || !proof) continue;
    report.check(receipt.size === proof.size, 'receipt of the tree of the tlog-proof', name);
    report.check(own.receipt(index, receipt.size).equals(got.receipt),
                 'receipt made here, the same to the byte', name);
    report.check(own.proof(index, proof.size, note_of(got.proof)).equals(got.proof),
                 'tlog-proof made here, the same to the byte', name);
    report.check(write_transparent(log.entries[index], [got.receipt]).equals(got.transparent),
                 'transparent statement made here, the same to the byte', name);
    const leaf = leaf_hash(log.entries[index]).toString('hex');
    report.check((await site.get(`/entries/${leaf}`)).equals(got.receipt), 'receipt by its leaf', name);
    const told = JSON.parse(await site.get(`/log/proof/${leaf}`, 'application/json'));
    const kept = { on: [cosigner.split('/')[0]], of: 1, quorum: true };
    report.check(told.index === index && told.leaf === leaf && told.log === origin &&
                 JSON.stringify(told.replicated) === JSON.stringify(kept),
                 'state of replication beside a proof', name);
  }
  for (let i = 0; i < times.proof; ++i) {
    const index = random.below(size);
    for (const [what, bytes] of Object.entries(await served(index)))
      await refuses_flips(report, random, what, bytes, 1, (changed) => read[what](changed, index));
  }
  if (times.every_bit) {
    const index = random.below(size);
    for (const [what, bytes] of Object.entries(await served(index)))
      for (let bit = 0; bit < bytes.length * 8; ++bit) {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] ^= 1 << (bit & 7);
        await report.refuses(`${what} with each bit changed`, `${index}, bit ${bit}`,
                             () => read[what](changed, index));
      }
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
  const entry = file('entry', log.entries[index]);
  const receipt = own.receipt(index, size);
  const under_key = ['--key', key.toString('hex')];
  await report.accepts('tlog-proof made here, by the program', origin, () =>
    verify(file('tlog-proof', own.proof(index, size, log.note)), '--statement', entry,
           '--vkey', log_key.text));
  await report.accepts('receipt made here, by the program', origin, () =>
    verify(file('receipt', receipt), '--statement', entry, ...under_key));
  await report.accepts('transparent statement made here, by the program', origin, () =>
    verify(file('transparent', write_transparent(log.entries[index], [receipt])), ...under_key));
}

// The log of `site` handed in to `other`, which has it already: what a witness and a mirror answer.
async function check_submissions(report, random, times, site, other, log, keys, log_key) {
  const { origin, size } = log.checkpoint;
  const own_note = log.note.toString();
  const text = own_note.slice(0, own_note.lastIndexOf('\n\n') + 1);
  const submit = (old_size, proof, note = log.note) =>
    other.request('POST', '/mirror/add-checkpoint',
                  { type: 'text/plain', body: write_checkpoint_submission(old_size, proof, note) });
  const upload = (start, end, packages, ticket = Buffer.alloc(0)) =>
    other.request('POST', '/mirror/add-entries',
                  { type: 'application/octet-stream',
                    body: write_upload(origin, start, end, ticket, packages) });
  const answers = async (what, answer, status, type, read) => {
    const { status: got, type: media, body } = await answer;
    report.check(got === status && media === type, `${what} answered`, `${origin}: ${got} ${media} ${body}`);
    return { body, value: await report.accepts(what, origin, () => read(body)) };
  };
  const TEXT = 'text/plain; charset=utf-8';
  const SIZE = 'text/x.tlog.size';
  const INFO = 'text/x.tlog.mirror-info';
  const by = (key) => (bytes) => {
    const [signer, ...more] = read_cosignatures(bytes, text, [key]);
    require_that(signer?.name === key.name && more.length === 0, 'not one cosignature');
  };

  const told = await answers('size from a witness', submit(size - 1, log.tree.consistency(size - 1)), 409,
                             SIZE, read_tree_size);
  report.check(told.value === size, 'size that a witness knows', origin);
  const witnessed = await answers('cosignature of a witness', submit(size, []), 200, TEXT,
                                  by(keys.witness));
  await refuses_flips(report, random, 'cosignature of a witness', witnessed.body, times.note,
                      by(keys.witness));
  // Another signed note: a bit of the text changed.
  const forged = Buffer.from(log.note);
  forged[text.length - 3] ^= 1;
  report.check((await submit(size, [], forged)).status >= 400, 'checkpoint with a bit changed refused');

  const path = `/witness/${sha256(origin).toString('hex')}/checkpoint`;
  const read_witnessed = (bytes) => {
    const read = read_checkpoint(bytes, log_key, [keys.witness]);
    require_that(read.size === size && read.cosigners.includes(keys.witness.name), 'not witnessed');
  };
  const note = await other.get(path);
  await report.accepts('checkpoint that was witnessed', origin, () => read_witnessed(note));
  await refuses_flips(report, random, 'checkpoint that was witnessed', note, times.note, read_witnessed);

  const asked = await answers('where to go on, asked', upload(0, 0, []), 409, INFO, read_mirror_info);
  report.check(asked.value?.pending === size && asked.value?.next === size, 'where a mirror stands', origin);
  const width = Math.min(size, TILE);
  const first = { entries: log.entries.slice(0, width), proof: log.tree.consistency(width) };
  if (size > width) {
    const part = await answers('where to go on after a part', upload(0, size, [first]), 202, INFO,
                               read_mirror_info);
    report.check(part.value?.pending === size && part.value?.next === size, 'where a mirror stands', origin);
  }
  for (const [what, packages] of [['of nothing more', []], ['of what is there', [first]]]) {
    const start = packages.length === 0 ? size : 0;
    if (start === 0 && size > width) continue;
    const mirrored = await answers(`cosignature of a mirror, ${what}`, upload(start, size, packages), 200,
                                   TEXT, by(keys.mirror));
    await refuses_flips(report, random, 'cosignature of a mirror', mirrored.body, times.note / 2,
                        by(keys.mirror));
  }
  // Entries and proof of another tree.
  for (let i = 0; i < times.upload; ++i) {
    const at = random.below(width);
    const entries = first.entries.map((one, n) => (n === at ? random.flip(one).bytes : one));
    const bad = await upload(0, size, [{ entries, proof: first.proof }]);
    report.check(bad.status === 422, 'upload with a bit of an entry changed refused', `${bad.status}`);
  }
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

// The newest TLS key, which a stranger pins: signed by the root that he was told.
async function check_tls_grant(report, random, times, world, site, roots) {
  const bytes = await site.get('/.well-known/reelproof/tls');
  report.check(bytes.equals(world.tls_grant), 'TLS grant is the one that was registered');
  const read = async (grant) => {
    const signers = new Signers(roots);
    await signers.read(site.genesis.bytes);
    const { json } = await signers.read(grant);
    require_that(json.kind === 'tls' && json.tls_spki === site.tls_spki, 'another TLS key');
  };
  await report.accepts('TLS grant', site.org, () => read(bytes));
  await refuses_flips(report, random, 'TLS grant', bytes, times.entry, read);
}

async function check_world(report, random, slow, world) {
  const times = counts(slow);
  const roots = Object.fromEntries(world.sites.map((site) => [site.org, site.root]));
  for (const site of world.sites) {
    const genesis = await site.get('/.well-known/reelproof/genesis');
    const signers = new Signers(roots);
    await report.accepts('genesis', site.org, () => signers.read(genesis));
    site.genesis = { bytes: genesis, ...signers.genesis };
    site.tls_spki = site.genesis.tls_spki;
    site.agent.destroy();
    const read_again = (bytes) => new Signers(roots).read(bytes);
    await refuses_flips(report, random, 'genesis', genesis, times.entry, read_again);
    if (site === world.maker) await check_tls_grant(report, random, times, world, site, roots);
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
    if (site === world.maker) {
      report.check(log.entries[world.foreign_index]?.equals(world.foreign),
                   'statement signed here is in the log');
      await check_sealing(report, site, log.entries, roots);
    }
    const subs = await read_statements(report, random, times, log, roots, name);
    await check_proofs(report, random, times, world, site, log, subs, mirror_keys, log_key, cosigner);
    await check_submissions(report, random, times, site, other, log, {
      witness: vkey(other.genesis.witness_key), mirror: vkey(other.genesis.mirror_key),
    }, log_key);
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
    await check_world(report, random, slow, world);
    await check_scitt(report, random, counts(slow), world.ems);
  } finally {
    await world.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
