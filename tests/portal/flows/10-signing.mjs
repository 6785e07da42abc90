// Set-up by link, sign-out, sign-in with a code, a session that is lost under somebody's hands, a new password.
import { Person } from '../browser.mjs';
import { totp } from '../totp.mjs';

export default async function signing({ ems, browser, person, shoot, assert, eventually }) {
  const link = ems.invite('wanda', 'Wanda Warehouse', 'warehouse');
  const wanda = person(await Person.open(browser, ems));
  const { page } = wanda;
  await wanda.set_up(link, {
    shoot: async (name) => {
      await shoot(wanda, name);
      assert.deepEqual(await wanda.axe(), [], name);
      assert.equal(new URL(page.url()).hash, '', 'the secret is still in the address');
    },
  });
  assert.equal(new URL(page.url()).pathname, '/receive');
  assert.equal(wanda.codes.length, 10);
  // Her pages and no others.
  assert.deepEqual(await page.locator('nav a').evaluateAll((all) => all.map((one) => one.getAttribute('href'))),
                   ['/receive', '/overview', '/ship', '/vault', '/boms', '/account']);
  await page.goto('/users');
  assert.match(await page.locator('h1').textContent(), /don’t open this page/);
  // The link holds once.
  const thief = person(await Person.open(browser, ems));
  await thief.page.goto(link);
  await thief.page.getByRole('alert').first().waitFor();
  assert.equal(await thief.page.locator('input').count(), 0);

  await page.goto('/account');
  await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await shoot(wanda, 'sign-in');
  assert.deepEqual(await wanda.axe(), [], 'sign-in');
  // A wrong password, and the right one without a code.
  await page.getByLabel('User').fill('wanda');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('That is not right').first().waitFor();
  await page.getByLabel('Password').fill(wanda.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Code').waitFor();
  await shoot(wanda, 'sign-in-code', { all: false });
  assert.deepEqual(await wanda.axe(), [], 'sign-in-code');
  await page.getByLabel('Code').fill(wanda.codes.pop());
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('nav').waitFor();

  // The session ends under her hands: what she entered stays, and goes on once she has signed in again.
  await page.goto('/ship');
  await page.getByRole('textbox', { name: 'To (organisation)' }).fill('maker.example');
  await wanda.context.clearCookies();
  const [label] = ems.issue(1);
  await wanda.wedge(label.text);
  await page.getByRole('button', { name: 'Sign and ship' }).click();
  await page.getByText('Sign in again').first().waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.type), 'password');
  await shoot(wanda, 'sign-in-again', { all: false });
  assert.deepEqual(await wanda.axe(), [], 'sign-in-again');
  await wanda.sign_in();
  assert.equal(await page.getByRole('textbox', { name: 'To (organisation)' }).inputValue(), 'maker.example');
  await page.getByText('Shipped and signed to maker.example: 1').first().waitFor();

  // New codes and a new password.
  await wanda.go('/account');
  await shoot(wanda, 'account');
  assert.deepEqual(await wanda.axe(), [], 'account');
  const change = page.locator('form', { hasText: 'Change the password' });
  const fresh = 'six quiet reels, and a drum';
  await change.getByLabel('Password now').fill(wanda.password);
  await change.getByLabel('New password').fill(fresh);
  await change.getByLabel('Code').fill(wanda.codes.pop());
  await change.getByRole('button').click();
  await page.getByText('The password is changed').first().waitFor();
  const codes = page.locator('form', { hasText: 'New recovery codes' });
  await codes.getByLabel('Password').fill(fresh);
  await codes.getByLabel('Code').fill(wanda.codes.pop());
  await codes.getByRole('button').click();
  await page.locator('.codes li code').first().waitFor();
  assert.equal(await page.locator('.codes li code').count(), 10);
  assert.deepEqual(await wanda.stored(), []);
}
