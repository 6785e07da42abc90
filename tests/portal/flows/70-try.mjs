// Somebody who builds on the API: the page that tries it, as a stranger and with a token.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Person } from '../browser.mjs';

export default async function try_the_api({ ems, browser, person, shoot, assert }) {
  const paul = person(await Person.open(browser, ems));
  const { page } = paul;
  await page.goto('/try');
  const operation = (method, path) => page.locator('details')
    .filter({ has: page.locator('.method', { hasText: new RegExp(`^${method}$`) }) })
    .filter({ has: page.locator('.path', { hasText: new RegExp(`^${path}$`) }) });
  const answer = async (one) => {
    await one.getByRole('button', { name: 'Send' }).click();
    const output = one.locator('pre');
    await output.filter({ hasText: /^[0-9]{3} / }).waitFor();
    return output.textContent();
  };
  const ready = operation('GET', '/readyz');
  await ready.locator('summary').click();
  assert.match(await answer(ready), /^200 [^]*"ready": true/);

  await page.getByLabel('Find').fill('/v1/check');
  const check = operation('POST', '/v1/check');
  await check.locator('summary').click();
  assert.equal(await ready.isVisible(), false);
  assert.match(await answer(check), /^401 /);
  await page.getByLabel(/^Token/).fill(readFileSync(join(ems.folder, 'cli.token'), 'utf8').trim());
  const [label] = ems.issue(1);
  await check.locator('textarea').fill(JSON.stringify({ symbols: [label.text], place: 'line' }));
  assert.match(await answer(check), /^200 [^]*"verdict": "/);
  await shoot(paul, 'try');
  assert.deepEqual(await paul.axe(), [], 'try');
  // A label and a token are secrets.
  assert.deepEqual(await paul.stored(), []);
}
