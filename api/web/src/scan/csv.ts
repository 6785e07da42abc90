// Tables as CSV (RFC 4180), with comma, semicolon or tab between the columns. What is in them is data and stays text.

export interface CsvTable {
  head: string[];
  rows: { line: number; cells: Record<string, string> }[];
}

export class CsvError extends Error {
  constructor(readonly line: number) {
    super(`line ${line}`);
  }
}

function recordsOf(text: string, separator: string): { line: number; cells: string[] }[] {
  const out: { line: number; cells: string[] }[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let begun = 1;
  const endRecord = () => {
    cells.push(cell);
    cell = '';
    if (cells.some((one) => one.trim() !== '')) out.push({ line: begun, cells });
    cells = [];
    begun = line;
  };
  for (let at = 0; at < text.length; at += 1) {
    const c = text.charAt(at);
    if (c === '\n') line += 1;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === separator) {
      cells.push(cell);
      cell = '';
    } else if (c === '\n') endRecord();
    else if (c !== '\r') cell += c;
  }
  if (quoted) throw new CsvError(begun);
  endRecord();
  return out;
}

export function parseCsv(text: string): CsvTable {
  const plain = text.replace(/^\uFEFF/, '');
  const firstLine = plain.slice(0, plain.search(/\n|$/));
  const separator = [',', ';', '\t'].reduce((best, one) =>
    firstLine.split(one).length > firstLine.split(best).length ? one : best);
  const [first, ...rest] = recordsOf(plain, separator);
  const head = (first?.cells ?? []).map((name) => name.trim().toLowerCase().replace(/[\s-]+/g, '_'));
  const rows = rest.map(({ line, cells }) => ({
    line,
    cells: Object.fromEntries(head.map((name, at) => [name, (cells[at] ?? '').trim()])),
  }));
  return { head, rows };
}
