// The camera in the page: a film of a label, a choice of lenses, the light, and none at all.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch, Person } from '../browser.mjs';

// A label's picture as a camera's film: Chromium makes the JPEG, ten times in a row is a film.
async function film(page, png, file) {
  const base64 = await page.evaluate(async (bytes) => {
    const picture = await createImageBitmap(new Blob([Uint8Array.from(bytes)], { type: 'image/png' }));
    const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
    const context = canvas.getContext('2d');
    context.fillStyle = '#888';
    context.fillRect(0, 0, 1280, 720);
    const scale = Math.min(1200 / picture.width, 680 / picture.height);
    context.drawImage(picture, 40, 20, picture.width * scale, picture.height * scale);
    return canvas.toDataURL('image/jpeg', 0.95).split(',')[1];
  }, [...png]);
  writeFileSync(file, Buffer.concat(Array(10).fill(Buffer.from(base64, 'base64'))));
}

// Chromium's fake cameras have no light: one is put on them, which notes what it is told.
function give_light() {
  const tracks = MediaStreamTrack.prototype;
  const capabilities = tracks.getCapabilities;
  tracks.getCapabilities = function () {
    return { ...capabilities.call(this), torch: true };
  };
  window.lights = [];
  tracks.applyConstraints = async (wanted) => {
    window.lights.push(wanted.advanced[0].torch);
  };
}

const camera_in_use = (page) => page.locator('video').evaluate((video) => video.srcObject?.getVideoTracks()[0].getSettings().deviceId);

async function lenses({ ems, browser, person, shoot, assert, eventually }) {
  const lena = person(await Person.open(browser, ems));
  const { page } = lena;
  await page.addInitScript(give_light);
  await lena.set_up(ems.invite('lena', 'Lena Lens', 'warehouse'));
  await page.getByRole('button', { name: 'Camera' }).click();
  await page.getByText('Read so far: 0').first().waitFor();
  await shoot(lena, 'receive-camera', { all: false });
  assert.deepEqual(await lena.axe(), [], 'receive-camera');
  const lens = page.getByRole('dialog').getByLabel('Lens');
  const choices = await lens.locator('option').evaluateAll((all) => all.map((one) => one.value));
  assert.ok(choices.length >= 2, choices.join(' '));
  for (const choice of choices.filter((one) => one !== '')) {
    await lens.selectOption(choice);
    await eventually(`the picture of ${choice}`, async () => (await camera_in_use(page)) === choice);
  }
  // One light after the other, and dark again with another lens.
  await page.getByRole('dialog').getByLabel('Light').check();
  await page.getByRole('dialog').getByLabel('Light').uncheck();
  assert.deepEqual(await page.evaluate(() => window.lights), [true, false]);
  await page.getByRole('dialog').getByLabel('Light').check();
  await lens.selectOption(choices.find((one) => one !== ''));
  await eventually('the light off', async () => !(await page.getByRole('dialog').getByLabel('Light').isChecked()));
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  // No camera goes on behind a closed dialog.
  assert.equal(await page.locator('video').count(), 0);
}

// Somebody who refuses the camera is told what to do instead.
async function refused({ ems, browser, person, assert }) {
  const nora = person(await Person.open(browser, ems));
  const { page } = nora;
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await nora.set_up(ems.invite('nora', 'Nora', 'warehouse'));
  await page.getByRole('button', { name: 'Camera' }).click();
  await page.getByText('No camera can be used').first().waitFor();
  assert.deepEqual(await nora.axe(), [], 'no camera');
}

async function filmed({ maker, ems, browser, folder, person, assert }) {
  const [label] = maker.issue(1);
  maker.ship([label], 'ems.example');
  await ems.knows(label, 2);
  const making = person(await Person.open(browser, ems));
  const reel = join(folder, 'label.mjpeg');
  await making.page.goto('/');
  await film(making.page, readFileSync(label.png), reel);
  const filming = await launch(`--use-file-for-fake-video-capture=${reel}`);
  try {
    const carl = person(await Person.open(filming, ems));
    await carl.set_up(ems.invite('carl', 'Carl Camera', 'warehouse'));
    await carl.page.getByRole('button', { name: 'Camera' }).click();
    assert.equal(await carl.verdict(), 'ACCEPT');
    await carl.page.getByRole('button', { name: 'Receive it' }).click();
    await carl.page.getByText('Received and signed').first().waitFor();
    assert.deepEqual(carl.wrongs, []);
  } finally {
    await filming.close();
  }
}

export default async function camera(world) {
  await lenses(world);
  await refused(world);
  await filmed(world);
}
