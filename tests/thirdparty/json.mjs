// JSON as public statements have it: one object, no member named twice at any depth, at most 32
// deep. JSON.parse checks the grammar but keeps the last of two members, so names are read again.
import { refuse, require_that } from './cbor.mjs';

const MAX_DEPTH = 32;
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

export function read_json(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('no JSON');
  }
  require_that(value !== null && typeof value === 'object' && !Array.isArray(value), 'no object');
  const open = [];
  let last = null;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      open.push(new Set());
      require_that(open.length <= MAX_DEPTH, 'nested too deep');
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ':') {
      const name = JSON.parse(last);
      require_that(!open.at(-1).has(name), 'a member twice');
      open.at(-1).add(name);
    }
    last = token;
  }
  require_that(typeof value.type === 'string', 'no type');
  return value;
}
