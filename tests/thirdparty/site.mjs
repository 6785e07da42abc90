// A node of one organisation, run by its own program in a folder of its own.
import { execFileSync, spawn } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { appendFileSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PATIENCE = 60_000;

async function free_port() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function eventually(what, holds) {
  for (const end = Date.now() + PATIENCE; Date.now() < end;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not happen in ${PATIENCE / 1000} seconds`);
}

export class Site {
  static async make(program, folder, org, salt) {
    const site = new Site();
    Object.assign(site, { program, folder, org, config: join(folder, 'node.toml') });
    site.address = `127.0.0.1:${await free_port()}`;
    const made = site.run(['org', 'init', '--dir', folder, '--org', org, '--listen', site.address,
                           ...(salt ? ['--network-salt', salt] : [])], []);
    site.root = JSON.parse(made).root;
    site.token = readFileSync(join(folder, 'cli.token'), 'utf8').trim();
    // Looks for news more often than a real node, so that the test need not wait.
    const config = readFileSync(site.config, 'utf8');
    writeFileSync(site.config, config.replace('poll_ms = 1000', 'poll_ms = 50'));
    site.agent = new Agent({
      keepAlive: true, rejectUnauthorized: false, maxSockets: 8, maxCachedSessions: 0,
    });
    return site;
  }
  run(options, config = ['--config', this.config]) {
    return execFileSync(this.program, [...options, ...config, '--json'],
                        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
  partner(other) {
    appendFileSync(this.config, `\n[[partner]]\norg = "${other.org}"\nroot = "${other.root}"\n` +
                                `url = "https://${other.address}"\n`);
  }
  key(name) {
    return Buffer.from(readFileSync(join(this.folder, 'keys', name), 'utf8').trim(), 'hex');
  }
  async start() {
    const log = openSync(join(this.folder, 'log'), 'a');
    this.child = spawn(this.program, ['node', 'run', '--config', this.config, '--json'],
                       { stdio: ['ignore', 'pipe', log] });
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
    process.once('exit', () => this.child.kill('SIGKILL'));
    for await (const line of createInterface({ input: this.child.stdout }))
      if (JSON.parse(line).ready) return;
    throw new Error(`${this.org}: ${readFileSync(join(this.folder, 'log'), 'utf8')}`);
  }
  async stop() {
    this.agent?.destroy();
    if (!this.child) return;
    const timer = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE);
    this.child.kill('SIGTERM');
    await this.ended;
    clearTimeout(timer);
  }
  // {status, type, headers, body}; the server must show the key whose hash its genesis names, once that is known.
  request(method, path, { type, accept, body, anonymous } = {}) {
    const [host, port] = this.address.split(':');
    const headers = anonymous ? {} : { Authorization: `Bearer ${this.token}` };
    if (accept) headers.Accept = accept;
    if (body) Object.assign(headers, { 'Content-Type': type, 'Content-Length': body.length });
    const options = { host, port, method, path, headers, agent: this.agent, timeout: PATIENCE };
    return new Promise((resolve, reject) => {
      const asked = request(options, (response) => {
        const { raw } = response.socket.getPeerCertificate();
        const spki = new X509Certificate(raw).publicKey.export({ type: 'spki', format: 'der' });
        const shown = createHash('sha256').update(spki).digest('hex');
        if (this.tls_spki && shown !== this.tls_spki) reject(new Error('not the TLS key of the genesis'));
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode,
                                           type: response.headers['content-type'],
                                           headers: response.headers,
                                           body: Buffer.concat(chunks) }));
      });
      asked.on('timeout', () => asked.destroy(new Error(`${path}: no answer`)));
      asked.on('error', reject);
      asked.end(body);
    });
  }
  async get(path, accept = undefined) {
    const { status, body } = await this.request('GET', path, { accept });
    if (status !== 200) throw new Error(`${this.org} GET ${path}: ${status} ${body}`);
    return body;
  }
  async post(path, content, type = 'application/json', accept = undefined) {
    const body = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const answer = await this.request('POST', path, { type, accept, body });
    if (answer.status >= 300) throw new Error(`${this.org} POST ${path}: ${answer.status} ${answer.body}`);
    return answer.body;
  }
}
