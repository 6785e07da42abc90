// Checks a provenance bundle in the browser, from the roots up (docs/FORMATS.md sections 2, 4, 7, 8, 11): each statement's
// signature by a key that its organisation's root granted, each entry's path to the root of a checkpoint, each
// checkpoint's signature by the log's key and the cosignatures by mirrors whose keys are known. Nothing here asks the node.
import * as ed25519 from '@noble/ed25519';
import * as secp256k1 from '@noble/secp256k1';
import { byteString, decode, Decoder, join, need, Tagged, type Cbor } from './cbor';

const ES256K = -47;
const SEALED = 'application/vnd.reelproof.sealed+cbor';
const ROOT_ONLY = ['org.genesis', 'key.grant', 'key.revoke'];
const LOG_KEY = 1;
const COSIGNATURE_KEY = 4;

export interface CheckedLog {
  origin: string;
  org: string;
  root: string;  // thumbprint of the organisation's root key
  size: number;
  cosigners: string[];
}

export interface Checked {
  // `origin index` of each entry, and the hashes of the envelopes in it.
  entries: Map<string, Set<string>>;
  logs: CheckedLog[];
}

interface NoteKey {
  name: string;
  id: string;
  type: number;
  key: Uint8Array;
}

interface Statement {
  iss: string;
  sub: string;
  iat: number;
  kid: string;
  head: Uint8Array;
  payload: Uint8Array;
  signature: Uint8Array;
  envelopes: Uint8Array[];
  json: Record<string, unknown>;
}

interface Grant {
  key: Uint8Array;
  may: string[];
  not_before: number;
  not_after: number;
}

const encoder = new TextEncoder();

export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bytesOfHex(text: unknown): Uint8Array {
  need(typeof text === 'string' && /^([0-9a-f]{2})+$/.test(text), 'no hexadecimal digits');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function bytesOfBase64(text: string): Uint8Array {
  const plain = atob(text);
  need(btoa(plain) === text, 'base64 in another form');
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

async function sha256(...parts: Uint8Array[]): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', join(...parts)));
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function isBytes(value: Cbor | undefined, size?: number): value is Uint8Array {
  return value instanceof Uint8Array && (size === undefined || value.length === size);
}

// RFC 9679, of a compressed secp256k1 key.
async function thumbprint(key: Uint8Array): Promise<string> {
  const point = secp256k1.Point.fromHex(hexOf(key)).toRawBytes(false);
  return hexOf(await sha256(Uint8Array.from([0xa4, 1, 2, 0x20, 8, 0x21]), byteString(point.slice(1, 33)),
                            Uint8Array.of(0x22), byteString(point.slice(33))));
}

export function parseStatement(bytes: Uint8Array): Statement {
  const sign1 = decode(bytes);
  need(sign1 instanceof Tagged && sign1.tag === 18 && Array.isArray(sign1.value) && sign1.value.length === 4, 'no COSE_Sign1');
  const [head, unprotected, payload, signature] = sign1.value;
  need(isBytes(head) && isBytes(payload) && isBytes(signature, 64), 'no COSE_Sign1');
  need(unprotected instanceof Map && unprotected.size === 0, 'unprotected header is not empty');
  const fields = decode(head);
  need(fields instanceof Map && fields.size === 4 && fields.get(1) === ES256K, 'another protected header');
  const [type, kid, claims] = [fields.get(3), fields.get(4), fields.get(15)];
  need(typeof type === 'string' && isBytes(kid, 32) && claims instanceof Map && claims.size === 3, 'another protected header');
  const [iss, sub, iat] = [claims.get(1), claims.get(2), claims.get(6)];
  need(typeof iss === 'string' && typeof sub === 'string' && typeof iat === 'number', 'other claims');
  const out: Statement = { iss, sub, iat, kid: hexOf(kid), head, payload, signature, envelopes: [], json: {} };
  if (type === SEALED) {
    const reader = new Decoder(payload);
    const sealed = reader.all();
    need(sub === 'sealed' && Array.isArray(sealed) && sealed.length === 2 && Array.isArray(sealed[0]), 'no sealed payload');
    for (const envelope of sealed[0]) {
      need(Array.isArray(envelope) && envelope.length === 3, 'no envelope');
      out.envelopes.push(reader.bytesOf.get(envelope) ?? new Uint8Array());
    }
  } else {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    need(typeof json === 'object' && json !== null && !Array.isArray(json), 'no public statement');
    out.json = json as Record<string, unknown>;
    need(out.json.type === sub, 'type and sub differ');
  }
  return out;
}

async function signatureHolds(statement: Statement, key: Uint8Array): Promise<void> {
  need(await thumbprint(key) === statement.kid, 'the key of another');
  const signed = join(Uint8Array.of(0x84, 0x6a), encoder.encode('Signature1'), byteString(statement.head),
                      Uint8Array.of(0x40), byteString(statement.payload));
  need(secp256k1.verify(statement.signature, await sha256(signed), key, { lowS: true }), 'a signature does not hold');
}

// One log's keys, learnt from its statements in order.
class Signers {
  private granted = new Map<string, Grant>();
  private root: Uint8Array | null = null;
  org = '';
  genesis: Record<string, unknown> = {};

  private async grant(given: unknown): Promise<void> {
    need(typeof given === 'object' && given !== null, 'no key');
    const { key, may, not_before, not_after } = given as Record<string, unknown>;
    const bytes = bytesOfHex(key);
    this.granted.set(await thumbprint(bytes), {
      key: bytes,
      may: Array.isArray(may) ? may.filter((one): one is string => typeof one === 'string') : [],
      not_before: typeof not_before === 'number' ? not_before : -Infinity,
      not_after: typeof not_after === 'number' ? not_after : Infinity,
    });
  }

  private keyFor({ iss, sub, iat, kid, json }: Statement): Uint8Array {
    if (sub === 'org.genesis') return bytesOfHex(json.root);
    if (ROOT_ONLY.includes(sub)) {
      need(this.root && iss === this.org, 'no root');
      return this.root;
    }
    const grant = this.granted.get(kid);
    need(grant && iss === this.org, 'a key that nobody granted');
    need((grant.may.includes(sub) || grant.may.includes('*')) && iat >= grant.not_before && iat <= grant.not_after,
         'a key that may not sign this');
    return grant.key;
  }

  async read(bytes: Uint8Array): Promise<Statement> {
    const statement = parseStatement(bytes);
    await signatureHolds(statement, this.keyFor(statement));
    const { iss, sub, json } = statement;
    if (sub === 'org.genesis') {
      need(!this.root && json.org === iss, 'a second genesis');
      this.root = bytesOfHex(json.root);
      this.org = iss;
      this.genesis = json;
      for (const key of Array.isArray(json.keys) ? json.keys : []) await this.grant(key);
    } else if (sub === 'key.grant' && json.kind === undefined) await this.grant(json);
    else if (sub === 'key.revoke') this.granted.delete(await thumbprint(bytesOfHex(json.key)));
    return statement;
  }

  async rootThumbprint(): Promise<string> {
    need(this.root, 'no genesis');
    return thumbprint(this.root);
  }
}

async function parseKey(text: unknown): Promise<NoteKey> {
  const [, name = '', id = '', base64 = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(String(text)) ?? [];
  const bytes = bytesOfBase64(base64);
  need(bytes.length === 33, 'no note key');
  need(hexOf(await sha256(encoder.encode(`${name}\n`), bytes)).startsWith(id), 'a note key with a wrong id');
  return { name, id, type: bytes[0] ?? 0, key: bytes.subarray(1) };
}

// Origin, size and root of a checkpoint that its log signed, and the mirrors known to us that cosigned it.
async function readCheckpoint(note: string, logKey: NoteKey, mirrors: NoteKey[]) {
  const end = note.lastIndexOf('\n\n');
  need(end >= 0 && note.endsWith('\n'), 'no note');
  const text = note.slice(0, end + 1);
  const cosigners: string[] = [];
  let isSigned = false;
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const [, name, base64 = ''] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    const blob = bytesOfBase64(base64);
    const id = hexOf(blob.subarray(0, 4));
    const key = [logKey, ...mirrors].find((one) => one.name === name && one.id === id);
    if (!key) continue;
    const isMirror = key.type === COSIGNATURE_KEY;
    need(isMirror ? blob.length === 76 : key.type === LOG_KEY && blob.length === 68, 'a signature of a wrong kind');
    const time = isMirror ? new DataView(blob.buffer, blob.byteOffset + 4, 8).getBigUint64(0) : 0n;
    const message = isMirror ? `cosignature/v1\ntime ${time}\n${text}` : text;
    need(await ed25519.verifyAsync(blob.slice(isMirror ? 12 : 4), encoder.encode(message), key.key), `a signature of ${key.name} does not hold`);
    if (isMirror) cosigners.push(key.name);
    else isSigned = true;
  }
  need(isSigned, 'not signed by its log');
  const [, origin, size, root = ''] = /^([^\n]+)\n(0|[1-9]\d*)\n([^\n]+)\n/.exec(text) ?? [];
  need(origin === logKey.name, 'the checkpoint of another log');
  return { origin, size: Number(size), root: bytesOfBase64(root), cosigners };
}

// The definition of an RFC 6962 path, read backwards.
async function rootOfPath(index: number, size: number, leaf: Uint8Array, path: Uint8Array[]): Promise<Uint8Array> {
  const walk = async (from: number, to: number, length: number): Promise<Uint8Array> => {
    if (to - from === 1) {
      need(length === 0, 'a path is too long');
      return leaf;
    }
    const sibling = path[length - 1];
    need(sibling, 'a path is too short');
    let k = 1;
    while (2 * k < to - from) k *= 2;
    return index < from + k
      ? sha256(Uint8Array.of(1), await walk(from, from + k, length - 1), sibling)
      : sha256(Uint8Array.of(1), sibling, await walk(from + k, to, length - 1));
  };
  need(index < size, 'an entry outside of its log');
  return walk(0, size, path.length);
}

async function readLog(log: Cbor, mirrors: NoteKey[], entries: Checked['entries']): Promise<CheckedLog> {
  need(Array.isArray(log) && log.length === 3, 'no log');
  const [origin, note, given] = log;
  need(typeof origin === 'string' && typeof note === 'string' && Array.isArray(given) && given.length > 0, 'no log');
  const signers = new Signers();
  const placed: { index: number; bytes: Uint8Array; path: Uint8Array[] }[] = [];
  for (const entry of given) {
    need(Array.isArray(entry) && entry.length === 3, 'no entry');
    const [index, bytes, path] = entry;
    need(typeof index === 'number' && isBytes(bytes) && Array.isArray(path) && path.every((hash) => isBytes(hash, 32)), 'no entry');
    need(placed.length === 0 ? index === 0 : index > (placed.at(-1)?.index ?? 0), 'entries out of order');
    const statement = await signers.read(bytes);
    const hashes = await Promise.all(statement.envelopes.map(async (one) => hexOf(await sha256(one))));
    entries.set(`${origin} ${index}`, new Set(hashes));
    placed.push({ index, bytes, path: path as Uint8Array[] });
  }
  need(signers.genesis.origin === origin, 'the genesis of another log');
  const checkpoint = await readCheckpoint(note, await parseKey(signers.genesis.log_key), mirrors);
  for (const { index, bytes, path } of placed) {
    const root = await rootOfPath(index, checkpoint.size, await sha256(Uint8Array.of(0), bytes), path);
    need(same(root, checkpoint.root), 'a path does not lead to the checkpoint');
  }
  return { origin, org: signers.org, root: await signers.rootThumbprint(), size: checkpoint.size, cosigners: checkpoint.cosigners };
}

// Throws where anything does not hold. `mirrorKeys`: note keys of mirrors, as /v1/health gives them.
export async function verifyBundle(bytes: Uint8Array, mirrorKeys: string[]): Promise<Checked> {
  const bundle = decode(bytes);
  need(bundle instanceof Map && bundle.size === 5 && bundle.get(0) === 'reelproof-bundle/v1', 'no bundle');
  const logs = bundle.get(4);
  need(Array.isArray(logs), 'no bundle');
  const mirrors = await Promise.all(mirrorKeys.map(parseKey));
  const out: Checked = { entries: new Map(), logs: [] };
  for (const log of logs) out.logs.push(await readLog(log, mirrors, out.entries));
  need(new Set(out.logs.map((log) => log.origin)).size === out.logs.length, 'a log twice');
  return out;
}
