// Who may sign in a log, and provenance bundles checked from the trusted roots alone.
import { decode, refuse, require_that } from './cbor.mjs';
import { open_envelope, tag_of } from './envelope.mjs';
import { parse_vkey, read_checkpoint } from './note.mjs';
import { kid_of, read_statement } from './statement.mjs';
import { leaf_hash, root_of_path } from './tree.mjs';

const ROOT_ONLY = ['org.genesis', 'key.grant', 'key.revoke'];
const hex = (text) => Buffer.from(text, 'hex');

// One log's keys, learnt from its statements in order.
export class Signers {
  // `roots`: name of each trusted organisation -> thumbprint of its root key, hex.
  constructor(roots) {
    this.roots = roots;
    this.granted = new Map();
    this.sealing = [];
  }
  key_for(statement) {
    const { iss, sub, kid, iat, json } = statement;
    if (sub === 'org.genesis') {
      require_that(typeof json.root === 'string' && json.org === iss &&
                   kid_of(hex(json.root)).toString('hex') === this.roots[iss],
                   'genesis by another root than the trusted one');
      return hex(json.root);
    }
    if (ROOT_ONLY.includes(sub)) return this.genesis?.iss === iss ? this.root : refuse('no root');
    const grant = this.granted.get(kid.toString('hex')) ?? refuse('a key that nobody granted');
    require_that(grant.iss === iss && (grant.may.includes(sub) || grant.may.includes('*')) &&
                 iat >= (grant.not_before ?? 0) && iat <= (grant.not_after ?? Infinity),
                 `a key that may not sign ${sub}`);
    return hex(grant.key);
  }
  async read(bytes) {
    const statement = await read_statement(bytes, (one) => this.key_for(one));
    const { iss, sub, json } = statement;
    const grant = (key) => this.granted.set(kid_of(hex(key.key)).toString('hex'), { iss, ...key });
    if (sub === 'org.genesis') {
      require_that(!this.genesis, 'a second genesis');
      this.genesis = { iss, ...json };
      this.root = hex(json.root);
      json.keys.forEach(grant);
      if (json.sealing_key !== undefined) this.name_sealing(json.sealing_key);
    } else if (sub === 'key.grant' && json.kind === undefined) {
      grant(json);
    } else if (sub === 'key.grant' && json.kind === 'sealing') {
      this.name_sealing(json.sealing_key);
    } else if (sub === 'key.grant') {
      require_that(json.kind === 'tls', 'a grant of a kind that nobody knows');
    } else if (sub === 'key.revoke') {
      this.granted.delete(kid_of(hex(json.key)).toString('hex'));
    }
    return statement;
  }
  // The key that partners seal to from here on; an earlier one never comes back.
  name_sealing(key) {
    require_that(typeof key === 'string' && /^[0-9a-f]{64}$/.test(key), 'no sealing key');
    require_that(!this.sealing.includes(key), 'a sealing key that was named before');
    this.sealing.push(key);
  }
}

async function read_log([origin, note, entries], roots, mirror_keys) {
  require_that(Array.isArray(entries) && entries.length > 0 && entries[0][0] === 0, 'no genesis');
  const signers = new Signers(roots);
  const statements = [];
  for (const [, bytes] of entries) statements.push(await signers.read(Buffer.from(bytes)));
  require_that(signers.genesis.origin === origin, 'genesis of another log');
  require_that(statements.every(({ json }) => json?.kind !== 'sealing'), 'a sealing grant, which says nothing about who signs');
  const log_key = parse_vkey(signers.genesis.log_key);
  const checkpoint = read_checkpoint(Buffer.from(note), log_key, mirror_keys);
  let last = -1;
  for (const [index, bytes, path] of entries) {
    require_that(index > last, 'entries out of order');
    last = index;
    const root = root_of_path(index, checkpoint.size, leaf_hash(bytes), path.map(Buffer.from));
    require_that(root.equals(checkpoint.root), 'path does not lead to the root');
  }
  return { origin, checkpoint, statements };
}

// Everything that the item key opens: [{iss, n, body}].
function open_history(item_key, statements) {
  const by_tag = new Map();
  for (const { iss, envelopes = [] } of statements)
    for (const one of envelopes) by_tag.set(`${iss} ${Buffer.from(one[0]).toString('hex')}`, one);
  const out = [];
  for (const iss of new Set(statements.map((one) => one.iss)))
    for (let n = 0; ; ++n) {
      const envelope = by_tag.get(`${iss} ${tag_of(item_key, iss, n).toString('hex')}`);
      if (!envelope) break;
      out.push({ iss, n, body: open_envelope(item_key, iss, n, envelope) });
    }
  return out;
}

// The history of each item in the bundle, the item itself first.
export async function read_bundle(bytes, roots, mirror_keys) {
  const bundle = decode(bytes);
  require_that(bundle instanceof Map && bundle.size === 5, 'no bundle');
  const [magic, made_by, made_at, items, logs] = [0, 1, 2, 3, 4].map((key) => bundle.get(key));
  require_that(magic === 'reelproof-bundle/v1' && typeof made_by === 'string' &&
               Number.isInteger(made_at) && Array.isArray(items) && Array.isArray(logs), 'no bundle');
  require_that(items.length > 0 && items.every((key) => key.length === 32), 'item keys');
  const read = [];
  for (const log of logs) read.push(await read_log(log, roots, mirror_keys));
  require_that(new Set(read.map((log) => log.origin)).size === read.length, 'a log twice');
  const statements = read.flatMap((log) => log.statements);
  const histories = items.map((key) => open_history(Buffer.from(key), statements));
  require_that(histories.every((one) => one.length > 0), 'an item key that opens nothing');
  return { made_by, made_at, logs: read, histories };
}
