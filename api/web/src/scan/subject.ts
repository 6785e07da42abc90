// A label that was given to us: the texts of its symbols, or a photograph. Neither is kept anywhere but in memory.
import { call, type Options } from '../api/client';
import type { Reading } from '../api/types';

export type Subject = { symbols: string[] } | { picture: Blob };

// A request about it: with JSON its texts and `more`, with a picture `more` in the query.
export function about(subject: Subject, more: Record<string, string> = {}): Options {
  if ('picture' in subject) return { picture: subject.picture, query: more };
  return { body: { symbols: subject.symbols, ...more } };
}

export function read(subject: Subject, signal?: AbortSignal): Promise<Reading> {
  return call<Reading>('POST', '/v1/read', { ...about(subject), patient: true, signal });
}

// The identifiers (ANSI MH10.8.2) under which a label states a field, the usual one first.
const IDENTIFIERS: Record<string, string[]> = {
  mpn: ['1P'], customer_pn: ['P'], quantity: ['Q'], lot: ['1T'], date_code: ['10D', '9D', '11D', '6D'],
  country: ['4L'], manufacturer: ['1V'], serial: ['S'], msl: ['E'], expiry: ['14D'], po: ['K'],
};
const SEPARATOR = /(\x1d|\x1e|\{GS\}|\{RS\}|<GS>|<RS>|␝|␞|\^\]|\^\^)/;

export function isCorrectable(field: string): boolean {
  return field in IDENTIFIERS;
}

// The symbols with another value in that field; nothing when none of them says where it stands.
export function corrected(symbols: string[], field: string, value: string): string[] | null {
  let found = false;
  const out = symbols.map((symbol) => {
    const pieces = symbol.split(SEPARATOR);
    return pieces.map((piece) => {
      for (const identifier of IDENTIFIERS[field] ?? []) {
        const rest = piece.slice(identifier.length);
        if (!piece.startsWith(identifier) || rest === '') continue;
        // A lone symbol of one identifier, or a record of a message.
        found = true;
        return identifier + value;
      }
      return piece;
    }).join('');
  });
  return found ? out : null;
}
