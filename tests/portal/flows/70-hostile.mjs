// What others put into labels, files and names is text; a session is nobody else's; secrets stay where they belong.
import { Person, SECRETS } from '../browser.mjs';

const SCRIPT = '<img src=x onerror=alert(1)><svg onload=alert(2)>';
const FORMULA = '=HYPERLINK("x.example","here")';

// As a spreadsheet reads it (RFC 4180).
function cells_of(csv) {
  return [...csv.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(?:,|\r\n|$)/g)].map(([, cell]) => cell.replace(/^"|"$/g, '').replaceAll('""', '"'));
}

async function lists({ ems, browser, person, assert }) {
  const lea = person(await Person.open(browser, ems));
  const { page } = lea;
  await lea.set_up(ems.invite('lea', SCRIPT, 'line', 'warehouse', 'auditor'));
  await lea.go('/line');
  await page.getByRole('textbox', { name: 'Job' }).fill(FORMULA);
  await page.getByRole('textbox', { name: 'Product' }).fill(SCRIPT);
  await page.getByRole('textbox', { name: 'Set-up list' }).fill(`position,mpn\n"${SCRIPT}","${FORMULA.replaceAll('"', '""')}"\n`);
  await page.getByRole('button', { name: 'Make the job' }).click();
  await page.locator('td', { hasText: SCRIPT }).waitFor();
  await page.getByRole('button', { name: `Open: ${FORMULA}` }).click();
  await page.locator('.slot strong', { hasText: SCRIPT }).waitFor();
  await lea.go('/receive');
  await page.getByText('Expected shipment').click();
  await page.getByLabel('Paste the list').fill(`mpn,lot\n"${SCRIPT}","${FORMULA.replaceAll('"', '""')}"\n`);
  await page.getByRole('button', { name: 'Take this list' }).click();
  await page.locator('.ticks li', { hasText: SCRIPT }).waitFor();
  assert.equal(await page.locator('main img, main script, main svg[onload]').count(), 0);
  // What was asked about it is no formula in a spreadsheet.
  await lea.go('/audit');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export as CSV' }).click()]);
  let csv = '';
  for await (const part of await file.createReadStream()) csv += part;
  assert.ok(csv.includes('HYPERLINK'));
  assert.deepEqual(cells_of(csv).filter((cell) => /^[=+\-@\t]/.test(cell)), []);
}

// A session that somebody else put into the browser is not taken over by who signs in, and an old one is of no use.
async function sessions({ ems, browser, person, assert }) {
  const fay = person(await Person.open(browser, ems));
  const { page, context } = fay;
  const planted = 'f'.repeat(64);
  await context.addCookies([{ name: '__Host-reelproof', value: planted, url: ems.url, secure: true, httpOnly: true, sameSite: 'Strict' }]);
  await fay.set_up(ems.invite('fay', 'Fay', 'warehouse'));
  const { reelproof: first } = await fay.cookies();
  assert.notEqual(first.value, planted);
  assert.ok(first.secure && first.httpOnly && first.sameSite === 'Strict' && first.path === '/');
  SECRETS.add(first.value);
  const signed_in = async (value) => {
    const stranger = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: ems.url });
    await stranger.addCookies([{ ...first, value }]);
    const { status } = await stranger.request.get('/v1/session').then((answer) => ({ status: answer.status() }));
    await stranger.close();
    return status === 200;
  };
  assert.equal(await signed_in(first.value), true);
  assert.equal(await signed_in(planted), false);
  await fay.go('/account');
  await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.equal(await signed_in(first.value), false);
  await fay.sign_in('fay');
  await page.locator('nav').waitFor();
  const { reelproof: second } = await fay.cookies();
  assert.notEqual(second.value, first.value);
  SECRETS.add(second.value);
  // The cookie alone changes nothing.
  const forged = await context.request.post('/v1/check', { data: { symbols: 'Q5' } });
  assert.equal(forged.status(), 403);
}

export default async function hostile(world) {
  await lists(world);
  await sessions(world);
}
