// Goods-in: by handheld and by photograph; HOLD and REJECT; undo; an expected shipment; continuous mode;
// hostile labels; offline and back.
import { Person } from '../browser.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export default async function receive({ maker, ems, browser, person, shoot, assert }) {
  const labels = maker.issue(7);
  maker.ship(labels, 'ems.example');
  const [wedged, photographed, undone, automatic, halved, offline, torn] = labels;
  const rita = person(await Person.open(browser, ems));
  const { page } = rita;
  await rita.set_up(ems.invite('rita', 'Rita Receiver', 'warehouse'));
  // The verdict of this scan, not of the one before.
  const scan = async (text) => {
    const before = await page.locator('.last li').count();
    await rita.wedge(text);
    await page.locator('.last li').nth(before).waitFor();
    return rita.verdict();
  };
  await shoot(rita, 'receive-empty');
  assert.deepEqual(await rita.axe(), [], 'receive-empty');
  for (const label of labels) await ems.knows(label, 2);

  // Undo: nothing was signed.
  assert.equal(await scan(undone.text), 'ACCEPT');
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByText('Nothing scanned yet').first().waitFor();
  assert.equal(await page.locator('.last li').count(), 0);

  // An expected shipment: two reels of this part, one of another.
  await page.getByText('Expected shipment').click();
  await page.getByLabel('Paste the list').fill('mpn;reels\nNL52840-QIAA-R;2\nNL9160-SICA-B1A-R;1\nX;none\n');
  await page.getByRole('button', { name: 'Take this list' }).click();
  await page.getByText('Line 4: “reels” must be a number from 1').first().waitFor();
  await page.getByLabel('Paste the list').fill('mpn;reels\nNL52840-QIAA-R;2\nNL9160-SICA-B1A-R;1\n');
  await page.getByRole('button', { name: 'Take this list' }).click();

  // By handheld, with the focus on a button.
  await page.getByRole('button', { name: 'Camera' }).focus();
  assert.equal(await scan(wedged.text), 'ACCEPT');
  await page.getByText('symbol 1').first().waitFor();
  await shoot(rita, 'receive-accept');
  assert.deepEqual(await rita.axe(), [], 'receive-accept');
  await page.getByRole('button', { name: 'Receive it' }).click();
  await page.getByText('Received and signed').first().waitFor();
  await page.getByText('1 of 3 reels').first().waitFor();

  // The same label twice without a pause is one scan; a message in two halves is one, too.
  await rita.wedge(halved.text + halved.text);
  await page.getByText('The same label was scanned twice').first().waitFor();
  assert.equal(await page.locator('.last li').count(), 2);
  await page.getByRole('button', { name: 'Discard' }).click();
  await pause(1100);  // what is scanned again within a second is the same scan
  await rita.wedge(halved.text.slice(0, 30), { enter: false });
  await pause(300);
  await rita.wedge(halved.text.slice(30));
  await page.getByText('Two halves of one scan').first().waitFor();
  assert.equal(await rita.verdict(), 'ACCEPT');
  await page.getByText('2 of 3 reels').first().waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();

  // By photograph.
  const photograph = async () => {
    const before = await page.locator('.last li').count();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Photo' }).click(),
    ]);
    await chooser.setFiles(photographed.png);
    await page.locator('.last li').nth(before).waitFor();
  };
  await photograph();
  assert.equal(await rita.verdict(), 'ACCEPT');
  await page.getByText('symbol 1 (DataMatrix)').first().waitFor();
  await page.getByRole('button', { name: 'Receive it' }).click();
  await page.getByText('Received and signed').first().waitFor();
  await page.getByText('2 of 3 reels').first().waitFor();

  // A label that nobody knows: HOLD, and only quality takes it in despite that.
  const [unknown] = maker.issue(1, { commission: false, lot: 'NOBODY' });
  assert.equal(await scan(unknown.text), 'HOLD');
  await page.getByText('Surplus: not on the list').first().waitFor();
  await shoot(rita, 'receive-hold');
  assert.deepEqual(await rita.axe(), [], 'receive-hold');
  await page.getByText('Only quality can take it in despite HOLD').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Receive it' }).count(), 0);
  await page.getByRole('button', { name: 'Discard' }).click();

  // A maker's own label names a lot: the goods get a label of ours.
  const makers = unknown.text.replace(/\x1d25S[^\x1d\x1e]*/, '').replace('NOBODY', '7AB777');
  assert.equal(await scan(makers), 'HOLD');
  await page.getByText('This label names a lot').first().waitFor();
  await page.getByRole('textbox', { name: 'Reason' }).fill('delivery note seen');
  await page.getByLabel('For', { exact: true }).selectOption('zpl');
  await shoot(rita, 'receive-lot');
  assert.deepEqual(await rita.axe(), [], 'receive-lot');
  const [printed] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('button', { name: 'Print our label and take it in' }).click(),
  ]);
  assert.match(printed.suggestedFilename(), /\.zpl$/);
  await page.getByText('Received and signed').first().waitFor();

  // An altered label: REJECT, and no way to take it in, not by "correcting" it either.
  const altered = halved.text.replace('1T7AB123', '1T9ZZ999');
  assert.equal(await scan(altered), 'REJECT');
  await shoot(rita, 'receive-reject');
  assert.deepEqual(await rita.axe(), [], 'receive-reject');
  assert.equal(await page.getByRole('button', { name: 'Receive it' }).count(), 0);
  const typed = async (name, text) => {
    await page.getByRole('button', { name: `Correct: ${name}` }).click();
    await page.getByRole('dialog').getByLabel(name).fill(text);
    await page.getByRole('dialog').getByRole('button', { name: 'Check' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };
  await typed('Lot', '7AB123');
  await page.getByText('a person says lot 7AB123, the label says 9ZZ999').first().waitFor();
  await page.locator('.label-fields li', { hasText: 'Lot' }).getByText('a person says 7AB123').waitFor();
  await page.locator('.label-fields li', { hasText: 'Lot' }).getByText('9ZZ999').waitFor();
  assert.equal(await rita.verdict(), 'REJECT');
  await shoot(rita, 'receive-typed');
  assert.deepEqual(await rita.axe(), [], 'receive-typed');
  assert.equal(await page.getByRole('button', { name: 'Receive it' }).count(), 0);
  await page.getByRole('button', { name: 'Discard' }).click();

  // A good label is held by what contradicts it, until that is taken back.
  await pause(1100);
  assert.equal(await scan(halved.text), 'ACCEPT');
  await typed('Lot', '7AB300');
  await page.locator('[data-verdict=HOLD]').waitFor();
  await page.getByRole('button', { name: 'Correct: Lot' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'As the label says' }).click();
  await page.locator('[data-verdict=ACCEPT]').waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();

  // What no symbol says is added by hand, and recorded as such; of a photograph, too.
  assert.equal(await scan(torn.text.replace(/\x1dQ[^\x1d\x1e]*/, '')), 'ACCEPT');
  await page.getByRole('button', { name: 'Add what is missing' }).click();
  await page.getByLabel('Which field').selectOption({ label: 'Quantity' });
  await page.getByRole('dialog').getByLabel('Quantity').fill('three');
  await page.getByRole('dialog').getByRole('button', { name: 'Check' }).click();
  await page.getByRole('dialog').getByText('typed.quantity is not a whole number').waitFor();
  await page.getByRole('dialog').getByLabel('Quantity').fill('3000');
  await page.getByRole('dialog').getByRole('button', { name: 'Check' }).click();
  await page.getByText('quantity 3000 was typed by hand; the label does not say it').first().waitFor();
  await page.locator('.last li').first().getByText(`Lot 7AB123 · Quantity 3,000 · …${torn.item.slice(-4)}`).waitFor();
  await page.getByRole('button', { name: 'Receive it' }).click();
  await page.getByText('Received and signed').first().waitFor();
  await photograph();
  assert.equal(await rita.verdict(), 'HOLD');  // it is here already
  await typed('Lot', '7AB300');
  await page.getByText('a person says lot 7AB300, the label says 7AB123').first().waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();

  // A label that nothing can read is entered as it is printed.
  await page.getByRole('button', { name: 'Type it in' }).click();
  await page.getByText('Enter what is printed').click();
  await page.getByRole('dialog').getByLabel('Part number (MPN)').fill('NL52840-QIAA-R');
  await page.getByRole('dialog').getByLabel('Lot').fill('7AB123');
  await shoot(rita, 'receive-type', { all: false });
  assert.deepEqual(await rita.axe(), [], 'receive-type');
  const [asked] = await Promise.all([
    page.waitForRequest((request) => request.url().endsWith('/v1/check')),
    page.getByRole('dialog').getByRole('button', { name: 'Check' }).click(),
  ]);
  const { symbols, typed: byHand } = asked.postDataJSON();
  assert.equal(symbols, undefined);
  assert.deepEqual(byHand, { mpn: 'NL52840-QIAA-R', lot: '7AB123' });
  assert.equal(await rita.verdict(), 'HOLD');
  await page.getByText('lot 7AB123 was typed by hand, and nothing that was read names the item').first().waitFor();
  await page.locator('.label-fields li', { hasText: 'Lot' }).getByText('typed by hand').waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();

  // A hostile label is text and nothing else.
  const hostile = '<img src=x onerror=alert(1)>"\'><script>alert(2)</script>';
  await page.getByRole('button', { name: 'Type it in' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill(`[)>{RS}06{GS}1P${hostile}{GS}Q5{GS}1T=HYPERLINK(1){RS}{EOT}`);
  await page.getByRole('dialog').getByRole('button', { name: 'Check' }).click();
  await rita.verdict();
  await page.locator('.field-value', { hasText: '<img src=x' }).waitFor();
  assert.equal(await page.locator('main img, main script').count(), 0);
  await page.getByRole('button', { name: 'Discard' }).click();

  // Offline: what is scanned waits, says so, and goes on by itself.
  await rita.context.setOffline(true);
  await rita.wedge(offline.text);
  await page.getByText('Waiting to be sent').first().waitFor();
  await shoot(rita, 'receive-offline', { all: false });
  await rita.context.setOffline(false);
  assert.equal(await rita.verdict(), 'ACCEPT');
  await page.getByText('can’t be reached').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Discard' }).click();

  // Continuous: it is taken in by itself, after a moment in which it can be undone.
  await page.getByLabel('Continuous').check();
  await rita.wedge(automatic.text);
  await page.getByText('Receiving in').first().waitFor();
  await shoot(rita, 'receive-continuous', { all: false });
  await page.getByText('Received and signed').first().waitFor();
  // What was taken in comes again: a copy, perhaps.
  assert.equal(await scan(wedged.text), 'HOLD');
  await page.getByText('custody.gap').first().waitFor();

  // Quality takes it in despite HOLD, with a reason.
  const hanna = person(await Person.open(browser, ems));
  await hanna.set_up(ems.invite('hanna', 'Hanna Hold', 'quality'));
  await hanna.page.goto(`${ems.url}/receive`);
  const [held] = maker.issue(1);
  maker.ship([held], 'ems.example');
  await ems.knows(held, 2);
  await hanna.wedge(held.text);
  assert.equal(await hanna.verdict(), 'ACCEPT');
  await hanna.page.getByRole('button', { name: 'Correct: Lot' }).click();
  await hanna.page.getByRole('dialog').getByLabel('Lot').fill('7AB300');
  await hanna.page.getByRole('dialog').getByRole('button', { name: 'Check' }).click();
  await hanna.page.locator('[data-verdict=HOLD]').waitFor();
  assert.equal(await hanna.page.getByRole('button', { name: 'Receive it despite HOLD' }).isDisabled(), true);
  await hanna.page.getByRole('textbox', { name: 'Reason' }).fill('the print is worn');
  await hanna.page.getByRole('button', { name: 'Receive it despite HOLD' }).click();
  await hanna.page.getByText('Received and signed').first().waitFor();

  // Label texts are in no address and no storage.
  assert.ok(rita.requests.every((url) => !url.includes('25S') && !decodeURIComponent(url).includes('[)>')));
  assert.deepEqual(await rita.stored(), []);
}
