// What a log hands to a witness and mirror and what it hears (C2SP tlog-witness, tlog-mirror),
// written from the texts.
import { require_that, refuse } from './cbor.mjs';
import { from_base64, read_note, text_of } from './note.mjs';

const counted = (bytes) => {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(bytes.length);
  return Buffer.concat([head, bytes]);
};
const u64 = (number) => {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(number));
  return out;
};

export function write_checkpoint_submission(old_size, proof, note) {
  const hashes = proof.map((hash) => `${hash.toString('base64')}\n`).join('');
  return Buffer.concat([Buffer.from(`old ${old_size}\n${hashes}\n`), note]);
}

// `packages`: [{entries, proof}].
export function write_upload(origin, start, end, ticket, packages) {
  return Buffer.concat([
    counted(Buffer.from(origin)), u64(start), u64(end), counted(ticket),
    ...packages.flatMap(({ entries, proof }) => [
      ...entries.map(counted), Buffer.from([proof.length]), ...proof,
    ]),
  ]);
}

// The lines of an answer, each with its key's word on that checkpoint: [{name, type, time}].
export function read_cosignatures(bytes, checkpoint, keys) {
  const lines = text_of(bytes);
  require_that(lines.startsWith('\u2014 ') && lines.endsWith('\n'), 'no signature lines');
  return read_note(Buffer.from(`${checkpoint}\n${lines}`), keys).signers;
}

const number = (text) => Number(/^(0|[1-9]\d*)$/.exec(text)?.[1] ?? refuse('no decimal number'));

export function read_tree_size(bytes) {
  const [line, end, ...more] = text_of(bytes).split('\n');
  require_that(end === '' && more.length === 0, 'not one line');
  return number(line);
}

export function read_mirror_info(bytes) {
  const [pending, next, ticket, end, ...more] = text_of(bytes).split('\n');
  require_that(end === '' && more.length === 0, 'not three lines');
  return { pending: number(pending), next: number(next), ticket: from_base64(ticket) };
}
