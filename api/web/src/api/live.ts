// What happens at the node while somebody looks (GET /v1/live). One stream for this tab, open while a part of the page
// listens and the tab is seen: a browser has six connections to a node for all its tabs. What comes is told and asks for
// nothing by itself, so that a page that nobody uses lets its session end.
import { useEffect, useRef } from 'react';
import type { BomEdited } from './bom';
import type { JobHead, Slot, Word } from './types';
import { session } from './client';

export interface Happenings {
  hello: { at: string };
  event: { items: string[]; what: string; org: string; index: number };
  log: { org: string; origin: string; size: number };
  verdict: { item: string; verdict: Word; rules: string[]; place: string; job?: string; position?: string };
  line: { job: JobHead['job']; position: string; loaded: Slot['loaded'] | null };
  alarm: { status: 'ok' | 'alarm' | 'refusing' };
  bom: { bom: string; in_all: number; edits: BomEdited[] };  // of its draft; none: more than are told
}
type Kind = keyof Happenings;
type Listener = { [K in Kind]?: (data: Happenings[K]) => void };

const KINDS: Kind[] = ['hello', 'event', 'log', 'verdict', 'line', 'alarm', 'bom'];
const AGAIN = 10_000;

const listeners = new Set<Listener>();
let stream: EventSource | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

function tell<K extends Kind>(kind: K, text: string): void {
  const data = JSON.parse(text) as Happenings[K];
  for (const listener of [...listeners]) listener[kind]?.(data);
}

function close(): void {
  clearTimeout(timer);
  stream?.close();
  stream = null;
}

function sync(): void {
  const wanted = listeners.size > 0 && document.visibilityState === 'visible' && session.get().phase === 'in';
  if (!wanted) return close();
  if (stream) return;
  const opened = new EventSource('/v1/live');
  stream = opened;
  for (const kind of KINDS) opened.addEventListener(kind, (event) => tell(kind, (event as MessageEvent<string>).data));
  // The browser itself comes back after a break; not after a refusal.
  opened.onerror = () => {
    if (opened.readyState !== EventSource.CLOSED || stream !== opened) return;
    close();
    timer = setTimeout(sync, AGAIN);
  };
}

document.addEventListener('visibilitychange', sync);
session.listen(sync);

export function useLive(listener: Listener): void {
  const now = useRef(listener);
  now.current = listener;
  useEffect(() => {
    const mine: Listener = Object.fromEntries(KINDS.map((kind) => [kind, (data: never) => now.current[kind]?.(data)]));
    listeners.add(mine);
    sync();
    return () => {
      listeners.delete(mine);
      // Another part of the page may listen in a moment.
      setTimeout(sync);
    };
  }, []);
}
