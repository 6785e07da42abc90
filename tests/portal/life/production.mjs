// Production: nothing is seen before an EMS shows it, of each EMS its own, and of the OEM's products alone.
const MEASURED = 'serial,test,result,value,limits,time,station\n' +
  'PNL-1,ICT 3V3,fail,2.94 V,3.20..3.40 V,2026-11-02T10:00:00Z,ICT-2\nPNL-2,ICT 3V3,pass,3.31 V,3.20..3.40 V,2026-11-02T10:01:00Z,ICT-2\n';

export async function production(life) {
  const { oem, ems, ems2, reel, ona, eva, mira, button, yes, looked, assert } = life;
  const at = ona.page.getByRole('region', { name: 'Our products at a partner' });
  const ask = async (org) => {
    await at.getByLabel('Partner', { exact: true }).selectOption(org);
    await at.getByRole('button', { name: /^(Ask its node|Refresh)$/ }).click();
  };
  const job = (name) => ona.page.getByRole('region', { name, exact: true });
  const show = async (who) => {
    await who.go('/production');
    await who.page.getByRole('region', { name: 'Shown to partners' }).getByLabel('Partner', { exact: true }).selectOption(oem.org);
    await button(who, 'Show it').click();
    await yes(who);
    await who.page.getByRole('group', { name: 'Shown to partners' }).getByText(oem.org).waitFor();
  };
  await ona.go('/production');
  for (const site of [ems, ems2]) {
    await ask(site.org);
    await at.getByText('production.not-shared').waitFor();
  }
  await show(eva);
  const boards = life.build(ems, reel, 'WO-77', ['PNL-1', 'PNL-2']);
  ems.run(['quarantine', '--reason', 'U1 tombstoned', ems.file_of(boards[0])]);
  const tests = eva.page.getByRole('region', { name: 'Take in test results' });
  const take = (text) => tests.locator('input[type=file]').setInputFiles({ name: 'ict.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await tests.getByLabel('Job', { exact: true }).selectOption('WO-77');
  await take(`${MEASURED}PNL-1,ICT 3V3,maybe,,,,\n`);
  await tests.getByText('Row 4: ').waitFor();
  await take(MEASURED);
  await tests.getByText('WO-77: 2 results taken, 0 were here already').waitFor();
  await ask(ems.org);
  await job('WO-77').getByText('50.0 %').waitFor();
  await job('WO-77').getByText('which does not count any more').waitFor();
  await job('WO-77').getByText('Boards one by one').click();
  await job('WO-77').getByText('U1 tombstoned').waitFor();
  const tombstoned = job('WO-77').locator('tr', { hasText: 'PNL-1' });
  await tombstoned.getByText('failed', { exact: true }).waitFor();
  await tombstoned.getByText('ICT 3V3 2.94 V (3.20..3.40 V)').waitFor();
  await looked(ona, 'production');
  await looked(eva, 'production-shown', { all: false });
  // That the one shows its production says nothing about the other's.
  await ask(ems2.org);
  await at.getByText('production.not-shared').waitFor();
  assert.equal(await job('WO-77').count(), 0);
  await show(mira);
  await ask(ems2.org);
  await job('WO-90').getByText('100.0 %').waitFor();
  for (const other of ['WO-77', 'WO-91']) assert.equal(await job(other).count(), 0, other);
  await ask(ems.org);
  await job('WO-77').waitFor();
  assert.equal(await job('WO-90').count(), 0);
}
