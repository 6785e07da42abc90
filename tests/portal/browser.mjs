// Chromium as a person uses it: signing in, scanning with a handheld, looking. Whatever a page logs as an error, asks
// of another host, or stores beyond its preferences is a failure.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { PATIENCE, within } from './site.mjs';
import { totp } from './totp.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const PHONE = { width: 390, height: 844 };
const TABLET = { width: 820, height: 1180 };
export const DESKTOP = { width: 1366, height: 900 };

// What may stand in no log, no address and no storage; kept here as people and labels come to be.
export const SECRETS = new Set();

export function launch(...more) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=device-count=2',
           '--autoplay-policy=no-user-gesture-required', ...more],
  });
}

export class Person {
  // A browser of its own: cookies, storage, language.
  static async open(browser, site, { language = 'en-GB', viewport = DESKTOP, scheme = 'light' } = {}) {
    const person = new Person();
    const context = await browser.newContext({
      ignoreHTTPSErrors: true, baseURL: site.url, locale: language, viewport, colorScheme: scheme, reducedMotion: 'reduce', serviceWorkers: 'block',
      permissions: ['camera', 'clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(PATIENCE / 2);
    const page = await context.newPage();
    Object.assign(person, { site, context, page, wrongs: [], expected: [], requests: [] });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') person.wrong(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => person.wrong(`page: ${error.message}`));
    page.on('dialog', (dialog) => {
      person.wrong(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    person.open = new Set();
    for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => person.open.delete(request));
    page.on('request', (request) => {
      person.requests.push(request.url());
      // A stream of live updates never ends.
      if (!request.url().endsWith('/v1/live')) person.open.add(request);
      if (!request.url().startsWith(site.url) && !request.url().startsWith('blob:')) person.wrong(`asks ${request.url()}`);
    });
    person.cdp = await context.newCDPSession(page);
    return person;
  }
  // Answers that are told as errors in the console and belong to what the test does.
  wrong(what) {
    if (/the server responded with a status of (401|404|409|415|422|400|429|503)|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_RESET/.test(what)) return;
    this.wrongs.push(what);
  }
  // Opens the set-up link, chooses a password, enrols the app; ends on the first page.
  async set_up(link, { shoot } = {}) {
    const { page } = this;
    this.password = `five quiet reels for ${Math.random()}`;
    await page.goto(link);
    await page.locator('input[type=password]').first().fill(this.password);
    if (shoot) await shoot('setup-password');
    await page.locator('input[type=password]').nth(1).fill(this.password);
    await page.locator('button[type=submit]').click();
    this.secret = (await page.locator('code.secret').textContent()).trim();
    if (shoot) await shoot('setup-app');
    await page.locator('input.code').fill(totp(this.secret));
    await page.locator('button[type=submit]').click();
    await page.locator('.codes li code').first().waitFor();
    this.codes = await page.locator('.codes li code').allTextContents();
    for (const secret of [new URL(link).hash.slice(1), this.password, this.secret, ...this.codes]) SECRETS.add(secret);
    if (shoot) await shoot('setup-codes');
    await page.locator('.codes input[type=checkbox]').check();
    await page.locator('.codes button.primary').click();
    await page.locator('main h1').waitFor();
  }
  // Password, then a recovery code, which holds once: the app's code may have been used in this half minute.
  async sign_in(user) {
    const { page } = this;
    const submit = () => page.locator('dialog[open] button[type=submit], .gate button[type=submit]').click();
    if (user) await page.getByLabel('User').fill(user);
    await page.locator('input[type=password]').fill(this.password);
    await submit();
    await page.locator('input.code').fill(this.codes.pop());
    await submit();
    await page.locator('input.code').waitFor({ state: 'detached' });
  }
  async go(path) {
    const link = this.page.locator(`nav a[href="${path}"]`);
    if (!await link.isVisible()) await this.page.locator('nav .more button').click();
    await link.click();
    await this.page.locator(`nav a[href="${path}"][aria-current=page]`).waitFor({ state: 'attached' });
    await this.page.locator('main h1').waitFor();
  }
  // Types as a handheld does: without a pause, control characters as Ctrl+key, Enter at the end.
  async wedge(text, { enter = true } = {}) {
    const sent = [];
    const key = (type, more) => sent.push(this.cdp.send('Input.dispatchKeyEvent', { type, ...more }));
    const controls = { '\x1d': [']', 'BracketRight'], '\x1e': ['^', 'Digit6'], '\x04': ['d', 'KeyD'] };
    const press = () => {
      key('keyDown', { key: 'Enter', code: 'Enter', text: '\r', windowsVirtualKeyCode: 13 });
      key('keyUp', { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 });
    };
    for (const c of text) {
      if (c === '\r') {
        press();
        continue;
      }
      if (controls[c]) {
        const [name, code] = controls[c];
        key('rawKeyDown', { key: name, code, modifiers: 2, windowsVirtualKeyCode: name.toUpperCase().charCodeAt(0) });
        key('keyUp', { key: name, code, modifiers: 2 });
        continue;
      }
      key('keyDown', { key: c, text: c, unmodifiedText: c });
      key('keyUp', { key: c });
    }
    if (enter) press();
    await within('typing', Promise.all(sent));
  }
  // Nothing is asked of the node any more.
  async quiet() {
    const end = Date.now() + PATIENCE;
    for (let calm = 0; calm < 4; calm = this.open.size === 0 ? calm + 1 : 0) {
      if (Date.now() > end) throw new Error(`no answer to ${[...this.open].map((request) => request.url()).join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, 75));
    }
  }
  async verdict() {
    const shown = this.page.locator('.verdict[data-verdict]');
    await shown.waitFor();
    return shown.getAttribute('data-verdict');
  }
  // What axe-core finds wrong, light and dark, by the rules of WCAG 2.2 A and AA and its best practices.
  async axe() {
    // By the debugger, since the page's content security policy lets in no script of others.
    await within('loading axe', this.cdp.send('Runtime.evaluate', { expression: AXE }));
    const wrong = [];
    for (const colorScheme of ['dark', 'light']) {
      await this.page.emulateMedia({ colorScheme });
      const { result } = await within('axe', this.cdp.send('Runtime.evaluate', {
        expression: `axe.run(document, { resultTypes: ['violations'] }).then((found) => JSON.stringify(found.violations.map(
          (one) => one.id + ': ' + one.help + ' ' + one.nodes.map((node) => node.target.join(' ')).join(', '))))`,
        awaitPromise: true, returnByValue: true,
      }));
      wrong.push(...JSON.parse(result.value).map((one) => `${colorScheme}: ${one}`));
    }
    return wrong;
  }
  // The cookies that this node gave, by what comes behind __Host-.
  async cookies() {
    return Object.fromEntries((await this.context.cookies()).map((one) => [one.name.replace('__Host-', ''), one]));
  }
  // Keys of the browser's storage: nothing but preferences may be there.
  stored() {
    return this.page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
  }
  async close() {
    await this.context.close();
  }
}

export function shooter(folder) {
  mkdirSync(folder, { recursive: true });
  // The page as it is on a desktop, a tablet and a phone, light and dark.
  return async (person, name, { all = true } = {}) => {
    const { page } = person;
    const before = page.viewportSize();
    for (const [size, viewport] of [['desktop', DESKTOP], ['tablet', TABLET], ['phone', PHONE]]) {
      await page.setViewportSize(viewport);
      for (const colorScheme of all && size !== 'tablet' ? ['light', 'dark'] : ['light']) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), fullPage: true, timeout: 120_000 });
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wider > 0) person.wrong(`${name} on a ${size} is ${wider} px wider than the window`);
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(before);
  };
}
