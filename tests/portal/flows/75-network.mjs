// The network drops, and is slow: what was entered stays, is said to wait, and goes on by itself.
import { Person } from '../browser.mjs';

async function dropped({ maker, ems, browser, person, shoot, assert }) {
  const [label] = maker.issue(1);
  maker.ship([label], 'ems.example');
  await ems.knows(label, 2);
  const ole = person(await Person.open(browser, ems));
  const { page, context } = ole;
  await ole.set_up(ems.invite('ole', 'Ole Offline', 'warehouse'));
  await context.setOffline(true);
  await page.getByText('can’t be reached').first().waitFor();
  // All pages are there, though none of them was opened before; what is entered on one is kept on the way through the others.
  await ole.go('/ship');
  await page.getByRole('textbox', { name: 'To (organisation)' }).fill('maker.example');
  await page.getByRole('textbox', { name: 'Invoice' }).fill('R-77');
  await ole.go('/account');
  await ole.go('/receive');
  await ole.wedge(label.text);
  await page.getByText('Waiting to be sent: 1').first().waitFor();
  assert.deepEqual(await ole.axe(), [], 'offline');
  // Parts that are fetched when they are needed come once the network is back.
  await page.getByRole('button', { name: 'Camera' }).click();
  await shoot(ole, 'offline', { all: false });
  await context.setOffline(false);
  await page.getByRole('dialog').getByText('Read so far').first().waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  assert.equal(await ole.verdict(), 'ACCEPT');
  await ole.go('/ship');
  assert.equal(await page.getByRole('textbox', { name: 'To (organisation)' }).inputValue(), 'maker.example');
  assert.equal(await page.getByRole('textbox', { name: 'Invoice' }).inputValue(), 'R-77');
  // The answer is lost after the node has recorded it: asked again under the same key, it is recorded once.
  await ole.go('/receive');
  let lost = 0;
  await page.route('**/v1/receive', async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch();
    return route.abort('connectionreset');
  });
  await page.getByRole('button', { name: 'Receive it' }).click();
  await page.getByText('Received and signed').first().waitFor();
  assert.equal(lost, 2);
  assert.equal(JSON.parse(ems.run(['trace', ems.file_of(label)])).events.filter((one) => one.what === 'receive').length, 1);
}

// 15 kB a second and half a second each way.
async function slow({ maker, ems, browser, person, assert }) {
  const [label] = maker.issue(1);
  maker.ship([label], 'ems.example');
  await ems.knows(label, 2);
  const sly = person(await Person.open(browser, ems));
  const { page } = sly;
  await sly.set_up(ems.invite('sly', 'Sly Slow', 'warehouse'));
  await sly.cdp.send('Network.enable');
  await sly.cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 500, downloadThroughput: 15_000, uploadThroughput: 15_000 });
  await page.reload();
  await page.locator('.scan-bar').waitFor();
  await sly.wedge(label.text);
  await page.getByText('Checking').first().waitFor();
  assert.equal(await sly.verdict(), 'ACCEPT');
}

export default async function network(world) {
  await dropped(world);
  await slow(world);
}
