// A change of the BOM: one that is wrong is rejected, one takes effect with both signatures, and the line refuses what went before.

export async function change(life) {
  const { ems, ona, eva, form, button, yes, there, looked, assert } = life;
  await ona.go('/changes');
  const propose = async (number) => {
    const one = form(ona, 'Propose a change');
    await one.getByLabel('Number', { exact: true }).fill(number);
    await one.getByLabel('Partner', { exact: true }).fill(ems.org);
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
  life.reel = reel;
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
}
