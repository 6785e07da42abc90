// The labels of a shipment: scanned, or read from a CSV file whose wrong rows say what is wrong with them.
import type { Problem } from '../../api/client';
import { translate } from '../../i18n';
import { parseCsv } from '../../scan/csv';
import { store } from '../../store';

export const SEALED = ['po', 'so', 'invoice', 'packing_list', 'price'] as const;
export type Sealed = (typeof SEALED)[number];
const COLUMNS = ['label', 'to', ...SEALED];

export interface Row {
  id: number;
  symbols: string[];
  part: string;
  problem?: string;
  shipped?: boolean;
}

export interface Order {
  to: string;
  isNew: boolean;
  also: string;  // who may read what is sealed, beside the receiver
  sealed: Partial<Record<Sealed, string>>;
}

export const rows = store<Row[]>([]);
export const order = store<Order>({ to: '', isNew: false, also: '', sealed: {} });
let next = 1;

// What of a label's text can be shown before the node has read it: the part number, where the text says it plainly.
export function partIn(symbols: string[]): string {
  for (const symbol of symbols) {
    const found = /(?:^|[\x1d\x1e]|\{[GR]S\}|<[GR]S>|[␝␞])1P([^\x1d\x1e\x04{<␝␞]+)/.exec(symbol);
    if (found?.[1]) return found[1];
  }
  return '';
}

function twice(symbols: string[], among: Row[]): number {
  const text = symbols.join('\n');
  return among.findIndex((row) => row.symbols.join('\n') === text) + 1;
}

export function add(symbols: string[], problem?: string): void {
  rows.set((all) => {
    const first = twice(symbols, all);
    const what = problem ?? (first > 0 ? translate('ship.twice', { n: first }) : undefined);
    return [...all, { id: next++, symbols, part: partIn(symbols), problem: what }];
  });
}

// The file's problem as a whole; rows that are wrong are on the list with theirs.
export function addCsv(text: string): string | null {
  const { head, rows: given } = parseCsv(text);
  if (!head.includes('label')) return translate('ship.no-column');
  const unknown = head.find((name) => !COLUMNS.includes(name));
  if (unknown !== undefined) return translate('ship.unknown-column', { name: unknown });
  const first = given[0]?.cells ?? {};
  order.set((now) => ({
    ...now,
    to: now.to || (first.to ?? ''),
    sealed: { ...Object.fromEntries(SEALED.filter((name) => first[name]).map((name) => [name, first[name] ?? ''])), ...now.sealed },
  }));
  const here = order.get();
  for (const { cells } of given) {
    const differs = SEALED.some((name) => (cells[name] ?? '') !== '' && cells[name] !== (here.sealed[name] ?? ''));
    let problem: string | undefined;
    if (!cells.label) problem = translate('ship.no-label');
    else if ((cells.to && cells.to !== here.to) || differs)
      problem = translate('ship.other-to', { to: [cells.to, ...SEALED.map((name) => cells[name])].filter(Boolean).join(' '), here: here.to });
    add(cells.label ? [cells.label] : [], problem);
  }
  return null;
}

// The row that the node's refusal names: it is the one of these requests' items.
export function blame(problem: Problem, sent: Row[]): boolean {
  const at = /\bitems\[(\d+)\]/.exec(problem.detail)?.[1];
  const row = at === undefined ? undefined : sent[Number(at)];
  if (!row) return false;
  rows.set((all) => all.map((one) => (one.id === row.id ? { ...one, problem: problem.detail } : one)));
  return true;
}
