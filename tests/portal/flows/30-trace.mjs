// Quality: the history of a reel as a picture and a list, quarantine and release, the bundle.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Person } from '../browser.mjs';
import { load } from '../source.mjs';

// With any one bit changed the browser's own check refuses it, as far as anything of it is signed.
async function tampered(bundle, folder, maker, ems, assert) {
  const { verifyBundle } = await load(folder, 'pages/trace/verify.ts');
  const keys = [maker, ems].map((site) => JSON.parse(site.run(['org', 'show'])).mirror_vkey);
  const good = await verifyBundle(bundle, keys);
  assert.deepEqual(good.logs.map((log) => log.root).sort(), [maker.root, ems.root].sort());
  // What comes before the logs nobody signs: who made it and when, and the keys to read it with.
  const logs = bundle.indexOf(Buffer.from('.example/ledger')) - 6;
  let taken = 0;
  for (let at = logs; at < bundle.length; at += 97) {
    const changed = Buffer.from(bundle);
    changed[at] ^= 1 << (at % 8);
    const told = await verifyBundle(changed, keys).catch(() => null);
    // A cosignature may be made that of an unknown mirror: then fewer are named.
    if (told && JSON.stringify(told.logs) === JSON.stringify(good.logs)) taken += 1;
  }
  assert.equal(taken, 0);
}

export default async function trace({ maker, ems, program, folder, browser, person, shoot, assert }) {
  const [reel] = maker.issue(1);
  maker.ship([reel], 'ems.example');
  const quinn = person(await Person.open(browser, ems));
  const { page } = quinn;
  await quinn.set_up(ems.invite('quinn', 'Quinn Quality', 'quality'));
  assert.equal(new URL(page.url()).pathname, '/trace');
  await ems.knows(reel, 2);
  ems.receive(reel);
  await quinn.wedge(reel.text);
  await page.getByRole('heading', { name: 'Picture' }).waitFor();
  await page.locator('.graph g.event').nth(2).waitFor();
  assert.deepEqual(await page.locator('tbody tr td:nth-child(2)').allTextContents(), ['made', 'shipped', 'received']);
  assert.equal(await quinn.verdict(), 'ACCEPT');
  // Only its maker recalls a lot.
  assert.equal(await page.getByRole('button', { name: 'Recall the lot' }).count(), 0);
  await page.getByRole('button', { name: 'Quarantine' }).click();
  await page.getByRole('textbox', { name: 'Reason' }).fill('looks "odd" <b>to me</b>');
  await shoot(quinn, 'trace-quarantine', { all: false });
  assert.deepEqual(await quinn.axe(), [], 'trace-quarantine');
  await page.getByRole('dialog').getByRole('button', { name: 'Quarantine' }).click();
  await page.getByText('Signed: quarantined').first().waitFor();
  await page.locator('td', { hasText: 'looks "odd" <b>to me</b>' }).waitFor();
  assert.equal(await quinn.verdict(), 'REJECT');
  await shoot(quinn, 'trace');
  assert.deepEqual(await quinn.axe(), [], 'trace');
  await page.getByRole('button', { name: 'Release' }).click();
  await page.getByRole('textbox', { name: 'Reason' }).fill('opened and compared');
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
  await page.getByText('Signed: released').first().waitFor();
  await page.locator('.graph g.event').nth(4).waitFor();
  // The browser checks the signatures by itself, and finds the roots that the organisations tell each other.
  await page.getByRole('button', { name: 'Check all signatures' }).click();
  await page.getByText('Events that hold: 5').first().waitFor();
  for (const site of [maker, ems]) await page.getByText(site.root).waitFor();
  await page.getByText('Cosigned by').first().waitFor();
  await shoot(quinn, 'trace-verified');
  assert.deepEqual(await quinn.axe(), [], 'trace-verified');
  // The bundle holds for whoever trusts what this node trusts.
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('button', { name: 'Provenance bundle' }).click(),
  ]);
  const file = join(folder, 'it.reelproof');
  await download.saveAs(file);
  const checked = JSON.parse(execFileSync(program, ['proof', 'verify', file, '--trust', ems.config, '--json'], { encoding: 'utf8' }));
  assert.equal(checked.verified, true);
  await tampered(readFileSync(file), folder, maker, ems, assert);
  // What no longer exists is not put into quarantine.
  ems.run(['scrap', '--yes', '--reason', 'dented', ems.file_of(reel)]);
  await quinn.page.waitForTimeout(1100);
  await quinn.wedge(reel.text);
  await page.locator('tbody').getByText('scrapped').first().waitFor();
  assert.equal(await quinn.verdict(), 'REJECT');
  assert.equal(await page.getByRole('button', { name: 'Quarantine' }).count(), 0);
  // Nothing is known of a label of nobody.
  const [unknown] = maker.issue(1, { commission: false });
  await quinn.wedge(unknown.text);
  await page.getByText('Nothing is known of this label').first().waitFor();
  assert.deepEqual(await quinn.stored(), []);
}
