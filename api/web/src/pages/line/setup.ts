// A set-up list as a table: position, customer_pn, mpn (several by |), quantity.
import { parseCsv } from '../../scan/csv';

export interface GivenSlot {
  position: string;
  customer_pn: string;
  mpns: string[];
  quantity: number;
}

export function parseSetup(text: string): { slots: GivenSlot[]; problem: 'line.no-rows' | 'line.no-columns' | null } {
  const { head, rows } = parseCsv(text);
  if (!head.includes('position') || !(head.includes('mpn') || head.includes('mpns') || head.includes('customer_pn')))
    return { slots: [], problem: 'line.no-columns' };
  const slots = rows.map(({ cells }) => ({
    position: cells.position ?? '',
    customer_pn: cells.customer_pn ?? '',
    mpns: (cells.mpn ?? cells.mpns ?? '').split('|').map((one) => one.trim()).filter((one) => one !== ''),
    quantity: Number(cells.quantity) || 0,
  }));
  return { slots, problem: slots.length === 0 ? 'line.no-rows' : null };
}
