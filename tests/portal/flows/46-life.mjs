// A project's life between an OEM and its EMS, all of it in the browser: agreement, document, share, reading, BOM, change,
// the line, an incident, reviews, production, the exit and what both keep of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Person } from '../browser.mjs';
import { Site } from '../site.mjs';

const FAR = '2099-12-31';
const WRONG = 'Reference,Qty,MPN\nR1 R2,3,RC0603\nR2,1,RC0402\n';
// Titles above the heading, a column that no program calls so, and one for which there is no field.
const BOARD = 'Board,Gateway B1\n\nReference,Qty,Herstellernummer,Alternates,Customer PN,Price,Datasheet\n' +
  '"C1,C2,C5-C8",6,GRM188,CL10B,10-0001,0.01,~\nR1-R4,4,RC0603,,10-0003,0.003,~\nU1,1,NL52840-QIAA-R,,10-0004,3.90,~\n';

export default async function life(world) {
  const { program, folder, browser, person, shoot, assert, eventually } = world;
  const oem = await Site.make(program, join(folder, 'oem'), 'kestrel-oem.example', join(folder, 'maker', 'network.salt'));
  const ems = await Site.make(program, join(folder, 'life-ems'), 'acme-ems.example', join(folder, 'maker', 'network.salt'));
  world.sites.push(oem, ems);
  oem.partner(ems);
  ems.partner(oem);
  for (const site of [oem, ems]) site.maker_of('acme-ems.example', ['NL*'], ['Nordlicht']);
  await oem.start();
  await ems.start();
  const ona = person(await Person.open(browser, oem));
  await ona.set_up(oem.invite('ona', 'Ona', 'quality'));
  const eva = person(await Person.open(browser, ems));
  await eva.set_up(ems.invite('eva', 'Eva', 'quality', 'line'));

  const form = (who, name) => who.page.locator('form', { has: who.page.getByRole('heading', { name, exact: true }) });
  const button = (who, name, exact = true) => who.page.getByRole('button', { name, exact }).first();
  const yes = (who) => who.page.getByRole('dialog').getByRole('button', { name: 'Yes, go on' }).click();
  const there = (who, what) => eventually('it comes', async () => {
    await button(who, 'Refresh').click();
    await who.quiet();
    return what.first().isVisible();
  });
  const looked = async (who, name, more) => {
    await shoot(who, `life-${name}`, more);
    assert.deepEqual(await who.axe(), [], name);
  };
  const saved = async (who, click) => {
    const coming = who.page.waitForEvent('download');
    await click();
    return readFileSync(await (await coming).path());
  };

  // --- Agreement, project, document, share, reading.
  await ona.go('/vault');
  const draft = form(ona, 'Draft and sign an agreement');
  await draft.getByLabel('Partner').fill('acme-ems.example');
  await draft.getByLabel('Scope').fill('NDA Gateway');
  await draft.getByLabel('Last day').fill(FAR);
  await draft.getByRole('button', { name: 'Draft and sign an agreement' }).click();
  await ona.page.getByText('to be signed by them').first().waitFor();
  await eva.go('/vault');
  const sign = button(eva, 'Read and sign: NDA Gateway');
  await there(eva, sign);
  await sign.click();
  await yes(eva);
  await eva.page.getByText('in force').first().waitFor();

  const project = form(ona, 'New project');
  await project.getByLabel('Project').fill('gateway');
  await project.getByLabel('Data steward').fill('ona');
  await project.getByRole('button', { name: 'New project' }).click();
  const put = form(ona, 'Put in a document');
  await put.locator('input[type=file]').setInputFiles({ name: 'test-plan.txt', mimeType: 'text/plain', buffer: Buffer.from('1. Power it.\n2. Measure 3.3 V at TP7.\n') });
  await put.getByRole('button', { name: 'Put in a document' }).click();
  await ona.page.getByText('test-plan.txt is in the vault').first().waitFor();
  const share = form(ona, 'Share');
  await eventually('the agreement is in force at its drafter', async () => {
    await button(ona, 'Refresh').click();
    await ona.quiet();
    return (await share.getByLabel('Agreement').locator('option', { hasText: 'NDA Gateway' }).count()) > 0;
  });
  await share.getByLabel('Recipient').fill('acme-ems.example');
  await share.getByLabel('Purpose').fill('series');
  await share.getByLabel('Mode').selectOption('download');
  await share.getByLabel('Last day').fill(FAR);
  await share.getByLabel('Agreement').selectOption({ label: 'NDA Gateway' });
  await share.getByRole('button', { name: 'Share' }).click();
  await button(ona, 'End it: acme-ems.example, series').waitFor();
  const show = button(eva, 'Show documents: kestrel-oem.example, series');
  await there(eva, show);
  await show.click();
  await button(eva, 'Ask its node').click();
  await button(eva, 'Open: test-plan.txt 1').click();
  const picture = eva.page.locator('.page-picture img');
  await eventually('the page with the watermark is drawn', () => picture.evaluate((image) => image.complete && image.naturalWidth > 1000));
  await eva.page.keyboard.press('Escape');
  await eva.page.keyboard.press('Escape');
  const receipt = ona.page.getByRole('group', { name: 'Receipts' }).locator('tr', { hasText: 'person eva' });
  await there(ona, receipt);
  await receipt.getByText('test-plan.txt').waitFor();

  // --- A BOM: a wrong file is told line by line, a right one is looked at, a column is said once.
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
  const save = (who) => who.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
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

  // --- A change: first one that is wrong and rejected, then the one that both sign.
  await ona.go('/changes');
  const propose = async (number) => {
    const one = form(ona, 'Propose a change');
    await one.getByLabel('Number', { exact: true }).fill(number);
    await one.getByLabel('Partner', { exact: true }).fill('acme-ems.example');
    await one.getByLabel('Reason').fill('GRM188 is obsolete');
    await one.getByLabel('Day, lot or serial number').fill('2026-01-01');
    await one.getByRole('button', { name: 'Propose a change' }).click();
    await ona.page.getByRole('heading', { name: `Change ${number}` }).waitFor();
  };
  await propose('ECO-1');
  await button(ona, 'Reject it').click();
  await ona.page.getByRole('dialog').getByLabel('Why it is rejected').fill('wrong number');
  await yes(ona);
  await ona.page.getByText('Rejected by kestrel-oem.example').first().waitFor();
  await button(ona, 'All changes').click();
  await looked(ona, 'changes', { all: false });
  await propose('ECO-2');
  await ona.page.getByRole('group', { name: 'Difference' }).getByText('GRM155').waitFor();
  await looked(ona, 'change', { all: false });

  // The EMS builds a job by revision A meanwhile; the change shows it.
  const [reel, other] = ems.issue(2);
  for (const label of [reel, other]) ems.run(['check', '--place', 'receiving', ems.file_of(label)]);
  await eva.go('/boms');
  const theirs = button(eva, 'Open: gateway/main');
  await there(eva, theirs);
  await theirs.click();
  await button(eva, 'Show lines: A').click();
  await eva.page.getByRole('group', { name: 'Lines of revision A' }).getByText('NL52840-QIAA-R').waitFor();
  await eva.go('/line');
  await eva.page.getByRole('textbox', { name: 'Job', exact: true }).fill('WO-77');
  await eva.page.getByRole('textbox', { name: 'Product' }).fill('Gateway B1');
  await eva.page.getByLabel('BOM').selectOption({ label: 'gateway/main, kestrel-oem.example' });
  await eva.page.getByLabel('Revision').selectOption('A');
  await eva.page.getByRole('textbox', { name: 'Set-up list' }).fill('position,customer_pn,mpn,quantity\nA1-01,,NL52840-QIAA-R,10\nA1-02,,GRM188,60\n');
  await button(eva, 'Make the job').click();
  await button(eva, 'Open: WO-77').click();
  await eva.page.getByText('revision A').first().waitFor();
  await button(eva, 'A1-01', false).click();
  await eva.wedge(reel.text);
  assert.equal(await eva.verdict(), 'ACCEPT');
  await button(eva, 'Load it').click();
  await eva.page.getByText('Loaded and signed').first().waitFor();

  await eva.go('/changes');
  const change = eva.page.getByRole('button', { name: /^Open: ECO-2/ });
  await there(eva, change);
  await change.click();
  const fetch_both = button(eva, 'Ask kestrel-oem.example for both revisions');
  await fetch_both.waitFor();
  await fetch_both.click();
  await eva.page.getByRole('group', { name: 'Jobs that are set up' }).getByText('WO-77').waitFor();
  await eva.page.getByRole('group', { name: 'Stock of what changes' }).getByText('GRM188').waitFor();
  await looked(eva, 'change-touches');
  await button(ona, 'Sign it').click();
  await ona.page.getByRole('dialog').getByText('A signature can’t be taken back').waitFor();
  await yes(ona);
  await ona.page.getByText('The other side’s signature is missing').first().waitFor();
  await button(eva, 'Sign it').click();
  await yes(eva);
  await there(eva, eva.page.getByText('approved', { exact: true }));
  await there(ona, ona.page.getByText('approved', { exact: true }));

  // The old revision is refused at load, and the floor sees the number of the change.
  await eva.go('/line');
  await button(eva, 'Refresh').click();
  await eva.page.getByText('set up by a revision that does not count').first().waitFor();
  await eva.page.getByText('change ECO-2').first().waitFor();
  await button(eva, 'A1-01', false).click();
  await eva.wedge(other.text);
  assert.equal(await eva.verdict(), 'REJECT');
  await eva.page.getByText('approval.revision').first().waitFor();
  await eva.page.getByText('Not the revision that counts').first().waitFor();
  assert.equal(await eva.page.getByRole('button', { name: 'Load it' }).count(), 0);
  await looked(eva, 'line-old-revision', { all: false });

  // --- An incident: frozen shares release nothing, thawed ones do; its clocks, a drill, the close.
  await ona.go('/vault');
  await put.locator('input[type=file]').setInputFiles({ name: 'test-plan.txt', mimeType: 'text/plain', buffer: Buffer.from('1. Power it.\n2. Measure 3.3 V at TP9.\n') });
  await put.getByRole('button', { name: 'Put in a document' }).click();
  await ona.page.getByText('test-plan.txt is in the vault').first().waitFor();
  await eva.go('/vault');
  const ask = async () => {
    await button(eva, 'Show documents: kestrel-oem.example, series').click();
    await button(eva, 'Ask its node').click();
    await button(eva, 'Open: test-plan.txt 2').waitFor();
  };
  await ask();
  await ona.go('/incidents');
  const report = form(ona, 'Report an incident');
  await report.getByLabel('What happened').fill('A test plan was found in a forum');
  await report.getByLabel('Project').selectOption('gateway');
  await report.getByRole('button', { name: 'Report an incident' }).click();
  await ona.page.getByRole('heading', { name: 'Incident', exact: true }).waitFor();
  await button(ona, 'Freeze shares').click();
  await ona.page.getByRole('dialog').getByText('Nothing is released under them').waitFor();
  await yes(ona);
  await ona.page.getByRole('group', { name: 'Time line' }).getByText('shares frozen').waitFor();
  await button(eva, 'Open: test-plan.txt 2').click();
  await eva.page.getByText('share.frozen').first().waitFor();
  await eva.page.keyboard.press('Escape');
  await button(ona, 'Thaw them').click();
  await yes(ona);
  await ona.page.getByRole('group', { name: 'Time line' }).getByText('shares thawed').waitFor();
  await ask();
  await button(eva, 'Open: test-plan.txt 2').click();
  await eventually('the new version is drawn', () => picture.evaluate((image) => image.complete && image.naturalWidth > 1000));
  await eva.page.keyboard.press('Escape');
  await eva.page.keyboard.press('Escape');
  await looked(ona, 'incident');
  await button(ona, 'Send a notice: acme-ems.example').click();
  await ona.page.getByRole('dialog').getByLabel('Words of the notice').waitFor();
  await looked(ona, 'incident-notice', { all: false });
  await yes(ona);
  await there(ona, ona.page.locator('tr', { hasText: 'Notice to acme-ems.example' }).getByText('done', { exact: true }));
  assert.ok(await button(ona, 'Close it').isDisabled());
  for (const duty of ['Early warning to an authority', 'Notification to an authority']) {
    await button(ona, `Done elsewhere, or no duty: ${duty}`).click();
    await ona.page.getByRole('dialog').getByLabel('When and how').fill('No duty: nothing personal in it');
    await yes(ona);
    await ona.page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  await button(ona, 'Close it').click();
  await ona.page.getByRole('dialog').getByLabel('What came of it').fill('An old copy of ours');
  await yes(ona);
  await ona.page.getByText('closed', { exact: true }).first().waitFor();
  await button(ona, 'All incidents').click();
  await form(ona, 'Report an incident').getByLabel('What happened').fill('Exercise');
  await form(ona, 'Report an incident').getByLabel('This is a drill').check();
  await form(ona, 'Report an incident').getByRole('button', { name: 'Report an incident' }).click();
  await ona.page.getByText('Freezing is real; ending shares').waitFor();
  await button(ona, 'All incidents').click();
  await ona.page.getByRole('group', { name: 'Incidents' }).getByText('Drill').waitFor();
  await looked(ona, 'incidents', { all: false });
  await eva.go('/incidents');
  await there(eva, eva.page.getByText('told by a partner'));

  // --- Reviews: who answers for what, a certificate that is needed, the questionnaire, the quarter, the audit package.
  await ona.go('/reviews');
  await button(ona, 'Edit the table: gateway').click();
  const row = ona.page.getByRole('group', { name: 'Task 1' });
  await row.getByLabel('Task', { exact: true }).fill('Approve a change');
  await row.getByLabel('Responsible').fill('OEM quality, EMS quality');
  await row.getByLabel('Accountable').fill('ona');
  await save(ona);
  await ona.page.getByRole('group', { name: 'Who answers for what (RACI): gateway' }).getByText('Approve a change').waitFor();
  await button(ona, 'Look through and sign: gateway').click();
  await ona.page.getByText('It holds for a year').waitFor();
  await ona.page.getByLabel('Remark').fill('Both qualities answer');
  await ona.page.getByRole('dialog').getByRole('button', { name: 'Sign', exact: true }).click();
  await ona.page.getByText(/^Set by .* Signed by/).waitFor();
  await ona.page.getByText('Add a certificate').first().click();
  const paper = ona.page.locator('form', { has: ona.page.getByLabel('Standard') });
  for (const [label, text] of [['Partner', 'acme-ems.example'], ['Standard', 'ISO/IEC 27001'], ['Number', '27-1'], ['Scope', 'Assembly'], ['Issuer', 'DNV'], ['How it was checked', 'Register of DNV']])
    await paper.getByLabel(label, { exact: true }).fill(text);
  await paper.getByLabel('Valid until').fill(new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10));
  await paper.getByRole('button', { name: 'Add a certificate' }).click();
  await ona.page.getByRole('group', { name: 'Certificates of partners' }).locator('tr', { hasText: 'ISO/IEC 27001' }).getByText(/in (39|40) days/).waitFor();
  await ona.page.getByLabel('Data steward here').fill('ona');
  await ona.page.getByLabel('Data steward there').fill('eva');
  await button(ona, 'Name the stewards').click();
  await button(ona, 'Questionnaire').click();
  const question = ona.page.getByRole('group', { name: 'Question 1' });
  for (const [label, text] of [['Question', 'Second factor for everybody?'], ['Answer', 'Yes'], ['Evidence', 'Access policy v4'], ['Points', '4'], ['Of', '5']]) await question.getByLabel(label, { exact: true }).fill(text);
  await save(ona);
  await ona.page.getByText('Its on-boarding lacks nothing').waitFor();
  await ona.page.getByText('4 / 5').first().waitFor();
  const packed = JSON.parse((await saved(ona, () => button(ona, 'Audit package').click())).toString());
  assert.equal(packed.partner, 'acme-ems.example');
  assert.equal(packed.readings.length, 4);
  await button(ona, 'Look at it').click();
  await ona.page.getByRole('group', { name: 'Readers' }).getByText('partner acme-ems.example').waitFor();
  await ona.page.getByText('The quarter is not over').waitFor();
  const quarters = await ona.page.getByLabel('Quarter', { exact: true }).locator('option').allTextContents();
  await ona.page.getByLabel('Quarter', { exact: true }).selectOption(quarters[1]);
  await button(ona, 'Look at it').click();
  await button(ona, 'Review the shares and sign').click();
  assert.ok(await button(ona, 'Sign').isDisabled());
  await looked(ona, 'review-sign', { all: false });
  await ona.page.getByLabel('Still right? acme-ems.example, series').selectOption('confirm');
  await ona.page.getByRole('dialog').getByLabel('Remark').fill('as agreed');
  await button(ona, 'Sign').click();
  await ona.page.getByRole('group', { name: 'Signed reviews' }).getByText('Shares confirmed: 1, withdrawn: 0. as agreed').waitFor();
  await looked(ona, 'reviews');

  // --- Production: nothing is seen before the EMS shows it, and of its own products alone.
  await ona.go('/production');
  await button(ona, 'Ask its node').click();
  await ona.page.getByText('production.not-shared').first().waitFor();
  await eva.go('/production');
  await button(eva, 'Show it').click();
  await yes(eva);
  await eva.page.getByRole('group', { name: 'Shown to partners' }).getByText('kestrel-oem.example').waitFor();
  const boards = ['PNL-1', 'PNL-2'].map((serial) => ems.issue(1, { mpn: undefined, lot: undefined, quantity: undefined, 'customer-pn': 'GW-B1', serial, commission: false })[0]);
  for (const board of boards) ems.run(['consume', '--quantity', '1', '--work-order', 'WO-77', '--board', ems.file_of(board), ems.file_of(reel)]);
  ems.run(['quarantine', '--reason', 'U1 tombstoned', ems.file_of(boards[0])]);
  await button(ona, 'Ask its node').click();
  const job = ona.page.getByRole('region', { name: 'WO-77' });
  await job.getByText('50.0 %').waitFor();
  await job.getByText('which does not count any more').waitFor();
  await job.getByText('Boards one by one').click();
  await job.getByText('U1 tombstoned').waitFor();
  await looked(ona, 'production');
  await looked(eva, 'production-shown', { all: false });

  // --- The exit: one action, both sides' steps, a confirmation, the report.
  await ona.go('/exits');
  const exit = form(ona, 'Off-board a partner');
  await exit.getByLabel('Partner').fill('acme-ems.example');
  await exit.getByLabel('Reason').fill('the series is over');
  await exit.getByRole('button', { name: 'Off-board a partner' }).click();
  await ona.page.getByRole('dialog').getByText('None of it can be taken back').waitFor();
  await looked(ona, 'exit-sure', { all: false });
  await yes(ona);
  const leaves = ona.page.getByRole('region', { name: 'acme-ems.example leaves' });
  await leaves.locator('tr', { hasText: 'Destruction confirmed' }).getByText('0 of 4 files').waitFor();
  await eva.go('/exits');
  const destroy = button(eva, 'Destroy what is theirs');
  await there(eva, destroy);
  await looked(eva, 'exit-theirs', { all: false });
  await destroy.click();
  await eva.page.getByRole('dialog').getByText('keys of 4 files').waitFor();
  await yes(eva);
  await there(ona, leaves.locator('tr', { hasText: 'Destruction confirmed' }).getByText('4 of 4 files'));
  await button(ona, 'Accounts are closed').click();
  await yes(ona);
  await leaves.getByText('all steps done').waitFor();
  await looked(ona, 'exits');
  const pdf = await saved(ona, () => button(ona, 'Report as PDF').click());
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  await button(ona, 'Close the exit').click();
  await yes(ona);
  await leaves.getByText('closed', { exact: true }).waitFor();
  // What is left at the EMS is the memory of it.
  await eva.go('/vault');
  await eva.page.getByRole('group', { name: 'Shared with us' }).getByText('destroyed').waitFor();
  await ona.go('/production');
  await ona.page.getByText('No agreement with a partner is in force').waitFor();
}
