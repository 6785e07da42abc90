// The work at one job: a feeder, then a reel; what the node says of them; loading, splicing, unloading.
import { call, newKey, Problem } from '../../api/client';
import type { Job, Recorded, Slot, SlotVerdict } from '../../api/types';
import { translate } from '../../i18n';
import { store } from '../../store';
import { announce } from '../../ui/announce';
import { play } from '../../ui/sound';

export interface AtLine {
  job: Job | null;
  position: string | null;
  symbols: string[] | null;
  busy: boolean;
  answer: SlotVerdict | null;
  done: 'loaded' | 'unloaded' | null;
  error: unknown;
  note: 'line.feeder-first' | null;
  key: string;
}

const NOTHING = { position: null, symbols: null, busy: false, answer: null, done: null, error: null, note: null } as const;

export const line = store<AtLine>({ job: null, ...NOTHING, key: newKey() });

function change(more: Partial<AtLine>): void {
  line.set((now) => ({ ...now, ...more }));
}

function path(what: string): string {
  return `/v1/jobs/${encodeURIComponent(line.get().job?.job ?? '')}${what}`;
}

export async function openJob(name: string): Promise<void> {
  line.set({ job: await call<Job>('GET', `/v1/jobs/${encodeURIComponent(name)}`), ...NOTHING, key: newKey() });
}

export function closeJob(): void {
  change({ job: null, ...NOTHING });
}

export async function refresh(): Promise<void> {
  change({ job: await call<Job>('GET', path('')) });
}

// What other stations load and unload in this job.
export function happened(job: string, position: string, loaded: Slot['loaded'] | null): void {
  const { job: open } = line.get();
  if (open?.job !== job) return;
  const slots = open.slots.map((one) => (one.position === position ? { ...one, loaded: loaded ?? undefined } : one));
  change({ job: { ...open, slots, slots_loaded: slots.filter((one) => one.loaded).length } });
}

export function choose(position: string): void {
  change({ ...NOTHING, position });
  announce(translate('line.step.reel', { position }));
}

// A scan is a feeder when it is the name of a position, else a reel.
export async function scanned(texts: string[]): Promise<void> {
  const { job, position } = line.get();
  const plain = texts.length === 1 ? (texts[0] ?? '').trim().toUpperCase() : '';
  const slot = job?.slots.find((one) => one.position.toUpperCase() === plain);
  if (slot) return choose(slot.position);
  if (!position) {
    change({ note: 'line.feeder-first' });
    announce(translate('line.feeder-first'), true);
    return;
  }
  change({ symbols: texts, busy: true, answer: null, done: null, error: null, note: null, key: newKey() });
  try {
    const answer = await call<SlotVerdict>('POST', path('/check'), { body: { position, symbols: texts }, patient: true });
    change({ answer, busy: false });
    play(answer.verdict);
    announce(translate('verdict.live', {
      verdict: translate(`verdict.${answer.verdict}`), part: translate(answer.slot.fits ? 'line.fits' : 'line.fits-not'),
    }), answer.verdict !== 'ACCEPT');
  } catch (error) {
    change({ error, busy: false });
    announce(error instanceof Problem ? error.title : translate('net.unreachable'), true);
  }
}

async function record(work: (position: string, symbols: string[], key: string) => Promise<Partial<AtLine>>): Promise<void> {
  const { position, symbols, key } = line.get();
  if (!position || !symbols) return;
  change({ busy: true, error: null });
  try {
    const told = await work(position, symbols, key);
    change({ ...told, busy: false, key: newKey() });
    if (told.done) announce(translate(told.done === 'loaded' ? 'line.recorded' : 'line.unloaded'));
    await refresh();
  } catch (error) {
    change({ error, busy: false, key: newKey() });
  }
}

// What is not ACCEPT any more when it comes to loading is not loaded, and says why.
export function load(splice: boolean): Promise<void> {
  return record(async (position, symbols, key) => {
    const answer = await call<SlotVerdict>('POST', path('/load'), { body: { position, symbols, splice }, key, patient: true });
    return { answer, done: answer.loaded ? 'loaded' : null };
  });
}

export function unload(): Promise<void> {
  return record(async (position, symbols, key) => {
    await call<Recorded>('POST', path('/unload'), { body: { position, symbols }, key, patient: true });
    return { done: 'unloaded' };
  });
}

// Of a reel that no longer exists or is elsewhere: nobody can scan it.
export async function emptySlot(slot: Slot): Promise<void> {
  await call<Recorded>('POST', path('/unload'), { body: { position: slot.position, item: slot.loaded?.item }, patient: true });
  announce(translate('line.emptied'));
  await refresh();
}
