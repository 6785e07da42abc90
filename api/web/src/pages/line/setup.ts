// A set-up list as a table: position, customer_pn, mpn (several by |), quantity. Each row that is wrong says why.
import { parseCsv } from '../../scan/csv';

export interface GivenSlot {
  position: string;
  customer_pn: string;
  mpns: string[];
  quantity: number;
}

export interface SetupError {
  line: number;
  key: 'line.no-rows' | 'line.no-columns' | 'line.no-position' | 'line.twice' | 'line.no-part' | 'line.bad-quantity' | 'line.too-long';
  first?: number;  // the line that has this position already
}

const LONGEST = 100;

function quantityOf(text: string): number | null {
  return text === '' ? 0 : /^\d{1,12}$/.test(text) ? Number(text) : null;
}

export function parseSetup(text: string): { slots: GivenSlot[]; errors: SetupError[] } {
  const { head, rows } = parseCsv(text);
  if (!head.includes('position') || !(head.includes('mpn') || head.includes('mpns') || head.includes('customer_pn')))
    return { slots: [], errors: [{ line: 1, key: 'line.no-columns' }] };
  if (rows.length === 0) return { slots: [], errors: [{ line: 1, key: 'line.no-rows' }] };
  const slots: GivenSlot[] = [];
  const errors: SetupError[] = [];
  const lineOf = new Map<string, number>();
  for (const { line, cells } of rows) {
    const position = cells.position ?? '';
    const customer_pn = cells.customer_pn ?? '';
    const mpns = (cells.mpn ?? cells.mpns ?? '').split('|').map((one) => one.trim()).filter((one) => one !== '');
    const quantity = quantityOf(cells.quantity ?? '');
    const first = lineOf.get(position);
    if (position === '') errors.push({ line, key: 'line.no-position' });
    else if (first !== undefined) errors.push({ line, key: 'line.twice', first });
    else if (mpns.length === 0 && customer_pn === '') errors.push({ line, key: 'line.no-part' });
    else if (quantity === null) errors.push({ line, key: 'line.bad-quantity' });
    else if ([position, customer_pn, ...mpns].some((one) => one.length > LONGEST)) errors.push({ line, key: 'line.too-long' });
    else slots.push({ position, customer_pn, mpns, quantity });
    if (position !== '' && first === undefined) lineOf.set(position, line);
  }
  return { slots, errors };
}
