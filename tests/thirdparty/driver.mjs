// Talks to driver.cc: a list of [letter, bytes] in, for each {accepted, bytes} or {reason} out.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export function counted(bytes) {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
}

// Splits counted(a) || counted(b) || ...
export function split_counted(bytes) {
  const out = [];
  for (let at = 0; at < bytes.length; at += 4 + out.at(-1).length)
    out.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)));
  return out;
}

export async function ask_driver(build, questions) {
  const child = spawn(join(build, 'thirdparty_driver'), { stdio: ['pipe', 'pipe', 'inherit'] });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  // Broken off when the driver dies: its exit code then says so.
  child.stdin.on('error', () => {});
  child.stdin.end(Buffer.concat(questions.map(([letter, bytes]) =>
    counted(Buffer.concat([Buffer.from(letter), bytes])))));
  const code = await ended;
  const answers = split_counted(Buffer.concat(chunks)).map((answer) =>
    answer[0] === 1 ? { accepted: true, bytes: answer.subarray(1) }
                    : { accepted: false, reason: answer.subarray(1).toString('utf8') });
  if (code !== 0 || answers.length !== questions.length)
    throw new Error(`the driver ended with ${code} after ${answers.length} answers`);
  return answers;
}
