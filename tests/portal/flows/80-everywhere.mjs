// What holds for all pages: both languages, keyboard alone, headers, bytes and requests of the first pages.
import { Person, PHONE } from '../browser.mjs';

const PAGES = {
  warehouse: ['/receive', '/ship', '/overview', '/account'], line: ['/line'], quality: ['/trace', '/overview', '/vault', '/boms', '/changes', '/incidents', '/reviews', '/exits', '/production'], supplier: ['/ship'],
  auditor: ['/audit'], administrator: ['/users', '/tokens', '/partners', '/node'],
};
const MOST_BYTES = 300_000;
const MOST_REQUESTS = 12;

// Chinese by the browser's language, and switched.
async function languages({ ems, browser, person, shoot, assert }) {
  for (const [role, paths] of Object.entries(PAGES)) {
    const wei = person(await Person.open(browser, ems, { language: 'zh-CN', viewport: PHONE }));
    await wei.set_up(ems.invite(`wei-${role}`, '魏', role));
    assert.equal(await wei.page.locator('html').getAttribute('lang'), 'zh-Hans');
    for (const path of paths) {
      await wei.go(path);
      await wei.quiet();
      await shoot(wei, `zh-${path.slice(1)}`, { all: false });
      assert.deepEqual(await wei.axe(), [], `zh ${path}`);
      // Nothing is left in English, but names, code and what the node says itself.
      const english = await wei.page.locator('main h1, main h2, main label, main legend, main button, nav a').allTextContents();
      for (const text of english) assert.match(text, /\p{Script=Han}|English|^(read|write|admin|metrics|peer|warehouse|line|quality|supplier|auditor|administrator|ems\.example|maker\.example)/u, `${path}: ${text}`);
    }
    await wei.page.getByRole('button', { name: 'English' }).first().click();
    await wei.page.waitForFunction(() => document.documentElement.lang === 'en');
    assert.doesNotMatch(await wei.page.locator('main h1').textContent(), /\p{Script=Han}/u);
    assert.deepEqual(await wei.stored(), ['reelproof.language']);
  }
}

// From the first key to a verdict and a receipt without a pointer.
async function keyboard({ maker, ems, browser, person, assert }) {
  const [reel] = maker.issue(1);
  maker.ship([reel], 'ems.example');
  await ems.knows(reel, 2);
  const kim = person(await Person.open(browser, ems));
  const { page } = kim;
  await kim.set_up(ems.invite('kim', 'Kim', 'warehouse'));
  await page.reload();
  await page.locator('.scan-bar').waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'page');
  const reach = async (name) => {
    for (let i = 0; i < 40; i += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent);
      if (focused.trim() === name) return;
    }
    throw new Error(`${name} can't be reached by keyboard`);
  };
  await reach('Type it in');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Type it in');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.insertText(reel.text.replaceAll('\x1d', '{GS}').replaceAll('\x1e', '{RS}').replaceAll('\x04', '{EOT}'));
  await page.keyboard.press('Tab');
  await reach('Check');
  await page.keyboard.press('Enter');
  assert.equal(await kim.verdict(), 'ACCEPT');
  // Said aloud, too.
  await page.locator('.unseen[role=status]', { hasText: 'ACCEPT: NL52840-QIAA-R' }).waitFor();
  await reach('Receive it');
  await page.keyboard.press('Enter');
  await page.getByText('Received and signed').first().waitFor();
}

// Bytes on the wire and requests until a person's first page stands there, with nothing in the cache.
async function budget({ ems, browser, person, assert }) {
  for (const [role, [first]] of Object.entries(PAGES)) {
    const bea = person(await Person.open(browser, ems));
    await bea.set_up(ems.invite(`bea-${role}`, 'Bea', role));
    await bea.cdp.send('Network.enable');
    await bea.cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
    let bytes = 0, requests = 0;
    bea.cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
      requests += 1;
    });
    await bea.page.goto(first);
    await bea.page.locator('main h1').waitFor();
    await bea.quiet();
    console.log(`  ${role}: ${bytes} bytes, ${requests} requests`);
    assert.ok(bytes < MOST_BYTES, `${first} takes ${bytes} bytes`);
    assert.ok(requests <= MOST_REQUESTS, `${first} takes ${requests} requests`);
  }
}

async function headers({ ems, browser, person, assert }) {
  const eve = person(await Person.open(browser, ems));
  for (const path of ['/', '/setup', '/trace']) {
    const answer = await eve.context.request.get(path);
    assert.equal(answer.status(), 200);
    const policy = answer.headers()['content-security-policy'];
    assert.match(policy, /script-src 'self'; style-src 'self'/);
    assert.doesNotMatch(policy, /unsafe/);
    const html = await answer.text();
    assert.doesNotMatch(html, /<style|style=|<script(?![^>]*src=)/);
    const [script] = html.match(/\/assets\/[\w.-]+\.js/);
    const file = await eve.context.request.get(script, { headers: { 'Accept-Encoding': 'gzip' } });
    assert.match(file.headers()['cache-control'], /immutable/);
    assert.equal(file.headers()['content-encoding'], 'gzip');
  }
  assert.equal((await eve.context.request.get('/no-such-page')).status(), 404);
  // A script that got into the page all the same is not run.
  await eve.page.goto('/');
  await eve.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.evil = true';
    document.body.append(script);
  });
  assert.equal(await eve.page.evaluate(() => window.evil), undefined);
  assert.ok(eve.wrongs.splice(0).every((wrong) => /Content Security Policy|inline script/i.test(wrong)));
}

// On a phone every page and the way out are in sight, or behind one button: nothing has to be scrolled to.
async function phone({ ems, browser, person, shoot, assert }) {
  const pia = person(await Person.open(browser, ems, { viewport: PHONE }));
  await pia.set_up(ems.invite('pia', 'Pia Phone', 'warehouse', 'line', 'quality', 'auditor'));
  const nav = pia.page.locator('nav');
  const inSight = async (what) => {
    const box = await what.boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= PHONE.width && box.y + box.height <= PHONE.height, JSON.stringify(box));
  };
  const more = pia.page.getByRole('button', { name: 'More' });
  await inSight(more);
  await more.click();
  for (const what of [nav.getByRole('link', { name: 'Account' }), nav.getByRole('button', { name: 'Sign out' })]) await inSight(what);
  assert.ok(await nav.locator('ul').evaluate((list) => list.scrollWidth <= list.clientWidth && list.scrollHeight <= list.clientHeight));
  await shoot(pia, 'phone-navigation', { all: false });
  assert.deepEqual(await pia.axe(), [], 'phone-navigation');
  await pia.go('/account');
  await more.click();
  await nav.getByRole('button', { name: 'Sign out' }).click();
  await pia.page.getByRole('button', { name: 'Sign in' }).waitFor();
}

export default async function everywhere(world) {
  await phone(world);
  await headers(world);
  await keyboard(world);
  await budget(world);
  await languages(world);
}
