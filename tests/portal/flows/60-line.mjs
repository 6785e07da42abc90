// The line: a set-up list, a feeder, then its reel; the wrong reel; splice and unload.
import { Person } from '../browser.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export default async function line({ maker, ems, browser, person, shoot, assert, eventually }) {
  const reels = maker.issue(2), [wet] = maker.issue(1, { lot: '7WET01', msl: '3' }), [wrong] = maker.issue(1, { mpn: 'NL9160-SICA-B1A-R', lot: '8XY001' });
  maker.ship([...reels, wrong, wet], 'ems.example');
  const liu = person(await Person.open(browser, ems));
  const { page } = liu;
  await liu.set_up(ems.invite('liu', 'Liu Line', 'line', 'warehouse'));
  await eventually('the reels in stock', async () => {
    try {
      for (const reel of [...reels, wrong, wet]) ems.receive(reel);
      return true;
    } catch {
      return false;
    }
  });
  await liu.go('/line');
  await page.getByRole('textbox', { name: 'Job' }).fill('WO-20260402-7');
  await page.getByRole('textbox', { name: 'Product' }).fill('Gateway B1');
  await page.getByRole('textbox', { name: 'Set-up list' }).fill('position,part\nA1,x\n');
  await page.getByRole('button', { name: 'Make the job' }).click();
  await page.getByText('the heading must have').first().waitFor();
  await page.getByRole('textbox', { name: 'Set-up list' }).fill(
    'position;customer_pn;mpn;quantity\nA1-04;10-4711;NL52840-QIAA-R;4\n;10-1;X;1\nA1-04;;Y;1\nA1-06;;;1\nA1-07;;Z;four\n');
  await page.getByRole('button', { name: 'Make the job' }).click();
  for (const problem of ['Line 3: position is missing', 'Line 4: this position stands in line 2 already',
                         'Line 5: mpn and customer_pn are both missing', 'Line 6: “quantity” must be a number'])
    await page.getByText(problem).first().waitFor();
  await shoot(liu, 'line-import-problems', { all: false });
  assert.deepEqual(await liu.axe(), [], 'line-import-problems');
  await page.getByRole('textbox', { name: 'Set-up list' }).fill('position,customer_pn,mpn,quantity\nA1-04,10-4711,NL52840-QIAA-R|NL52840-QIAA-R7,4\nA1-05,10-0815,NL9160-SICA-B1A-R,1\n');
  await page.getByRole('button', { name: 'Make the job' }).click();
  await page.getByRole('button', { name: 'Open: WO-20260402-7' }).waitFor();
  await shoot(liu, 'line-jobs');
  assert.deepEqual(await liu.axe(), [], 'line-jobs');
  await page.getByRole('button', { name: 'Open: WO-20260402-7' }).click();
  await page.locator('.scan-bar').waitFor();
  await liu.wedge(reels[0].text);
  await page.getByText('Scan the feeder first').first().waitFor();
  await pause(1100);

  await liu.wedge('A1-04A');  // no such feeder
  await page.getByText('Scan the feeder first').first().waitFor();
  await page.getByRole('button', { name: /^A1-04/ }).click();
  await liu.wedge(wrong.text);
  assert.equal(await liu.verdict(), 'REJECT');
  await page.getByText('It does not fit the slot').first().waitFor();
  // Nothing is wrong with the reel but its place.
  await page.getByText('It belongs on A1-05: put it there').first().waitFor();
  assert.equal(await page.getByText('quarantine').count(), 0);
  await shoot(liu, 'line-wrong');
  assert.deepEqual(await liu.axe(), [], 'line-wrong');
  assert.equal(await page.getByRole('button', { name: 'Load it' }).count(), 0);
  await liu.wedge(reels[0].text);
  await page.getByText('It fits the slot').first().waitFor();
  assert.equal(await liu.verdict(), 'ACCEPT');
  await page.getByRole('button', { name: 'Load it' }).click();
  await page.getByText('Loaded and signed').first().waitFor();
  await page.getByText('Empty: A1-05').first().waitFor();
  await shoot(liu, 'line-loaded');
  assert.deepEqual(await liu.axe(), [], 'line-loaded');
  // The next reel is spliced to its end, and taken off again.
  await liu.wedge(reels[1].text);
  await page.getByRole('button', { name: 'Splice it on' }).click();
  await page.getByText('Loaded and signed').first().waitFor();
  await page.getByRole('button', { name: 'Unload' }).click();
  await page.getByText('Unloaded and signed').first().waitFor();
  await page.getByText('Empty: A1-04, A1-05').first().waitFor();
  // What another station loads is seen here without asking.
  const lin = person(await Person.open(browser, ems));
  await lin.set_up(ems.invite('lin', 'Lin Line', 'line'));
  await lin.page.getByRole('button', { name: 'Open: WO-20260402-7' }).click();
  await lin.page.getByRole('button', { name: /^A1-05/ }).click();
  await lin.wedge(wrong.text);
  await lin.page.getByRole('button', { name: 'Load it' }).click();
  await lin.page.getByText('Loaded and signed').first().waitFor();
  await page.locator('.slot.loaded', { hasText: 'A1-05' }).waitFor();
  // A dry pack that is opened, put back and baked.
  await page.getByRole('button', { name: /^A1-04/ }).click();
  await liu.wedge(wet.text);
  await page.getByText('It fits the slot').first().waitFor();
  await page.getByRole('button', { name: 'Opened' }).click();
  await page.getByText('Floor life used: 0.0 of 168 hours').waitFor();
  await page.getByText('Recorded').waitFor();
  await page.getByRole('button', { name: 'Baked' }).click();
  await page.getByText('in dry storage').waitFor();
  await page.getByRole('button', { name: 'Load it' }).click();
  await page.getByText('Every slot is loaded').waitFor();
  await shoot(liu, 'line-complete');
  assert.deepEqual(await liu.axe(), [], 'line-complete');
  // What quality blocks meanwhile is no good slot any more.
  ems.run(['quarantine', '--reason', 'odd', ems.file_of(wrong)]);
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByText('Not ACCEPT any more: A1-05').waitFor();
  await page.locator('.slot.reject', { hasText: 'A1-05' }).getByText('It is in quarantine').waitFor();
  assert.equal(await page.getByText('Every slot is loaded').count(), 0);
  await page.getByRole('button', { name: /^A1-05/ }).click();
  await page.getByRole('heading', { name: 'A1-05: REJECT' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Empty the slot' }).count(), 0);
  await shoot(liu, 'line-bad');
  assert.deepEqual(await liu.axe(), [], 'line-bad');
  // A job with reels is not removed, and what is used up can be taken off without a scan.
  await page.getByRole('button', { name: 'All jobs' }).click();
  await page.getByRole('button', { name: 'Remove: WO-20260402-7' }).click();
  await page.getByRole('button', { name: 'Yes, go on' }).click();
  await page.getByText('The job WO-20260402-7 still holds reels').waitFor();
  await page.getByText('unload each slot').waitFor();
  ems.run(['release', '--reason', 'fine', ems.file_of(wrong)]);
  ems.run(['deplete', '--yes', ems.file_of(wrong)]);
  await page.getByRole('button', { name: 'Open: WO-20260402-7' }).click();
  await page.getByRole('button', { name: /^A1-05/ }).click();
  await page.getByRole('button', { name: 'Empty the slot' }).click();
  await page.getByText('Empty: A1-05').first().waitFor();
  assert.deepEqual(await liu.stored(), []);
}
