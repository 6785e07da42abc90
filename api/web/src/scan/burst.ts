// Tells a handheld that types from a person who types, and puts the text of its scans together. Knows nothing of
// the page: keys and times go in, scans come out, so that tests need no browser.
//
// A handheld sends a key every few milliseconds; nobody types six in a row that fast. Control characters come as
// Ctrl+key, as Alt and digits of the numeric pad, or as visible text; what is visible is left to the node, which knows
// the damage of keyboard wedges (docs/LABELS.md).

export interface KeyPress {
  key: string;
  code: string;
  ctrl: boolean;
  alt: boolean;
  shift: boolean;
  at: number;  // milliseconds
}

export interface Scan {
  texts: string[];
  note?: 'double' | 'joined' | 'half';
}

// Longer pauses are a person's, or the end of the scan.
export const LONGEST_GAP = 60;
// On average. A person comes down to that for two or three keys, never for six.
const HANDHELD_GAP = 30;
export const ENDS_AFTER = 120;
const FEWEST_KEYS = 6;
// The second half of a broken scan comes at once; a trigger that is pulled twice by mistake, within a second.
export const HALF_WAITS = 700;
const DOUBLE_WITHIN = 1000;

const HEAD = '[)>';
// EOT, or RS EOT as wedges spell it.
const WHOLE = /(\x04|\{EOT\}|<EOT>|␄|\^D|\\x04|%04)[\r\n\t]*$/i;

const US_KEYS: Record<string, [string, string]> = {
  Minus: ['-', '_'], Equal: ['=', '+'], BracketLeft: ['[', '{'], BracketRight: [']', '}'], Backslash: ['\\', '|'],
  Semicolon: [';', ':'], Quote: ["'", '"'], Backquote: ['`', '~'], Comma: [',', '<'], Period: ['.', '>'],
  Slash: ['/', '?'], Space: [' ', ' '],
};
const DIGITS_SHIFTED = ')!@#$%^&*(';

// What the key would type where an input method has taken it (key is 'Process').
function byPlace(code: string, shift: boolean): string {
  if (/^Key[A-Z]$/.test(code)) return shift ? code.charAt(3) : code.charAt(3).toLowerCase();
  if (/^Digit\d$/.test(code)) return shift ? DIGITS_SHIFTED.charAt(Number(code.charAt(5))) : code.charAt(5);
  if (/^Numpad\d$/.test(code)) return code.charAt(6);
  return US_KEYS[code]?.[shift ? 1 : 0] ?? '';
}

const CONTROLS: Record<string, string> = {
  BracketRight: '\x1d', Backslash: '\x1c', Digit6: '\x1e', Minus: '\x1f', KeyD: '\x04', KeyM: '\r', KeyJ: '\n',
};
const CONTROL_KEYS: Record<string, string> = {
  ']': '\x1d', '\\': '\x1c', '^': '\x1e', '6': '\x1e', '_': '\x1f', '-': '\x1f', d: '\x04', D: '\x04', m: '\r', j: '\n',
};

// The characters of one key; nothing for a key that types none.
export function charactersOf(press: KeyPress): string {
  if (press.ctrl && !press.alt) return CONTROL_KEYS[press.key] ?? CONTROLS[press.code] ?? '';
  if (press.key === 'Process' || press.key === 'Unidentified') return byPlace(press.code, press.shift);
  if (press.key === 'Enter') return '\r';
  if (press.key === 'Tab') return '\t';
  return [...press.key].length === 1 ? press.key : '';
}

export class Bursts {
  private text = '';
  private keys = 0;
  private first = 0;
  private last = -Infinity;
  private altDigits = '';
  private half: { text: string; at: number } | null = null;
  private before: { texts: string; at: number } | null = null;

  // True when this key belongs to a scan for sure: the page should not see it.
  press(press: KeyPress): boolean {
    // A scan ends by end() alone, so that a slow line or a busy computer tears none apart.
    if (press.at - this.last > LONGEST_GAP && !this.isScan()) this.forget();
    if (press.alt && !press.ctrl && /^Numpad\d$/.test(press.code)) {
      this.altDigits += press.code.slice(-1);
      this.last = press.at;
      return true;
    }
    const typed = charactersOf(press);
    if (!typed) return this.isScan() && press.ctrl;
    // A first Enter or Tab is a person's.
    if (this.text === '' && /^[\r\n\t]$/.test(typed)) return false;
    // So is a first Ctrl+key, but where a message goes on.
    if (this.text === '' && press.ctrl && !this.half) return false;
    this.add(typed, press.at);
    return this.isScan();
  }

  // Alt was let go: the digits are a character's number.
  releaseAlt(at: number): void {
    const number = Number(this.altDigits);
    if (this.altDigits && number > 0 && number < 256) {
      this.add(String.fromCharCode(number), at);
    }
    this.altDigits = '';
  }

  private add(typed: string, at: number): void {
    if (this.keys === 0) this.first = at;
    this.text += typed;
    this.keys += 1;
    this.last = at;
  }

  isScan(): boolean {
    if (this.text.startsWith(HEAD)) return true;
    return this.keys >= FEWEST_KEYS && (this.last - this.first) / (this.keys - 1) <= HANDHELD_GAP;
  }

  // A person's keys: forgotten when nothing follows quickly.
  forget(): void {
    this.text = '';
    this.keys = 0;
    this.altDigits = '';
  }

  // Called once no key came for ENDS_AFTER. Nothing: that was no scan, or its other half is waited for.
  end(at: number): Scan | null {
    const isScan = this.isScan();
    // A scanner that ends its scans with a key has ended this one, though the label's own end may be missing.
    const isEnded = /[\r\n\t]$/.test(this.text);
    let text = this.text.replace(/[\r\n\t]+$/, '');
    this.forget();
    if (!isScan || text.trim() === '') return null;
    let note: Scan['note'];
    const half = this.half;
    this.half = null;
    if (half && at - half.at < HALF_WAITS && !text.includes(HEAD)) {
      text = half.text + text;
      note = 'joined';
    }
    const texts = split(text);
    const only = texts[0] ?? '';
    if (!isEnded && texts.length === 1 && only.includes(HEAD) && !WHOLE.test(only) && hasControls(only)) {
      this.half = { text: only, at };
      return null;
    }
    const unique = [...new Set(texts)];
    if (unique.length < texts.length) note = 'double';
    return this.told({ texts: unique, note }, at);
  }

  // The second half did not come: what there is is handed over. A message without its end may be sound.
  lateHalf(at: number): Scan | null {
    if (!this.half || at - this.half.at < HALF_WAITS) return null;
    const { text } = this.half;
    this.half = null;
    return this.told({ texts: split(text), note: 'half' }, at);
  }

  get waitsForHalf(): boolean {
    return this.half !== null;
  }

  private told(scan: Scan, at: number): Scan | null {
    const texts = scan.texts.join('\n');
    const again = this.before && this.before.texts === texts && at - this.before.at < DOUBLE_WITHIN;
    this.before = { texts, at };
    return again ? { texts: [], note: 'double' } : scan;
  }
}

// Real control characters: then a missing EOT is a missing end. Wedges that drop control characters drop EOT too.
function hasControls(text: string): boolean {
  return /[\x1d\x1e]|\{[GR]S\}|<[GR]S>|[␝␞]/.test(text);
}

// Two scans without a pause between them: each begins with the head of a message. What stands before the first head is a
// prefix that the scanner types, unless a key ended it.
export function split(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf(HEAD, 1); at !== -1; at = text.indexOf(HEAD, at + 1)) {
    const before = text.slice(from, at);
    if (!before.includes(HEAD) && !/[\r\n\t]$/.test(before)) continue;
    parts.push(before);
    from = at;
  }
  parts.push(text.slice(from));
  return parts.map((part) => part.replace(/^[\r\n\t]+|[\r\n\t]+$/g, '')).filter((part) => part !== '');
}
