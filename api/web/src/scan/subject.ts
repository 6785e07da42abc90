// A label that was given to us: the texts of its symbols, or a photograph. Neither is kept anywhere but in memory.
import { call, type Options } from '../api/client';
import type { Fields, Reading } from '../api/types';

export type Subject = { symbols: string[] } | { picture: Blob };

// Or nothing of it can be read, and all there is was typed.
export type Unread = { byHand: true };

// Or an item that the node knows, by its public id.
export type Known = Subject | { item: string };

// What a person says that the label says, by field.
export type Typed = Record<string, string>;

// A request about it: with JSON its texts or id and `more`, with a picture `more` in the query.
export function about(subject: Known | Unread, more: Record<string, string> = {}, typed: Typed = {}): Options {
  const given = Object.keys(typed).length > 0;
  if ('picture' in subject) {
    // What was chosen as a photograph goes to the reader, which says so where it is none.
    const { picture } = subject;
    const content = picture.type.startsWith('image/') ? picture : new Blob([picture], { type: 'image/*' });
    return { content, query: given ? { ...more, typed: JSON.stringify(typed) } : more };
  }
  if ('byHand' in subject) return { body: { ...more, typed } };
  return { body: { ...subject, ...more, ...(given && { typed }) } };
}

export function read(subject: Subject, signal?: AbortSignal): Promise<Reading> {
  return call<Reading>('POST', '/v1/read', { ...about(subject), patient: true, signal });
}

// The identifiers (ANSI MH10.8.2) under which a label states a field.
const IDENTIFIERS: Record<string, string> = {
  mpn: '1P', manufacturer: '1V', quantity: 'Q', lot: '1T', date_code: '9D', country: '4L', customer_pn: 'P', supplier_pn: '30P',
  serial: 'S', msl: '13E', expiry: '14D', package_id: '3S', revision: '2P', po: 'K', packing_list: '11K',
};

// What may be typed beside a label, and typed in where nothing can be read.
export const TYPEABLE = Object.keys(IDENTIFIERS);

// A label out of what a person reads on it: for what a new label of ours replaces.
export function composed(fields: Fields): string {
  const records = TYPEABLE.flatMap((name) => {
    const value = String(fields[name] ?? '').trim();
    return value === '' ? [] : `\x1d${IDENTIFIERS[name]}${value}`;
  });
  return `[)>\x1e06${records.join('')}\x1e\x04`;
}
