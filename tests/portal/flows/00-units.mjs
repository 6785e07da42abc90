// Parts of the portal that need no browser: scans out of key presses, CSV, the expected shipment, the dictionaries.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load, source } from '../source.mjs';

const GS = '\x1d', RS = '\x1e', EOT = '\x04';
const MESSAGE = `[)>${RS}06${GS}1PNL52840-QIAA-R${GS}Q3000${GS}1T7AB123${RS}${EOT}`;
const CTRL = { [GS]: [']', 'BracketRight'], [RS]: ['^', 'Digit6'], [EOT]: ['d', 'KeyD'] };

function plain(c, at) {
  return { key: c, code: '', ctrl: false, alt: false, shift: false, at };
}

// The keys of a text, `gap` milliseconds from each other, and the scan that comes of them.
function scan({ Bursts }, text, { gap = 4, keys = (c, at) => [plain(c, at)], bursts = new Bursts(), from = 1000 } = {}) {
  let at = from;
  for (const c of text)
    for (const press of CTRL[c] ? [{ ...plain(CTRL[c][0], at), code: CTRL[c][1], ctrl: true }] : keys(c, at)) {
      bursts.press(press);
      at += gap;
    }
  return { scan: bursts.end(at + 120), bursts, at: at + 120 };
}

function handhelds(module, assert) {
  const { Bursts } = module;
  const one = (text, more) => scan(module, text, more).scan;
  assert.deepEqual(one(MESSAGE), { texts: [MESSAGE], note: undefined });
  assert.deepEqual(one('4006381333931').texts, ['4006381333931']);
  // A slow line tears no message apart.
  assert.deepEqual(one(MESSAGE, { gap: 55 }).texts, [MESSAGE]);
  // Somebody who types, even fast, is not a handheld.
  assert.equal(one('looks odd to me', { gap: 45 }), null);
  assert.equal(one('abc'), null);
  // An input method has taken the keys: their places are left.
  const places = (c, at) => [{
    key: 'Process', at, ctrl: false, alt: false, shift: /[A-Z]/.test(c),
    code: /[A-Za-z]/.test(c) ? `Key${c.toUpperCase()}` : /\d/.test(c) ? `Digit${c}` : c === '-' ? 'Minus' : '',
  }];
  assert.deepEqual(one('1PNL52840-QIAA-r', { keys: places }).texts, ['1PNL52840-QIAA-r']);
  // Alt and the numeric pad.
  const bursts = new Bursts();
  let at = 0;
  for (const c of '[)>') bursts.press(plain(c, at += 4));
  for (const digit of '0029') bursts.press({ ...plain(digit, at += 4), code: `Numpad${digit}`, alt: true });
  bursts.releaseAlt(at += 4);
  for (const c of 'Q5000{EOT}') bursts.press(plain(c, at += 4));
  assert.deepEqual(bursts.end(at + 120).texts, [`[)>${GS}Q5000{EOT}`]);
  // Twice without a pause, and twice within a second.
  assert.deepEqual(one(`${MESSAGE}\r${MESSAGE}\r`, {}), { texts: [MESSAGE], note: 'double' });
  const first = scan(module, MESSAGE);
  assert.deepEqual(scan(module, MESSAGE, { bursts: first.bursts, from: first.at + 300 }).scan, { texts: [], note: 'double' });
  assert.deepEqual(scan(module, MESSAGE, { bursts: first.bursts, from: first.at + 3000 }).scan.texts, [MESSAGE]);
  // Two labels without a pause are two.
  const other = MESSAGE.replace('7AB123', '7AB124');
  assert.deepEqual(one(MESSAGE + other).texts, [MESSAGE, other]);
  // Halves: at any place; and one that is never followed.
  for (let cut = 7; cut < MESSAGE.length - 7; cut += 1) {
    const half = scan(module, MESSAGE.slice(0, cut));
    assert.equal(half.scan, null, `cut at ${cut}`);
    const rest = scan(module, MESSAGE.slice(cut), { bursts: half.bursts, from: half.at + 200 });
    assert.deepEqual(rest.scan, { texts: [MESSAGE], note: 'joined' }, `cut at ${cut}`);
  }
  const lonely = scan(module, MESSAGE.slice(0, 30));
  assert.equal(lonely.bursts.lateHalf(lonely.at + 100), null);
  assert.deepEqual(lonely.bursts.lateHalf(lonely.at + 1600), { texts: [MESSAGE.slice(0, 30)], note: 'half' });
  // A scanner that types Enter behind each scan has ended it, whatever the label lacks.
  const unfinished = `[)>${RS}06${GS}1PNL52840-QIAA-R${GS}Q3000`;
  assert.deepEqual(one(unfinished + '\r', { keys: (c, at) => [plain(c === '\r' ? 'Enter' : c, at)] }), { texts: [unfinished], note: undefined });
  // A wedge that drops control characters drops the end too: nothing to wait for.
  assert.deepEqual(one('[)>061PNL52840-QIAA-RQ3000').texts, ['[)>061PNL52840-QIAA-RQ3000']);
}

// Labels as wedges deliver them, with all that they do to them: each arrives as it was typed, for the node to repair.
function delivered(module, assert) {
  const file = join(process.env.REELPROOF_DATA ?? fileURLToPath(new URL('../../../../shared', import.meta.url)), 'labels/vectors.jsonl');
  if (!existsSync(file)) {
    console.log('SKIPPED: labels as wedges deliver them (no ../shared/labels)');
    return;
  }
  const vectors = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line))
    .filter((one) => one.channel === 'wedge' && one.raw.length >= 6);
  assert.ok(vectors.length > 10);
  const names = { '\r': 'Enter', '\n': 'Enter', '\t': 'Tab' };
  const keys = (c, at) => [{ ...plain(names[c] ?? c, at) }];
  for (const { id, raw } of vectors) {
    const made = scan(module, raw, { keys });
    const told = made.scan ?? made.bursts.lateHalf(made.at + 1600);
    const typed = raw.replaceAll('\n', '\r').replace(/^[\r\t]+|[\r\t]+$/g, '');
    assert.deepEqual(told?.texts, [typed], id);
  }
}

function tables({ parseCsv, CsvError }, { parseExpected, match }, assert) {
  const { head, rows } = parseCsv('\uFEFFMPN;Reels\r\n"a;""b""";2\r\n\r\n"two\nlines";\r\n');
  assert.deepEqual(head, ['mpn', 'reels']);
  assert.deepEqual(rows, [{ line: 2, cells: { mpn: 'a;"b"', reels: '2' } }, { line: 4, cells: { mpn: 'two\nlines', reels: '' } }]);
  assert.throws(() => parseCsv('a,b\n"x,y\n'), CsvError);
  assert.deepEqual(parseExpected('mpn\n').errors, [{ line: 1, key: 'expected.empty' }]);
  assert.deepEqual(parseExpected('part\nx\n').errors, [{ line: 1, key: 'expected.no-mpn' }]);
  const { lines } = parseExpected('mpn,lot,reels\nA,1,2\nA,,1\n');
  const reel = (id, lot, item = `i${id}`) => ({ id, item, fields: { mpn: 'a', lot } });
  assert.deepEqual(match(lines, [reel(1, '1'), reel(2, '1'), reel(2, '1'), reel(3, '2'), reel(4, '1')]),
                   { here: [[1, 2], [3]], surplus: [4] });
}

function setups({ parseSetup }, assert) {
  assert.deepEqual(parseSetup('position;mpn;quantity\n1-07; A | B ;4\n1-08;C;\n').slots, [
    { position: '1-07', customer_pn: '', mpns: ['A', 'B'], quantity: 4 }, { position: '1-08', customer_pn: '', mpns: ['C'], quantity: 0 }]);
  assert.deepEqual(parseSetup('position,mpn\n').errors, [{ line: 1, key: 'line.no-rows' }]);
  assert.deepEqual(parseSetup('slot,mpn\n1,A\n').errors, [{ line: 1, key: 'line.no-columns' }]);
  assert.deepEqual(parseSetup(`position,mpn,quantity\n1,A,-1\n1,A,1\n,A,1\n2,,1\n3,${'x'.repeat(101)},1\n`).errors, [
    { line: 2, key: 'line.bad-quantity' }, { line: 3, key: 'line.twice', first: 2 }, { line: 4, key: 'line.no-position' },
    { line: 5, key: 'line.no-part' }, { line: 6, key: 'line.too-long' }]);
}

function printed({ composed, about }, assert) {
  assert.equal(composed({ mpn: 'A', lot: ' ', quantity: 7 }), `[)>${RS}06${GS}1PA${GS}Q7${RS}${EOT}`);
  const photo = new Blob(['p'], { type: 'image/png' });
  // What was typed stands beside the symbols, and of a picture in the query.
  assert.deepEqual(about({ symbols: ['x'] }, { place: 'line' }, { lot: 'A' }).body, { symbols: ['x'], place: 'line', typed: { lot: 'A' } });
  assert.deepEqual(about({ symbols: ['x'] }).body, { symbols: ['x'] });
  assert.deepEqual(about({ byHand: true }, { place: 'receiving' }, { lot: 'A' }).body, { place: 'receiving', typed: { lot: 'A' } });
  assert.deepEqual(about({ picture: photo }, {}, { lot: 'A' }), { content: photo, query: { typed: '{"lot":"A"}' } });
}

function differences({ changed }, assert) {
  const told = (before, after) => changed(before, after).map(({ kind, text }) => ({ same: ' ', added: '+', gone: '-' })[kind] + text).join('|');
  assert.equal(told(undefined, 'a\nb\n'), ' a| b');
  assert.equal(told('a\nb\nc\n', 'a\nx\nc\nd\n'), ' a|-b|+x| c|+d');
  assert.equal(told('', 'a'), '-|+a');
  const long = 'x\n'.repeat(2000);
  assert.equal(changed('a\n', long).length, 2000);
}

function dictionaries(assert) {
  const words = (name) => Object.fromEntries(['', '-rules', '-work', '-watch'].flatMap((part) =>
    [...readFileSync(new URL(`src/i18n/${name}${part}.ts`, source), 'utf8').matchAll(/^ {2}'([\w.-]+)': '(.*)',$/gm)])
    .map(([, key, text]) => [key, text]));
  const en = words('en'), zh = words('zh');
  assert.ok(Object.keys(en).length > 400);
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
  const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).filter((name) => name !== 'GS').sort();
  for (const key of Object.keys(en)) {
    assert.deepEqual(names(zh[key]), names(en[key]), key);
    // Translated, but for names and what has no words.
    if (!['app.title', 'app.language'].includes(key) && /[a-z]/i.test(en[key].replaceAll(/\{\w+\}/g, ''))) assert.match(zh[key], /[\p{Script=Han}，：]/u, key);
  }
}

export default async function units({ folder, assert }) {
  const bursts = await load(folder, 'scan/burst.ts');
  handhelds(bursts, assert);
  delivered(bursts, assert);
  tables(await load(folder, 'scan/csv.ts'), await load(folder, 'pages/receive/expected.ts'), assert);
  setups(await load(folder, 'pages/line/setup.ts'), assert);
  printed(await load(folder, 'scan/subject.ts'), assert);
  differences(await load(folder, 'pages/partners/diff.ts'), assert);
  dictionaries(assert);
}
