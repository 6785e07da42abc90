// A label that was given to us: the texts of its symbols, or a photograph. Neither is kept anywhere but in memory.
import { call, type Options } from '../api/client';
import type { Fields, Reading } from '../api/types';

export type Subject = { symbols: string[] } | { picture: Blob };

// Or an item that the node knows, by its public id.
export type Known = Subject | { item: string };

// A request about it: with JSON its texts or id and `more`, with a picture `more` in the query.
export function about(subject: Known, more: Record<string, string> = {}): Options {
  if ('picture' in subject) return { content: subject.picture, query: more };
  return { body: { ...subject, ...more } };
}

export function read(subject: Subject, signal?: AbortSignal): Promise<Reading> {
  return call<Reading>('POST', '/v1/read', { ...about(subject), patient: true, signal });
}

// The identifiers (ANSI MH10.8.2) under which a label states a field, the usual one first.
const IDENTIFIERS: Record<string, string[]> = {
  mpn: ['1P'], manufacturer: ['1V'], quantity: ['Q'], lot: ['1T'], date_code: ['9D', '10D', '11D', '6D'], country: ['4L'],
  customer_pn: ['P'], supplier_pn: ['30P'], serial: ['S'], msl: ['13E', 'E'], expiry: ['14D'], package_id: ['3S'],
  revision: ['2P'], po: ['K'], packing_list: ['11K'],
};
const SEPARATOR = /(\x1d|\x1e|\x04|\{GS\}|\{RS\}|\{EOT\}|<GS>|<RS>|<EOT>|␝|␞|␄|\^\]|\^\^)/;

export const CORRECTABLE = Object.keys(IDENTIFIERS);

// A label out of what a person reads on it.
export function composed(fields: Fields): string {
  const records = CORRECTABLE.flatMap((name) => {
    const value = String(fields[name] ?? '').trim();
    return value === '' ? [] : `\x1d${IDENTIFIERS[name]?.[0]}${value}`;
  });
  return `[)>\x1e06${records.join('')}\x1e\x04`;
}

// With another value where the field's identifier stands; nothing when it stands nowhere.
function replaced(symbols: string[], field: string, value: string): string[] | null {
  let found = false;
  const out = symbols.map((symbol) => symbol.split(SEPARATOR).map((piece) => {
    for (const identifier of IDENTIFIERS[field] ?? []) {
      // A lone symbol of one identifier, or a record of a message.
      if (!piece.startsWith(identifier) || piece.length === identifier.length) continue;
      found = true;
      return identifier + value;
    }
    return piece;
  }).join(''));
  return found ? out : null;
}

// The symbols with that field as a person reads it. What no symbol states is added as one of its own; of a format without
// identifiers all fields are written anew. Nothing when that would take the label its identity: an address is one.
export function corrected(symbols: string[], fields: Fields, field: string, value: string): string[] | null {
  const there = replaced(symbols, field, value);
  if (there) return there;
  if (fields[field] === undefined) return [...symbols, `${IDENTIFIERS[field]?.[0]}${value}`];
  if (symbols.some((symbol) => /^https?:/i.test(symbol))) return null;
  return [composed({ ...fields, [field]: value })];
}
