// An incident: frozen shares release nothing, thawed ones do; its clocks, a notice, a drill, the close.

export async function incident(life) {
  const { oem, ems, ona, eva, form, button, yes, there, looked, put, ask, read, assert } = life;
  await ona.go('/vault');
  await put(ona, 'test-plan.txt', '1. Power it.\n2. Measure 3.3 V at TP9.\n');
  await eva.go('/vault');
  await ask(eva, oem.org, 'series');
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
  await read(eva, oem.org, 'series', 'test-plan.txt 2');
  await looked(ona, 'incident');
  await button(ona, `Send a notice: ${ems.org}`).click();
  await ona.page.getByRole('dialog').getByLabel('Words of the notice').waitFor();
  await looked(ona, 'incident-notice', { all: false });
  await yes(ona);
  await there(ona, ona.page.locator('tr', { hasText: `Notice to ${ems.org}` }).getByText('done', { exact: true }));
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
}
