// What a shipment should hold, and which scans tick its lines. A scan ticks the first line that fits and is not full.
import type { Fields } from '../../api/types';
import { parseCsv } from '../../scan/csv';

export interface ExpectedLine {
  line: number;
  wants: Record<string, string>;
  reels: number;
}

export type ListError = { line: number; key: 'expected.no-mpn' | 'expected.bad-reels' | 'expected.empty' | 'expected.no-part' };

const COMPARED = ['mpn', 'customer_pn', 'lot', 'date_code', 'quantity'];

export function parseExpected(text: string): { lines: ExpectedLine[]; errors: ListError[] } {
  const { head, rows } = parseCsv(text);
  if (rows.length === 0) return { lines: [], errors: [{ line: 1, key: 'expected.empty' }] };
  if (!head.includes('mpn')) return { lines: [], errors: [{ line: 1, key: 'expected.no-mpn' }] };
  const lines: ExpectedLine[] = [];
  const errors: ListError[] = [];
  for (const { line, cells } of rows) {
    const reels = cells.reels ? Number(cells.reels) : 1;
    if (!cells.mpn) errors.push({ line, key: 'expected.no-part' });
    else if (!Number.isInteger(reels) || reels < 1 || reels > 100_000) errors.push({ line, key: 'expected.bad-reels' });
    else {
      const wants = Object.fromEntries(COMPARED.filter((name) => cells[name]).map((name) => [name, cells[name] ?? '']));
      lines.push({ line, wants, reels });
    }
  }
  return { lines, errors };
}

function same(wanted: string, given: unknown): boolean {
  const plain = (value: unknown) => String(value ?? '').trim().toUpperCase();
  return plain(wanted) === plain(given);
}

// For each line the scans on it; those that fit none are surplus. An item counts once.
export function match<T>(lines: ExpectedLine[], scanned: { id: T; item: string; fields: Fields }[]): { here: T[][]; surplus: T[] } {
  const here: T[][] = lines.map(() => []);
  const surplus: T[] = [];
  const seen = new Set<string>();
  for (const scan of scanned) {
    if (seen.has(scan.item)) continue;
    seen.add(scan.item);
    const at = lines.findIndex((line, which) =>
      (here[which]?.length ?? 0) < line.reels &&
      Object.entries(line.wants).every(([name, wanted]) => same(wanted, scan.fields[name])));
    if (at === -1) surplus.push(scan.id);
    else here[at]?.push(scan.id);
  }
  return { here, surplus };
}
