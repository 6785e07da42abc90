// A node of one organisation, made and run by its own program in a folder of its own.
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// In milliseconds; on a machine that has other work, REELPROOF_PATIENCE times as long.
export const PATIENCE = 60_000 * Number(process.env.REELPROOF_PATIENCE ?? 1);

async function free_port() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function eventually(what, holds, patience = PATIENCE) {
  for (const end = Date.now() + patience; Date.now() < end;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not happen in ${patience / 1000} seconds`);
}

// What a test waits for and the browser does not bound.
export async function within(what, promise, patience = PATIENCE) {
  let timer;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end in ${patience / 1000} seconds`)), patience);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// Year and week of two months ago, as a date code.
function recent_date_code() {
  const day = new Date(Date.now() - 60 * 86_400_000);
  const first = new Date(Date.UTC(day.getUTCFullYear(), 0, 4));
  const week = 1 + Math.floor((day - first) / (7 * 86_400_000));
  return String(day.getUTCFullYear() % 100).padStart(2, '0') + String(week).padStart(2, '0');
}

export class Site {
  static async make(program, folder, org, salt) {
    const site = new Site();
    Object.assign(site, { program, folder, org, config: join(folder, 'node.toml'), labels: 0, secrets: [] });
    site.address = `127.0.0.1:${await free_port()}`;
    const made = JSON.parse(site.run(['org', 'init', '--dir', folder, '--org', org, '--listen', site.address,
                                      ...(salt ? ['--network-salt', salt] : [])], []));
    Object.assign(site, { root: made.root, link: made.link, url: `https://${site.address}` });
    const config = readFileSync(site.config, 'utf8');
    writeFileSync(site.config, config.replace('poll_ms = 1000', 'poll_ms = 100').replace('[store]', '[store]\nbackups = "backups"'));
    return site;
  }
  run(options, config = ['--config', this.config]) {
    return execFileSync(this.program, [...options, ...config, '--json'],
                        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
  partner(other) {
    appendFileSync(this.config, `\n[[partner]]\norg = "${other.org}"\nroot = "${other.root}"\nurl = "${other.url}"\n`);
  }
  // Whose word counts for these parts.
  maker_of(org, mpns, names) {
    appendFileSync(join(this.folder, 'policy.toml'),
                   `\n[[manufacturer]]\norg = "${org}"\nmpns = ${JSON.stringify(mpns)}\nnames = ${JSON.stringify(names)}\n`);
  }
  async start() {
    const log = openSync(join(this.folder, 'log'), 'a');
    this.child = spawn(this.program, ['node', 'run', '--config', this.config, '--json'],
                       { stdio: ['ignore', 'pipe', log] });
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
    process.once('exit', () => this.child?.kill('SIGKILL'));
    for await (const line of createInterface({ input: this.child.stdout }))
      if (JSON.parse(line).ready) return;
    throw new Error(`${this.org}: ${this.log}`);
  }
  async stop() {
    if (!this.child) return;
    const timer = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE);
    this.child.kill('SIGTERM');
    await this.ended;
    clearTimeout(timer);
    this.child = undefined;
  }
  // The set-up link of a new person.
  invite(user, name, ...roles) {
    return JSON.parse(this.run(['org', 'invite', '--user', user, '--name', name,
                                ...roles.flatMap((role) => ['--role', role])])).link;
  }
  // New labels: of each its text and its picture. `commission`: recorded as made here.
  issue(count, { commission = true, ...more } = {}) {
    const folder = join(this.folder, `labels-${this.labels++}`);
    mkdirSync(folder);
    const fields = { mpn: 'NL52840-QIAA-R', lot: '7AB123', 'date-code': recent_date_code(), quantity: 3000,
                     country: 'NO', manufacturer: 'Nordlicht', ...more };
    const lines = this.run(['label', 'issue', '--count', String(count), '--out', folder, '--format', 'png',
                            ...Object.entries(fields).filter(([, value]) => value !== undefined).flatMap(([name, value]) => [`--${name}`, String(value)]),
                            ...(commission ? ['--commission'] : [])], commission ? undefined : []);
    return lines.trim().split('\n').map((line) => JSON.parse(line)).filter((one) => one.png)
      .map(({ item, png, text }) => ({ item, png, text: readFileSync(text, 'utf8').replace(/\n$/, '') }))
      .map((label) => {
        this.secrets.push(/25S([^\x1d\x1e\x04]+)/.exec(label.text)[1]);
        return label;
      });
  }
  get log() {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }
  file_of(label) {
    const file = join(this.folder, `label-${this.labels++}.txt`);
    writeFileSync(file, label.text);
    return `@${file}`;
  }
  ship(labels, to) {
    for (const label of labels) this.run(['ship', '--to', to, this.file_of(label)]);
  }
  receive(label) {
    this.run(['receive', this.file_of(label)]);
  }
  // This node knows of so many events of that label's item.
  knows(label, events) {
    return eventually(`${events} events of ${label.item} at ${this.org}`, () =>
      (JSON.parse(this.run(['trace', this.file_of(label)])).events ?? []).length === events);
  }
}
