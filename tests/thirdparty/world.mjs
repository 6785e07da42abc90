// Two organisations on loopback and a short story between them, so that their logs hold every kind
// of thing: sealed and public statements, a full tile, a bundle of a reel and of a board.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PUBLIC, parse_statement, write_statement } from './statement.mjs';
import { Site, eventually } from './site.mjs';

// Over a full tile of 256.
const RECALLS = 270;
const AT_ONCE = 8;
const BUNDLE = 'application/vnd.reelproof.bundle';

async function issue(site, folder, options) {
  site.run(['label', 'issue', '--out', folder, ...options]);
  return readFileSync(join(folder, 'payloads.txt'), 'utf8').trimEnd().split('\n');
}

async function recall_many(site) {
  let next = 0;
  const worker = async () => {
    while (next < RECALLS) {
      const lot = `R${next++}`;
      await site.post('/v1/recall', { mpn: 'OTHER-1', lots: [lot], reason: 'thirdparty test' });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const size_of = (health) => health.log.size;
const health_of = async (site) => JSON.parse(await site.get('/v1/health'));

async function has_log_of(reader, writer) {
  const wanted = size_of(await health_of(writer));
  await eventually(`${reader.org} follows ${writer.org}`, async () => {
    const { partners } = await health_of(reader);
    return partners.find(({ org }) => org === writer.org).size >= wanted;
  });
}

export class World {
  // The nodes are started here, and stopped by end() also when this fails.
  constructor(program, folder) {
    Object.assign(this, { program, folder });
    this.sites = [];
  }
  async begin() {
    const make = async (name, salt) => {
      const site = await Site.make(this.program, join(this.folder, name), `${name}.example`, salt);
      this.sites.push(site);
      return site;
    };
    this.maker = await make('maker');
    this.ems = await make('ems', join(this.folder, 'maker', 'network.salt'));
    this.maker.partner(this.ems);
    this.ems.partner(this.maker);
    for (const site of this.sites) await site.start();
    mkdirSync(join(this.folder, 'out'));
  }
  async play() {
    const { maker, ems } = this;
    const labels = await issue(maker, join(this.folder, 'reels'), [
      '--mpn', 'NL52840', '--lot', '7AB1', '--date-code', '2617', '--quantity', '3000',
      '--count', '3', '--commission',
    ]);
    const [board] = await issue(ems, join(this.folder, 'boards'),
                                ['--customer-pn', 'PCB-1', '--serial', '0001', '--count', '1']);
    const [reel] = labels;
    await maker.post('/v1/ship', { items: labels, to: ems.org, po: '4500012345' });
    await recall_many(maker);
    await this.register_foreign();
    await this.register_tls_grant();
    maker.run(['org', 'sealing-key', 'rotate']);
    await has_log_of(ems, maker);
    await ems.post('/v1/receive', { symbols: [reel] });
    await ems.post('/v1/load', { symbols: [reel], feeder: 'F1' });
    await ems.post('/v1/consume', { symbols: [reel], quantity: 4, boards: [board] });
    await has_log_of(maker, ems);
    await has_log_of(ems, maker);
    const trace = (label) => ems.post('/v1/trace', { symbols: [label] }, 'application/json', BUNDLE);
    this.bundles = [['of a reel', await trace(reel), [5]], ['of a board', await trace(board), [1, 5]]];
  }
  // A statement signed here rather than by the program, with the node's own key.
  async register_foreign() {
    const payload = Buffer.from(JSON.stringify({ type: 'recall', mpn: 'OTHER-2', lots: ['X1'] }));
    this.foreign = write_statement(this.maker.key('node.key'), {
      iss: this.maker.org, sub: 'recall', iat: Math.floor(Date.now() / 1000), type: PUBLIC, payload,
    });
    const answer = await this.maker.post('/v1/statements', this.foreign, 'application/cose');
    this.foreign_index = JSON.parse(answer).index;
  }
  // The key that it has, granted again: then it is told at /.well-known/reelproof/tls.
  async register_tls_grant() {
    const { maker } = this;
    const genesis = parse_statement(await maker.get('/.well-known/reelproof/genesis')).json;
    const grant = { type: 'key.grant', kind: 'tls', tls_spki: genesis.tls_spki, url: genesis.url };
    this.tls_grant = write_statement(maker.key('root.key'), {
      iss: maker.org, sub: 'key.grant', iat: Math.floor(Date.now() / 1000), type: PUBLIC,
      payload: Buffer.from(JSON.stringify(grant)),
    });
    await maker.post('/v1/statements', this.tls_grant, 'application/cose');
  }
  async end() {
    for (const site of this.sites) await site.stop();
  }
}
