// The scans of goods-in: each is checked at once, and signed only when the person (or the continuous mode, after a
// moment) says so. All of it in this tab's memory.
import { call, newKey, Problem } from '../../api/client';
import type { IssuedLabels, Reading, Received, Recorded, Verdict } from '../../api/types';
import { translate } from '../../i18n';
import { about, composed, read, type Subject, type Typed, type Unread } from '../../scan/subject';
import { store } from '../../store';
import { announce } from '../../ui/announce';
import { bytesOfBase64, saveMade, type MadeFile } from '../../ui/files';
import { play } from '../../ui/sound';

export interface GoodsIn {
  id: number;
  at: Date;
  subject: Subject | Unread;
  phase: 'checking' | 'checked' | 'receiving' | 'received' | 'failed';
  verdict?: Verdict;
  reading?: Reading;
  typed: Typed;
  already?: boolean;
  ourLabel?: { symbols: string[]; file: MadeFile };  // made for it
  error?: unknown;
  // In continuous mode: when it will be received.
  due?: number;
  key: string;
}

export const scans = store<GoodsIn[]>([]);
export const shown = store<number | null>(null);
export const continuous = store(false);

const AFTER = 5000;
const MOST = 200;
let next = 1;

function update(id: number, change: Partial<GoodsIn>): void {
  scans.set((all) => all.map((one) => (one.id === id ? { ...one, ...change } : one)));
}

function find(id: number): GoodsIn | undefined {
  return scans.get().find((one) => one.id === id);
}

export function partOf(scan: GoodsIn): string {
  return String(scan.verdict?.fields.mpn ?? scan.reading?.fields.mpn ?? scan.verdict?.fields.customer_pn ?? '');
}

function tell(scan: GoodsIn, verdict: Verdict): void {
  play(verdict.verdict);
  const word = translate(`verdict.${verdict.verdict}`);
  announce(translate('verdict.live', { verdict: word, part: String(verdict.fields.mpn ?? '') }),
           verdict.verdict !== 'ACCEPT');
  if (continuous.get() && verdict.verdict === 'ACCEPT' && !verdict.lot_level && Object.keys(scan.typed).length === 0)
    update(scan.id, { due: Date.now() + AFTER });
}

async function check(id: number): Promise<void> {
  const scan = find(id);
  if (!scan) return;
  try {
    const verdict = await call<Verdict>('POST', '/v1/check', { ...about(scan.subject, { place: 'receiving' }, scan.typed), patient: true });
    const now = find(id);
    if (!now) return;  // discarded meanwhile
    update(id, { phase: 'checked', verdict });
    tell(now, verdict);
  } catch (error) {
    update(id, { phase: 'failed', error });
    announce(error instanceof Problem ? error.title : translate('net.unreachable'), true);
  }
  if ('byHand' in scan.subject) return;
  try {
    const reading = await read(scan.subject);
    update(id, { reading });
  } catch {
    // Where its fields were read from is not shown then; the verdict stands.
  }
}

export function take(subject: Subject | Unread, typed: Typed = {}): void {
  const id = next++;
  const scan: GoodsIn = { id, at: new Date(), subject, phase: 'checking', typed, key: newKey() };
  scans.set((all) => [scan, ...all].slice(0, MOST));
  shown.set(id);
  void check(id);
}

export function again(id: number): void {
  update(id, { phase: 'checking', error: undefined });
  void check(id);
}

// The label is checked with what was typed; an empty text takes it back. What the node refuses changes nothing.
export async function type(id: number, field: string, text: string): Promise<void> {
  const scan = find(id);
  if (!scan || scan.phase === 'received' || scan.phase === 'receiving') return;
  const { [field]: _, ...others } = scan.typed;
  const typed = text === '' ? others : { ...others, [field]: text };
  update(id, { due: undefined });
  const verdict = await call<Verdict>('POST', '/v1/check', { ...about(scan.subject, { place: 'receiving' }, typed), patient: true });
  const now = find(id);
  if (!now || now.phase === 'received' || now.phase === 'receiving') return;
  update(id, { phase: 'checked', verdict, typed, error: undefined, key: newKey() });
  tell({ ...now, typed }, verdict);
}

// Only while nothing was signed.
export function discard(id: number): void {
  const scan = find(id);
  if (!scan || scan.phase === 'receiving' || scan.phase === 'received') return;
  scans.set((all) => all.filter((one) => one.id !== id));
  if (shown.get() === id) shown.set(null);
  announce(translate('receive.undone'));
}

export async function receive(id: number, reason = ''): Promise<void> {
  const scan = find(id);
  if (!scan || scan.phase !== 'checked') return;
  update(id, { phase: 'receiving', due: undefined, error: undefined });
  try {
    const more: Record<string, string> = reason ? { release_reason: reason } : {};
    const done = await call<Received>('POST', '/v1/receive', { ...about(scan.subject, more, scan.typed), key: scan.key, patient: true });
    update(id, { phase: done.received ? 'received' : 'checked', verdict: done, already: done.already, key: newKey() });
    announce(translate(done.already ? 'receive.already' : 'receive.done'));
  } catch (error) {
    update(id, { phase: 'checked', error, key: newKey() });
  }
}

// What of a label goes onto ours.
const PRINTED = ['mpn', 'manufacturer', 'customer_pn', 'supplier_pn', 'lot', 'date_code', 'country', 'msl', 'expiry', 'revision'];

// A maker's label names a lot and no single package: such goods are taken in under a label of our own, with a secret. It
// is printed first; should recording it fail, it is recorded later and not made twice.
export async function takeUnderOurLabel(id: number, format: 'pdf' | 'zpl', reason: string): Promise<void> {
  const scan = find(id);
  if (!scan?.verdict || scan.phase !== 'checked') return;
  update(id, { phase: 'receiving', due: undefined, error: undefined });
  try {
    let { ourLabel } = scan;
    if (!ourLabel) {
      const known = { ...scan.reading?.fields, ...scan.verdict.fields };
      const fields = Object.fromEntries(PRINTED.filter((name) => known[name]).map((name) => [name, String(known[name])]));
      const made = await call<IssuedLabels>('POST', '/v1/labels', {
        body: { ...fields, ...(known.quantity && { quantity: Number(known.quantity) }), count: 1, format }, patient: true,
      });
      const [label] = made.labels;
      if (!label) throw new Error(translate('verdict.failed'));
      const file = { name: `${label.item}.${format}`, type: made.type, data: bytesOfBase64(label.file) };
      saveMade(file);
      ourLabel = { symbols: label.symbols, file };
      update(id, { ourLabel });
    }
    const symbols = 'symbols' in scan.subject ? scan.subject.symbols
      : 'byHand' in scan.subject ? [composed(scan.typed)] : scan.reading?.symbols.map((one) => one.text) ?? [];
    const typed = Object.entries(scan.typed).map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`).join('; ');
    const told = [reason, typed && `typed by hand: ${typed}`].filter(Boolean).join('; ');
    await call<Recorded>('POST', '/v1/relabel', { body: { symbols, new_symbols: ourLabel.symbols, reason: told }, key: scan.key, patient: true });
    update(id, { phase: 'received' });
    announce(translate('receive.done'));
  } catch (error) {
    update(id, { phase: 'checked', error, key: newKey() });
  }
}

// Once a second while the page is open.
export function receiveDue(): void {
  for (const scan of scans.get())
    if (scan.due !== undefined && scan.due <= Date.now() && scan.phase === 'checked') void receive(scan.id);
}
