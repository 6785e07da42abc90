// A sub-tier of the first EMS: nothing is passed on that was not agreed, and its owner sees who holds what and how deep.
export async function tiers(life) {
  const { oem, ems, sub, ona, eva, sven, button, dialog, there, looked, agree, grant, put, read, assert } = life;
  await agree(eva, sven, sub.org, 'NDA Coating');
  const pass = async (purpose, { below = 'conformal coating', narrow } = {}) => {
    await button(eva, `Pass on: ${oem.org}, ${purpose}`).click();
    await dialog(eva).getByLabel('Recipient').fill(sub.org);
    await dialog(eva).getByLabel('Purpose').fill(below);
    await dialog(eva).getByLabel('Agreement').selectOption({ label: 'NDA Coating' });
    await narrow?.(dialog(eva).getByRole('group', { name: 'Columns' }));
    await dialog(eva).getByRole('button', { name: 'Pass on' }).click();
  };
  // Of a share of all columns there are those of the tables that were read.
  await pass('series', { narrow: (columns) => columns.getByLabel('price', { exact: true }).uncheck() });
  await dialog(eva).getByText('subtier.not-agreed').waitFor();
  await looked(eva, 'pass-refused');
  await dialog(eva).getByRole('button', { name: 'Close' }).click();

  await agree(ona, eva, ems.org, 'Manufacturing Gateway', { sub_tiers: true });
  await grant(ona, { recipient: ems.org, document: 'test-plan.txt', purpose: 'assembly', agreement: 'Manufacturing Gateway' });
  await read(eva, oem.org, 'assembly', 'test-plan.txt 2');
  // What EMS and OEM agreed on may be downloaded; below it is looked at alone.
  await pass('assembly');
  await dialog(eva).waitFor({ state: 'detached' });
  await button(eva, `End it: ${sub.org}, conformal coating`).waitFor();

  await sven.go('/vault');
  await read(sven, ems.org, 'conformal coating', 'test-plan.txt 2', { seen: () => looked(sven, 'tier-view', { all: false }) });
  await sven.page.getByRole('group', { name: 'Shared with us' }).getByText('view only').waitFor();

  const below = ona.page.getByRole('group', { name: 'Passed on to sub-tiers' }).locator('tr', { hasText: 'conformal coating' });
  await there(ona, below.getByText('test-plan.txt, Version 2'));
  assert.deepEqual((await below.locator('td').allTextContents()).slice(1, 3), [`${ems.org}gateway`, '1']);
  assert.ok(!(await below.textContent()).includes('Designator'));

  // A table with the columns that a sub-tier needs: those that one has are ticked at first.
  await put(ona, 'parts.csv', 'Designator,Package,MPN\nR1,0402,RC0402\n');
  await grant(ona, { recipient: ems.org, document: 'parts.csv', purpose: 'parts', columns: 'Designator, Package', agreement: 'Manufacturing Gateway' });
  await read(eva, oem.org, 'parts', 'parts.csv 1');
  await pass('parts', { below: 'masking', narrow: async (columns) => {
    assert.deepEqual(await columns.getByRole('checkbox').evaluateAll((all) => all.map((one) => one.checked)), [true, true]);
    await columns.getByLabel('Designator').uncheck();
    await columns.getByLabel('Package').uncheck();
    assert.ok(await dialog(eva).getByRole('button', { name: 'Pass on' }).isDisabled());
    await columns.getByLabel('Designator').check();
    await looked(eva, 'pass-columns');
  } });
  await dialog(eva).waitFor({ state: 'detached' });
  await button(eva, `End it: ${sub.org}, masking`).waitFor();
  await read(sven, ems.org, 'masking', 'parts.csv 1');
  const narrower = ona.page.getByRole('group', { name: 'Passed on to sub-tiers' }).locator('tr', { hasText: 'masking' });
  await there(ona, narrower.getByText('parts.csv, Version 1'));
  assert.match(await narrower.locator('td').nth(3).textContent(), /; Designator$/);
  await looked(ona, 'passed');
}
