// Dashboards: verdicts by day, suppliers, ageing stock, floor lives, part numbers; each chart has its numbers beside it.
import { Person } from '../browser.mjs';

export default async function overview({ maker, ems, browser, person, shoot, assert, eventually }) {
  const [reel, other] = maker.issue(2, { lot: '7VIEW01', msl: '3' }), [unknown] = maker.issue(1, { commission: false, lot: 'NOBODY2' });
  maker.ship([reel, other], 'ems.example');
  for (const one of [reel, other]) await ems.knows(one, 2);
  for (const one of [reel, other]) ems.receive(one);
  const olga = person(await Person.open(browser, ems));
  const { page } = olga;
  await olga.set_up(ems.invite('olga', 'Olga Overview', 'quality', 'warehouse', 'line'));
  await olga.go('/receive');
  for (const [at, text] of [unknown.text, other.text.replace('1T7VIEW01', '1T9ZZ999')].entries()) {
    await olga.wedge(text);
    await page.locator('.last li').nth(at).waitFor();
    await page.locator('.verdict[data-verdict]').waitFor();
    await page.waitForTimeout(1100);  // what is scanned again within a second is the same scan
  }
  await olga.go('/line');
  await page.getByRole('textbox', { name: 'Job' }).fill('WO-VIEW');
  await page.getByRole('textbox', { name: 'Set-up list' }).fill('position,mpn\nB1-01,NL52840-QIAA-R\n');
  await page.getByRole('button', { name: 'Make the job' }).click();
  await page.getByRole('button', { name: 'Open: WO-VIEW' }).click();
  await page.getByRole('button', { name: /^B1-01/ }).click();
  await olga.wedge(reel.text);
  await page.getByRole('button', { name: 'Load it' }).click();
  await page.getByText('Loaded and signed').first().waitFor();

  await olga.go('/overview');
  const verdicts = page.getByRole('region', { name: 'Verdicts' }).first();
  await eventually('the verdicts of today', async () => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    await olga.quiet();
    return /[1-9]\d* REJECT/.test(await verdicts.getByRole('img').first().getAttribute('aria-label'));
  });
  await verdicts.locator('tbody tr').first().waitFor();
  await page.getByRole('region', { name: 'Suppliers by findings' }).first().getByText('maker.example').first().waitFor();
  const floor = page.getByRole('region', { name: 'Floor life' }).first();
  await floor.getByText('7VIEW01').waitFor();
  await floor.getByText('open', { exact: true }).waitFor();
  await page.getByText(/items with .* parts are here/).waitFor();
  // Part data: what is wrong is told by row, and nothing is taken; then it is.
  const take = async (rows) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Import part data' }).click()]);
    await chooser.setFiles({ name: 'parts.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
  };
  await take(['mpn,reorder_point,lifecycle', 'NL52840-QIAA-R,many,active', 'X,1,dead']);
  await page.getByText(/^Row 2: /).waitFor();
  await page.getByText(/^Row 3: /).waitFor();
  await take(['mpn,reorder_point,lifecycle', 'NL52840-QIAA-R,9000000,obsolete', '"<img src=x onerror=alert(1)>",1,active']);
  await page.getByText('Imported: 2').waitFor();
  const row = page.getByRole('region', { name: 'Part numbers' }).first().locator('tr', { hasText: 'NL52840-QIAA-R' });
  await row.getByText('below reorder point').waitFor();
  await row.getByText('obsolete').first().waitFor();
  await page.locator('td', { hasText: '<img src=x' }).waitFor();
  assert.equal(await page.locator('main img').count(), 0);
  await shoot(olga, 'overview');
  assert.deepEqual(await olga.axe(), [], 'overview');
  // What happens meanwhile is said.
  ems.run(['quarantine', '--reason', 'odd', ems.file_of(other)]);
  await page.getByText('New since then').first().waitFor();
}
