// A BOM of the OEM: a wrong file is told line by line, a right one is looked at, two people edit it, revisions are released.
import { Person } from '../browser.mjs';

const WRONG = 'Reference,Qty,MPN\nR1 R2,3,RC0603\nR2,1,RC0402\n';
// Titles above the heading, a column that no program calls so, and one for which there is no field.
const BOARD = 'Board,Gateway B1\n\nReference,Qty,Herstellernummer,Alternates,Customer PN,Price,Datasheet\n' +
  '"C1,C2,C5-C8",6,GRM188,CL10B,10-0001,0.01,~\nR1-R4,4,RC0603,,10-0003,0.003,~\nU1,1,NL52840-QIAA-R,,10-0004,3.90,~\n';

export async function bom(life) {
  const { oem, browser, person, ona, form, button, yes, looked, save, assert } = life;
  await ona.go('/boms');
  await ona.page.getByText('There is no BOM').first().waitFor();
  const csv = form(ona, 'Import a CSV');
  await csv.getByLabel('Name of the BOM').fill('main');
  const choose = (text) => csv.locator('input[type=file]').setInputFiles({ name: 'board.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await choose(WRONG);
  await csv.getByRole('button', { name: 'Look at it' }).click();
  await csv.getByText('It can’t be taken so').first().waitFor();
  await csv.getByText('R2 is on line').first().waitFor();
  assert.equal(await csv.getByRole('button', { name: 'Take it into the draft' }).count(), 0);
  await looked(ona, 'bom-problems', { all: false });
  await choose(BOARD);
  await csv.getByRole('button', { name: 'Look at it' }).click();
  await csv.getByText('The heading is in line 3').waitFor();
  await csv.getByLabel('Part number (MPN)').selectOption('Herstellernummer');
  await csv.getByText('It can be taken').first().waitFor();
  await csv.getByText('Not taken: Datasheet').waitFor();
  await looked(ona, 'bom-import');
  await csv.getByRole('button', { name: 'Take it into the draft' }).click();
  await ona.page.getByRole('heading', { name: 'gateway/main' }).waitFor();

  // Two people at one draft: what one changes the other sees, and nothing is overwritten unseen.
  const otto = person(await Person.open(browser, oem));
  await otto.set_up(oem.invite('otto', 'Otto', 'quality'));
  await otto.go('/boms');
  await button(otto, 'Open: gateway/main').click();
  const drafted = (who) => who.page.getByRole('group', { name: 'Draft' });
  await drafted(otto).getByText('GRM188').waitFor();
  const cell = async (who, line, field, text) => {
    await button(who, `Edit: Line ${line}`).click();
    await who.page.getByRole('dialog').getByLabel(field, { exact: true }).fill(text);
  };
  await cell(otto, 2, 'Second sources', 'ERJ3');
  await cell(ona, 2, 'Second sources', 'CRCW0603');
  await save(ona);
  await ona.page.getByRole('dialog').waitFor({ state: 'detached' });
  await drafted(otto).getByText('CRCW0603').waitFor();  // by itself
  await drafted(otto).getByText('person ona').first().waitFor();
  await save(otto);
  await otto.page.getByText('Somebody else was faster').first().waitFor();
  await otto.page.getByText('person ona changed it meanwhile to: CRCW0603').waitFor();
  await looked(otto, 'bom-conflict', { all: false });
  await otto.page.getByRole('dialog').getByLabel('Second sources').fill('CRCW0603; ERJ3');
  await save(otto);
  await otto.page.getByRole('dialog').waitFor({ state: 'detached' });
  await drafted(ona).getByText('CRCW0603; ERJ3').waitFor();
  await ona.page.getByText('Who changed what').click();
  await ona.page.getByRole('group', { name: 'Who changed what' }).locator('tr', { hasText: 'person otto' }).getByText('CRCW0603; ERJ3').waitFor();

  const release = async (name) => {
    await ona.page.getByLabel('Name of the revision').fill(name);
    await button(ona, 'Release').click();
    await ona.page.getByRole('dialog').getByText('A revision never changes').waitFor();
    await yes(ona);
    await ona.page.getByRole('group', { name: 'Revisions' }).getByText(name, { exact: true }).waitFor();
  };
  await release('A');
  await cell(ona, 1, 'Part number (MPN)', 'GRM155');
  await save(ona);
  await ona.page.getByRole('dialog').waitFor({ state: 'detached' });
  await release('B');
  const difference = ona.page.getByRole('form', { name: 'Difference' });
  await difference.getByRole('button', { name: 'Compare' }).click();
  await difference.locator('tr', { hasText: 'C1, C2, C5-C8' }).getByText('GRM155').waitFor();
  const parts = ona.page.getByRole('form', { name: 'Parts: life cycle' });
  await parts.getByRole('button', { name: 'Show parts' }).click();
  await parts.getByText('NL52840-QIAA-R').waitFor();
  await looked(ona, 'bom');
  await button(ona, 'All BOMs').click();
  const where = form(ona, 'Where a part is used');
  await where.getByLabel('Part number').fill('ERJ3');
  await where.getByRole('button', { name: 'Search' }).click();
  await where.getByText('second source').waitFor();
  await looked(ona, 'boms', { all: false });
}
