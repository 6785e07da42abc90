// Documents between two organisations: put in, agreed about, shared, looked at page by page, and the receipt.
import { Person } from '../browser.mjs';

const BOM = `Designator,Value,MPN,Quantity\r\n${Array.from({ length: 60 }, (_, i) => `R${i + 1},4k7,RC0402-${i},1`).join('\r\n')}\r\n`;

export default async function vault({ maker, ems, browser, person, shoot, assert, eventually }) {
  const mia = person(await Person.open(browser, maker));
  await mia.set_up(maker.invite('mia', 'Mia', 'quality'));
  const eli = person(await Person.open(browser, ems));
  await eli.set_up(ems.invite('eli', 'Eli', 'quality'));
  const form = (who, name) => who.page.locator('form', { has: who.page.getByRole('heading', { name, exact: true }) });
  const until_there = (who, what) => eventually('it comes', async () => {
    await who.page.getByRole('button', { name: 'Refresh' }).click();
    await who.quiet();
    return what.first().isVisible();
  });

  await mia.go('/vault');
  await mia.page.getByText('There are no documents').first().waitFor();
  const project = form(mia, 'New project');
  await project.getByLabel('Project').fill('atlas');
  await project.getByLabel('Data steward').fill('mia');
  await project.getByRole('button', { name: 'New project' }).click();
  const put = form(mia, 'Put in a document');
  await put.locator('input[type=file]').setInputFiles({ name: 'bom.csv', mimeType: 'text/csv', buffer: Buffer.from(BOM) });
  await put.getByLabel('Note').fill('rev C');
  await put.getByRole('button', { name: 'Put in a document' }).click();
  await mia.page.getByText('bom.csv is in the vault').first().waitFor();
  const row = mia.page.locator('tr', { hasText: 'rev C' });
  await row.getByText('confidential').waitFor();

  // Without an agreement nothing confidential leaves, and the reason is told.
  const share = form(mia, 'Share');
  await share.getByLabel('Recipient').fill('ems.example');
  await share.getByLabel('Purpose').fill('pilot run');
  await share.getByLabel('Last day').fill('2099-12-31');
  await share.getByRole('button', { name: 'Share' }).click();
  await share.getByText('agreement.missing').waitFor();

  const draft = form(mia, 'Draft and sign an agreement');
  await draft.getByLabel('Partner').fill('ems.example');
  await draft.getByLabel('Scope').fill('NDA 7');
  await draft.getByLabel('Systems where data may be').fill('MES, node');
  await draft.getByLabel('Last day').fill('2099-12-31');
  await draft.getByRole('button', { name: 'Draft and sign an agreement' }).click();
  await mia.page.getByText('to be signed by them').first().waitFor();
  await shoot(mia, 'vault', { all: false });

  // Whoever signs sees all terms.
  await eli.go('/vault');
  const sign = eli.page.getByRole('button', { name: 'Read and sign: NDA 7' });
  await until_there(eli, sign);
  await sign.click();
  const dialog = eli.page.getByRole('dialog');
  for (const term of ['MES, node', 'within 24 hours', '0 days after its end', 'May pass on to sub-tiers', 'The other party may audit'])
    await dialog.getByText(term).waitFor();
  await shoot(eli, 'vault-sign', { all: false });
  assert.deepEqual(await eli.axe(), [], 'vault-sign');
  await dialog.getByRole('button', { name: 'Yes, go on' }).click();
  await eli.page.getByText('in force').first().waitFor();

  const agreed = share.getByLabel('Agreement').locator('option', { hasText: 'NDA 7' });
  await eventually('the agreement is in force at its drafter', async () => {
    await mia.page.getByRole('button', { name: 'Refresh' }).click();
    await mia.quiet();
    return (await agreed.count()) > 0;
  });
  await share.getByLabel('Agreement').selectOption({ label: 'NDA 7' });
  await share.getByRole('button', { name: 'Share' }).click();
  await mia.page.getByRole('button', { name: 'End it: ems.example, pilot run' }).waitFor();

  const show = eli.page.getByRole('button', { name: 'Show documents: maker.example, pilot run' });
  await until_there(eli, show);
  await show.click();
  await eli.page.getByRole('button', { name: 'Ask its node' }).click();
  await eli.page.getByRole('button', { name: 'Open: bom.csv 1' }).click();
  const picture = eli.page.locator('.page-picture img');
  await eli.page.getByText('Page 1 of 2').first().waitFor();
  const drawn = () => picture.evaluate((image) => image.complete && image.naturalWidth);
  await eventually('the first page is drawn', async () => (await drawn()) > 1000);
  await shoot(eli, 'vault-page', { all: false });
  assert.deepEqual(await eli.axe(), [], 'vault-page');
  await eli.page.keyboard.press('ArrowRight');
  await eli.page.getByText('Page 2 of 2').first().waitFor();
  await eventually('the second page is drawn', async () => (await drawn()) > 1000);
  await eli.page.keyboard.press('ArrowRight');
  await eli.page.getByText('Page 2 of 2').first().waitFor();
  await eli.page.keyboard.press('Escape');
  await eli.page.keyboard.press('Escape');
  await eli.page.getByRole('dialog').waitFor({ state: 'detached' });

  // Both sides have the receipt.
  for (const who of [mia, eli]) {
    const receipt = who.page.getByRole('group', { name: 'Receipts' }).locator('tr', { hasText: 'person eli' });
    await until_there(who, receipt);
    await receipt.getByText('bom.csv').waitFor();
  }
  await row.getByRole('button', { name: 'View: bom.csv 1' }).click();
  await mia.page.getByText('Page 1 of 2').first().waitFor();
  await mia.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await shoot(mia, 'vault-shared');
  assert.deepEqual(await mia.axe(), [], 'vault-shared');

  await mia.page.getByRole('button', { name: 'End it: ems.example, pilot run' }).click();
  await mia.page.getByRole('dialog').getByRole('button', { name: 'Yes, go on' }).click();
  await mia.page.getByRole('group', { name: 'Shared by us' }).getByText('over').waitFor();
  await until_there(eli, eli.page.getByRole('group', { name: 'Shared with us' }).getByText('over'));
}
