// A second EMS for the same product: vetted before it is given anything, shown fewer columns, and told nothing of the first.
export async function second(life) {
  const { oem, ems2, ona, mira, button, dialog, there, looked, agree, fill_share, grant, ask, drawn, certify, vet, assert } = life;
  const share = { recipient: ems2.org, purpose: 'second source', columns: 'designators, quantity, mpn' };
  const agreed = { ...share, agreement: 'NDA Second source' };
  await ona.go('/vault');
  await (await fill_share(ona, share)).getByText('agreement.missing').waitFor();
  await agree(ona, mira, ems2.org, 'NDA Second source');

  // What is confidential asks for a certificate from now on, which the first has and this one lacks.
  await ona.go('/reviews');
  await ona.page.getByText('What each classification needs').click();
  await ona.page.getByLabel('confidential', { exact: true }).fill('ISO/IEC 27001');
  await button(ona, 'Save: confidential').click();
  await ona.page.getByText('Kept', { exact: true }).waitFor();
  await ona.go('/vault');
  await (await fill_share(ona, agreed)).getByText('partner.certificate').waitFor();
  await ona.go('/reviews');
  const partner = ona.page.getByRole('region', { name: 'One partner' });
  await partner.getByLabel('Partner', { exact: true }).selectOption(ems2.org);
  await partner.getByText('Is refused to it').waitFor();
  await certify(ona, ems2.org, '27-2');
  await vet(ona, 'mira');
  await looked(ona, 'second-partner', { all: false });
  await ona.go('/vault');
  await grant(ona, agreed);

  // Of the project it is shown the tables alone, and of these three columns.
  await mira.go('/vault');
  await ask(mira, oem.org, 'second source');
  assert.equal(await dialog(mira).getByRole('button', { name: /test-plan/ }).count(), 0);
  await button(mira, 'Open: main.bom.csv 2').click();
  await drawn(mira);
  await looked(mira, 'second-view', { all: false });
  await mira.page.keyboard.press('Escape');
  await mira.page.keyboard.press('Escape');
  await ona.go('/boms');
  await button(ona, 'Open: gateway/main').click();
  await button(ona, 'Give to a partner: B').click();
  await dialog(ona).getByLabel('Partner').fill(ems2.org);
  await dialog(ona).getByRole('button', { name: 'Give to a partner' }).click();
  await dialog(ona).getByText(`${ems2.org} gets it.`).waitFor();
  await dialog(ona).getByRole('button', { name: 'Close' }).click();
  await mira.go('/boms');
  const given = button(mira, 'Open: gateway/main');
  await there(mira, given);
  await given.click();
  await button(mira, 'Show lines: B').click();
  const lines = mira.page.getByRole('group', { name: 'Lines of revision B' });
  await lines.getByText('GRM155').waitFor();
  await mira.page.getByText(/Left out by the share: .*Price/).waitFor();
  const text = await lines.textContent();
  for (const hidden of ['CL10B', 'CRCW0603', '10-0001', '0.01', '3.90']) assert.ok(!text.includes(hidden), hidden);
  await looked(mira, 'second-bom', { all: false });

  // It builds: one job of the OEM's product, and one that is none of the OEM's business.
  const [reel] = ems2.issue(1);
  ems2.run(['check', '--place', 'receiving', ems2.file_of(reel)]);
  await mira.go('/line');
  const make = async (job, product, bom) => {
    await mira.page.getByRole('textbox', { name: 'Job', exact: true }).fill(job);
    await mira.page.getByRole('textbox', { name: 'Product' }).fill(product);
    await mira.page.getByLabel('BOM').selectOption(bom);
    if (bom) await mira.page.getByLabel('Revision').selectOption('B');
    await mira.page.getByRole('textbox', { name: 'Set-up list' }).fill('position,customer_pn,mpn,quantity\nA1-01,,NL52840-QIAA-R,10\n');
    await button(mira, 'Make the job').click();
    await button(mira, `Open: ${job}`).waitFor();
  };
  await make('WO-91', 'Thermostat', '');
  await make('WO-90', 'Gateway B1', { label: `gateway/main, ${oem.org}` });
  await button(mira, 'Open: WO-90').click();
  await mira.page.getByText('revision B').first().waitFor();
  await button(mira, 'A1-01', false).click();
  await mira.wedge(reel.text);
  assert.equal(await mira.verdict(), 'ACCEPT');
  await button(mira, 'Load it').click();
  await mira.page.getByText('Loaded and signed').first().waitFor();
  life.reel2 = reel;
  life.build(ems2, reel, 'WO-90', ['GWB-1']);
  await mira.go('/boms');  // where the BOM is still open
  const took = mira.page.getByRole('form', { name: 'Compared with what a job took' });
  await took.getByLabel('Job', { exact: true }).fill('WO-90');
  await took.getByRole('button', { name: 'Compare' }).click();
  // One part of U1 on one board, and nothing else yet.
  await took.getByText('Boards: 1; lines that differ: 2; parts beside the BOM: 0').waitFor();
}

// Nothing that its node showed or answered names the first.
export async function knows_nothing_of_the_first({ ems, mira, assert }) {
  const { page } = mira;
  const hrefs = await page.locator('nav a[href]').evaluateAll((links) => [...new Set(links.map((link) => link.getAttribute('href')))]);
  assert.ok(hrefs.length > 8, hrefs.join());
  for (const href of hrefs) {
    await mira.go(href);
    await mira.quiet();
    assert.ok(!(await page.content()).includes(ems.org), `${href} names ${ems.org}`);
  }
  const told = await Promise.all(mira.told);
  assert.ok(told.length > 20);
  for (const { url, text } of told) assert.ok(!text.includes(ems.org), `${url} names ${ems.org}`);
}
