// Labels as handhelds type them, with all that keyboards do to them, by real keys: the fields come out as they were printed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Person } from '../browser.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export default async function wedge({ ems, browser, person, assert }) {
  const file = join(process.env.REELPROOF_DATA ?? fileURLToPath(new URL('../../../../shared', import.meta.url)), 'labels/vectors.jsonl');
  if (!existsSync(file)) {
    console.log('SKIPPED: labels as handhelds type them (no ../shared/labels)');
    return;
  }
  const vectors = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)).filter((one) => one.channel === 'wedge');
  assert.ok(vectors.length > 10);
  const wes = person(await Person.open(browser, ems));
  const { page } = wes;
  await wes.set_up(ems.invite('wes', 'Wes Wedge', 'warehouse'));
  const wrong = [];
  for (const [at, { id, raw, expect }] of vectors.entries()) {
    // With the cursor in a field, where the first keys arrive as text.
    if (at === 1) await page.getByText('Expected shipment').click();
    const answered = page.waitForResponse((answer) => answer.url().endsWith('/v1/read'));
    await wes.wedge(raw);
    const { fields } = await (await answered).json();
    const differs = Object.entries(expect).filter(([name, value]) => String(fields?.[name]) !== String(value));
    if (differs.length > 0) wrong.push(id);
    // What is scanned again within a second is the same scan.
    await pause(50);
  }
  await page.locator('.last li').nth(vectors.length - 1).waitFor();
  assert.equal(await page.locator('.last li').count(), vectors.length);
  // This one is understood by who knows which kind of symbol it was, which no keyboard tells.
  assert.deepEqual(wrong, ['dk-kb-732-tera']);
}
