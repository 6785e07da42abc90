import { call } from '../../api/client';
import type { HistoryEvent, Trace } from '../../api/types';
import { translate, wordFor } from '../../i18n';
import { about, type Known } from '../../scan/subject';
import { store } from '../../store';
import { announce } from '../../ui/announce';

export interface Traced {
  subject: Known;
  phase: 'asking' | 'told' | 'failed';
  trace?: Trace;
  error?: unknown;
}

export const traced = store<Traced | null>(null);

// What happened; of an event in others' words, what they say.
export function eventText(event: HistoryEvent): string {
  if (event.what !== 'other' || !event.step) return wordFor('event', event.what);
  const step = event.step.split('/').at(-1) ?? event.step;
  return wordFor('step', step, step.replaceAll('_', ' '));
}

export async function trace(subject: Known): Promise<void> {
  // Of the same label what was told stays until the answer is there.
  const before = traced.get();
  const asked: Traced = { subject, phase: 'asking', trace: before?.subject === subject ? before.trace : undefined };
  traced.set(asked);
  const tell = (change: Partial<Traced>) => traced.set((now) => (now === asked ? { ...asked, ...change } : now));
  try {
    const found = await call<Trace>('POST', '/v1/trace', { ...about(subject), patient: true });
    tell({ phase: 'told', trace: found });
    announce(translate('trace.graph.label', { n: found.events.length }));
  } catch (error) {
    tell({ phase: 'failed', error });
  }
}
