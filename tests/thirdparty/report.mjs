// Counts what was checked and keeps what was not as it should be.
import { Refused } from './cbor.mjs';

const MOST_SHOWN = 40;

export class Report {
  constructor() {
    this.counts = new Map();
    this.misses = [];
  }
  count(what, number = 1) {
    this.counts.set(what, (this.counts.get(what) ?? 0) + number);
  }
  miss(text) {
    this.misses.push(text);
  }
  check(holds, what, detail = '') {
    this.count(what);
    if (!holds) this.miss(`${what}${detail && `: ${detail}`}`);
  }
  // What the reader gives, or null.
  async accepts(what, name, read) {
    this.count(`${what} accepted`);
    try {
      return await read();
    } catch (error) {
      this.miss(`${what} ${name} was refused: ${error instanceof Refused ? error.message : error.stack}`);
      return null;
    }
  }
  async refuses(what, name, read) {
    this.count(`${what} refused`);
    try {
      await read();
      this.miss(`${what} ${name} was accepted`);
    } catch (error) {
      if (!(error instanceof Refused)) this.miss(`${what} ${name}: ${error.stack}`);
    }
  }
  // Prints the counts and the misses; true when there is none.
  finish() {
    for (const [what, number] of this.counts) console.log(`${String(number).padStart(8)}  ${what}`);
    for (const text of this.misses.slice(0, MOST_SHOWN)) console.log(`MISS ${text}`);
    const more = this.misses.length - MOST_SHOWN;
    if (more > 0) console.log(`... and ${more} more`);
    console.log(this.misses.length === 0 ? 'all as it should be' : `${this.misses.length} misses`);
    return this.misses.length === 0;
  }
}
