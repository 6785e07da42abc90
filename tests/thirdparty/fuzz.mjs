// Differential fuzzing: our readers of CBOR and COSE and the ones made here of cbor-x, @auth0/cose and
// @noble/curves get the same inputs and must give the same verdict; what is taken, both write again as
// it was.
import { Refused, decode, encode } from './cbor.mjs';
import { ask_driver, counted } from './driver.mjs';
import { cose_cases } from './fuzz_cose.mjs';
import { item_case } from './fuzz_cbor.mjs';
import { parse_statement, read_receipt, read_statement, read_transparent, write_transparent }
  from './statement.mjs';

const COUNTS = { items: 20000, cose: 300 };
const SLOW_COUNTS = { items: 400000, cose: 5000 };
const PER_DRIVER = 20000;

// cbor-x gives these a meaning of its own and loses the number.
const OWN_TAGS = [
  [216, 223], [225, 255], [27647, 32767], [0xdff9, 0xdfff], [53248, 57343], [55799, 55799],
  [0x53687264, 0x53687264], [1811940352, 2147483647],
];

// Why cbor-x can't judge a well-formed deterministic item; null when it can.
function beyond_cbor_x(bytes) {
  for (let at = 0; at < bytes.length;) {
    const major = bytes[at] >> 5;
    const info = bytes[at] & 31;
    const size = info < 24 ? 0 : 2 ** (info - 24);
    const value = size === 0 ? BigInt(info) : BigInt(`0x${bytes.toString('hex', at + 1, at + 1 + size)}`);
    at += 1 + size;
    if (major === 6 && value >= 2n ** 32n) return 'a tag of more than 32 bits';
    if (major === 6 && OWN_TAGS.some(([from, to]) => value >= from && value <= to))
      return 'a tag that cbor-x keeps for itself';
    if (major === 2 || major === 3) at += Number(value);
  }
  return null;
}

// The same verdict and, where both take it, the same bytes.
function compare(report, what, input, ours, theirs) {
  report.count(`${what} ${ours.accepted ? 'taken' : 'refused'} by both`);
  const shown = () => `${input.toString('hex').slice(0, 4000)}\n     ours: ` +
    `${ours.accepted ? ours.bytes.toString('hex').slice(0, 200) : ours.reason}\n     theirs: ` +
    `${theirs.bytes ? theirs.bytes.toString('hex').slice(0, 200) : theirs.reason}`;
  if (ours.accepted !== Boolean(theirs.bytes)) report.miss(`${what}: verdicts differ on ${shown()}`);
  else if (ours.accepted && !ours.bytes.equals(theirs.bytes))
    report.miss(`${what}: written differently, ${shown()}`);
}

async function verdict(read) {
  try {
    return { bytes: await read() };
  } catch (error) {
    if (error instanceof Refused) return { reason: error.message };
    throw error;
  }
}

async function fuzz_items(build, report, random, count) {
  for (let done = 0; done < count; done += PER_DRIVER) {
    const inputs = Array.from({ length: Math.min(PER_DRIVER, count - done) }, () => item_case(random));
    const answers = await ask_driver(build, inputs.map((input) => ['c', input]));
    for (const [i, input] of inputs.entries()) {
      const theirs = await verdict(() => encode(decode(input)));
      const reason = answers[i].accepted && !theirs.bytes ? beyond_cbor_x(input) : null;
      if (reason && answers[i].bytes.equals(input)) report.count(`CBOR item with ${reason}`);
      else compare(report, 'CBOR item', input, answers[i], theirs);
    }
  }
}

const READERS = {
  s: ({ key, bytes }) => read_statement(bytes, () => key).then(() => bytes),
  r: async ({ key, statement, bytes }) => {
    const { sub } = parse_statement(statement);
    return (await read_receipt(bytes, statement, sub, key, (size, root) => root)).root;
  },
  t: ({ bytes }) => {
    const { statement, receipts } = read_transparent(bytes);
    return write_transparent(statement, receipts);
  },
};

const QUESTIONS = {
  s: ({ key, bytes }) => Buffer.concat([key, bytes]),
  r: ({ key, statement, bytes }) => Buffer.concat([key, counted(statement), bytes]),
  t: ({ bytes }) => bytes,
};

const NAMES = { s: 'statement', r: 'receipt', t: 'transparent statement' };

async function fuzz_cose(build, report, random, count) {
  for (let done = 0; done < count; done += 1000) {
    const cases = Array.from({ length: Math.min(1000, count - done) }, () => cose_cases(random)).flat();
    const answers = await ask_driver(build, cases.map((one) => [one.letter, QUESTIONS[one.letter](one)]));
    for (const [i, one] of cases.entries())
      compare(report, `fuzzed ${NAMES[one.letter]}`, one.bytes, answers[i],
              await verdict(() => READERS[one.letter](one)));
  }
}

export async function fuzz(build, report, random, slow) {
  const counts = slow ? SLOW_COUNTS : COUNTS;
  await fuzz_items(build, report, random, counts.items);
  await fuzz_cose(build, report, random, counts.cose);
}
