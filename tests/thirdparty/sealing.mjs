// Grants of the key that partners seal to (docs/FORMATS.md section 4, key.grant): a log with a rotation in it is read, and what
// may not be granted is refused by this reader and by the node.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Signers } from './bundle.mjs';
import { PUBLIC, write_statement } from './statement.mjs';

// PKCS #8 of an X25519 key (RFC 8410), up to its 32 bytes.
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

function public_of(secret) {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, secret]), format: 'der', type: 'pkcs8' });
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x, 'base64url').toString('hex');
}

export async function check_sealing(report, site, entries, roots) {
  const log = async () => {
    const signers = new Signers(roots);
    for (const entry of entries) await signers.read(entry);
    return signers;
  };
  const { sealing } = await log();
  const lines = readFileSync(join(site.folder, 'keys', 'sealing.key'), 'utf8').trim().split('\n');
  const held = lines.map((line) => public_of(Buffer.from(line, 'hex')));
  report.check(sealing.length === 2 && sealing[0] === site.genesis.sealing_key && held.join() === sealing.join(),
               'sealing keys of a log are those that its node holds', site.org);
  const { keys } = JSON.parse(site.run(['org', 'sealing-key', 'list']));
  report.check(keys.find(({ use }) => use === 'current')?.key === sealing.at(-1), 'newest sealing key is the current one', site.org);

  const grant = (members, by = 'root.key') => write_statement(site.key(by), {
    iss: site.org, sub: 'key.grant', iat: Math.floor(Date.now() / 1000), type: PUBLIC,
    payload: Buffer.from(JSON.stringify({ type: 'key.grant', ...members })),
  });
  const fresh = 'ab'.repeat(32);
  await report.accepts('sealing grant written here', site.org, async () => (await log()).read(grant({ kind: 'sealing', sealing_key: fresh })));
  for (const [name, statement] of [
    ['of the key of the genesis', grant({ kind: 'sealing', sealing_key: sealing[0] })],
    ['of the newest key', grant({ kind: 'sealing', sealing_key: sealing[1] })],
    ['without a key', grant({ kind: 'sealing' })],
    ['of a shorter key', grant({ kind: 'sealing', sealing_key: fresh.slice(2) })],
    ['in capital letters', grant({ kind: 'sealing', sealing_key: fresh.toUpperCase() })],
    ['of a kind that nobody knows', grant({ kind: 'signing', sealing_key: fresh })],
    ['by a key that is not the root', grant({ kind: 'sealing', sealing_key: fresh }, 'node.key')],
  ]) {
    await report.refuses('sealing grant', name, async () => (await log()).read(statement));
    const { status } = await site.request('POST', '/v1/statements', { type: 'application/cose', body: statement });
    report.check(status >= 400 && status < 500, 'sealing grant refused by the node', `${name}: ${status}`);
  }
}
