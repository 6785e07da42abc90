// What changed between two texts, line by line: their longest common subsequence stays.
export interface Line {
  kind: 'same' | 'added' | 'gone';
  text: string;
}

// Beyond it all is told as new: the table below grows with the product.
const MOST_LINES = 1500;

export function changed(before: string | undefined, after: string): Line[] {
  const b = after.replace(/\n$/, '').split('\n');
  const a = before?.replace(/\n$/, '').split('\n');
  if (!a || a.length > MOST_LINES || b.length > MOST_LINES) return b.map((text) => ({ kind: 'same', text }));
  // common[i][j]: how many lines the ends from i and from j have in common.
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      (common[i] as Uint16Array)[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const out: Line[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ kind: 'same', text: b[j] ?? '' });
      i += 1;
      j += 1;
    } else if (j < b.length && (i === a.length || at(i, j + 1) > at(i + 1, j))) {
      out.push({ kind: 'added', text: b[j] ?? '' });
      j += 1;
    } else {
      out.push({ kind: 'gone', text: a[i] ?? '' });
      i += 1;
    }
  }
  return out;
}
