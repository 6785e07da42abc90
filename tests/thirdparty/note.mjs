// C2SP signed notes, checkpoints, cosignatures and tlog-proofs, with Ed25519 of @noble/curves.
// Stricter than the standard on purpose: every signature must be by a key that the caller names, or
// a changed one would pass as a stranger's.
import { ed25519 } from '@noble/curves/ed25519';
import { refuse, require_that } from './cbor.mjs';
import { leaf_hash, root_of_path, sha256 } from './tree.mjs';

export const LOG_KEY = 1;
export const COSIGNATURE_KEY = 4;

export function text_of(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('not UTF-8');
  }
}

export function from_base64(text) {
  const bytes = Buffer.from(text, 'base64');
  require_that(bytes.toString('base64') === text, 'not canonical base64');
  return bytes;
}

export function parse_vkey(text) {
  const [, name, id, key] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? refuse('no note key');
  const bytes = from_base64(key);
  const wanted = sha256(name, '\n', bytes).subarray(0, 4).toString('hex');
  require_that(id === wanted && bytes.length === 33, 'note key with a wrong id');
  return { name, id, type: bytes[0], key: bytes.subarray(1) };
}

const ed25519_holds = (signature, message, key) => {
  try {
    return ed25519.verify(signature, message, key);
  } catch {
    return false;
  }
};

// {text, signers: [{name, type, time}]}; signatures by other keys are passed over for `strangers`.
export function read_note(bytes, keys, strangers = false) {
  const note = text_of(bytes);
  require_that(!/[\0-\x09\x0b-\x1f]/.test(note), 'control character');
  const end = note.lastIndexOf('\n\n');
  require_that(end >= 0 && note.endsWith('\n'), 'no note');
  const text = note.slice(0, end + 1);
  const signers = note.slice(end + 2, -1).split('\n').flatMap((line) => {
    const [, name, blob] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? refuse('no signature line');
    const bytes_of_line = from_base64(blob);
    const id = bytes_of_line.subarray(0, 4).toString('hex');
    const key = keys.find((one) => one.name === name && one.id === id);
    if (!key && strangers) return [];
    require_that(key, 'unknown key');
    let signature = bytes_of_line.subarray(4);
    let message = text;
    let time = null;
    if (key.type === COSIGNATURE_KEY) {
      require_that(signature.length === 72, 'cosignature of a wrong size');
      time = Number(signature.readBigUInt64BE(0));
      require_that(time > 0, 'cosignature without its time');
      signature = signature.subarray(8);
      message = `cosignature/v1\ntime ${time}\n${text}`;
    } else {
      require_that(key.type === LOG_KEY && signature.length === 64, 'signature of a wrong kind');
    }
    require_that(ed25519_holds(signature, Buffer.from(message), key.key), `bad signature of ${name}`);
    return { name, type: key.type, time };
  });
  return { text, signers };
}

export function parse_checkpoint(text) {
  const [, origin, size, root] =
    /^([^\n]+)\n(0|[1-9]\d*)\n([^\n]+)\n(?:[^\n]+\n)*$/.exec(text) ?? refuse('no checkpoint');
  const hash = from_base64(root);
  require_that(hash.length === 32, 'root of a wrong size');
  return { origin, size: Number(size), root: hash };
}

// A checkpoint that carries the log's own signature: {origin, size, root, cosigners}.
export function read_checkpoint(bytes, log_key, other_keys) {
  const note = read_note(bytes, [log_key, ...other_keys]);
  const checkpoint = parse_checkpoint(note.text);
  require_that(checkpoint.origin === log_key.name, 'checkpoint of another log');
  require_that(note.signers.some((one) => one.name === log_key.name && one.type === LOG_KEY),
               'not signed by the log');
  const cosigners = note.signers.filter((one) => one.type === COSIGNATURE_KEY);
  return { ...checkpoint, cosigners: cosigners.map((one) => one.name) };
}

export function write_tlog_proof(index, path, checkpoint) {
  const hashes = path.map((hash) => `${hash.toString('base64')}\n`).join('');
  return Buffer.from(`c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes}\n${checkpoint}`);
}

export function read_tlog_proof(bytes, entry, log_key, other_keys) {
  const [, index, hashes, note] =
    /^c2sp\.org\/tlog-proof@v1\nindex (0|[1-9]\d*)\n((?:[^\n]+\n)*)\n([^]*)$/.exec(text_of(bytes)) ??
    refuse('no tlog-proof');
  const path = hashes.split('\n').slice(0, -1).map(from_base64);
  require_that(path.every((hash) => hash.length === 32), 'hash of a wrong size');
  const checkpoint = read_checkpoint(Buffer.from(note), log_key, other_keys);
  const root = root_of_path(Number(index), checkpoint.size, leaf_hash(entry), path);
  require_that(root.equals(checkpoint.root), 'path does not lead to the root');
  return { index: Number(index), ...checkpoint };
}
