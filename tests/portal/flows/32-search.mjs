// Quality looks for what the node was shown: by item, lot, part number and board; a recall and its reach; the report.
import { readFileSync } from 'node:fs';
import { Person } from '../browser.mjs';

export default async function search({ maker, ems, browser, person, shoot, assert, eventually }) {
  const reels = maker.issue(2, { lot: '7SEARCH1' });
  const [own] = ems.issue(1, { mpn: 'ACME-PSU-1', lot: '7OWN1', manufacturer: undefined });
  const [board] = maker.issue(1, { commission: false, mpn: undefined, lot: undefined, quantity: undefined, 'customer-pn': 'GATEWAY-B1', serial: 'PNL-77' });
  maker.ship(reels, 'ems.example');
  for (const reel of reels) await ems.knows(reel, 2);
  for (const reel of reels) ems.receive(reel);
  ems.run(['load', '--feeder', 'A1-01', ems.file_of(reels[0])]);
  ems.run(['consume', '--quantity', '4', '--board', ems.file_of(board), ems.file_of(reels[0])]);
  const sean = person(await Person.open(browser, ems));
  const { page } = sean;
  await sean.set_up(ems.invite('sean', 'Sean Search', 'quality'));
  const form = page.getByRole('region', { name: 'Search' }).getByRole('search');
  const look_for = async (text, kind, n) => {
    await form.getByLabel('Search').fill(text);
    await form.getByLabel('In').selectOption({ label: kind });
    await form.getByRole('button', { name: 'Search' }).click();
    await page.getByText(n === 0 ? 'Nothing found' : `Found: ${n}`).first().waitFor();
  };
  await eventually('the items in the index', async () => {
    const answer = await page.evaluate(async () => {
      const { csrf } = await (await fetch('/v1/session')).json();
      const told = await fetch('/v1/search', { method: 'POST', headers: { 'Content-Type': 'application/json', 'Reelproof-CSRF': csrf }, body: '{"text":"7SEARCH1"}' });
      return (await told.json()).items?.length;
    });
    return answer >= 2;
  });
  await look_for('7search1', 'lots', 2);
  await look_for(reels[1].item, 'items', 1);
  await look_for('7SEARCH1', 'boards', 0);
  await look_for(board.item, 'boards', 1);
  await look_for('<img src=x onerror=alert(1)>', 'all', 0);
  await look_for('7SEARCH1', 'all', 2);
  await shoot(sean, 'search');
  assert.deepEqual(await sean.axe(), [], 'search');
  // What is looked for is in no address.
  assert.ok(sean.requests.every((url) => !url.includes('SEARCH1')));
  // By its id alone, without its label.
  await page.getByRole('button', { name: `Open: ${reels[0].item}` }).click();
  await page.getByRole('heading', { name: 'Picture' }).waitFor();
  await page.locator('tbody td', { hasText: 'placed' }).first().waitFor();
  const [report] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Report as PDF' }).click()]);
  assert.equal(report.suggestedFilename(), `${reels[0].item}.pdf`);
  assert.ok(readFileSync(await report.path()).subarray(0, 5).equals(Buffer.from('%PDF-')));
  await page.getByRole('button', { name: 'Quarantine' }).click();
  await page.getByRole('textbox', { name: 'Reason' }).fill('pins bent');
  await page.getByRole('dialog').getByRole('button', { name: 'Quarantine' }).click();
  await page.getByText('Signed: quarantined').first().waitFor();
  // Somebody else records something about it: that is said, and shown when asked for.
  ems.run(['release', '--reason', 'looked at again', ems.file_of(reels[0])]);
  await page.getByText('New since then').first().waitFor();
  await page.locator('main .notice').getByRole('button', { name: 'Refresh' }).click();
  await page.locator('tbody td', { hasText: 'released' }).first().waitFor();
  // What a recall would reach is told before it is signed; a maker's recall is listed with what it hits here.
  // The lots of others are theirs to recall.
  assert.equal(await page.getByRole('button', { name: 'Recall the lot' }).count(), 0);
  await sean.go('/trace');
  await look_for(own.item, 'items', 1);
  await page.getByRole('button', { name: `Open: ${own.item}` }).click();
  await page.getByRole('button', { name: 'Recall the lot' }).click();
  await page.getByRole('dialog').getByText('Items hit').waitFor();
  await shoot(sean, 'recall', { all: false });
  assert.deepEqual(await sean.axe(), [], 'recall');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  maker.run(['recall', '--mpn', 'NL52840-QIAA-R', '--lot', '7SEARCH1', '--reason', 'die crack after reflow', '--yes']);
  await sean.go('/overview');
  await eventually('the recall', async () => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    await sean.quiet();
    return (await page.getByText('die crack after reflow').count()) > 0;
  });
  await page.getByRole('button', { name: 'Its reach: NL52840-QIAA-R' }).first().click();
  await page.getByRole('dialog').locator('tbody tr').nth(2).waitFor();
  await shoot(sean, 'reach');
  assert.deepEqual(await sean.axe(), [], 'reach');
  assert.deepEqual(await sean.stored(), []);
}
