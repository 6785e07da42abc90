// The beginning: an agreement, a project, a document, a share, the first reading and its receipt.
export async function sharing(life) {
  const { oem, ems, ona, eva, form, there, agree, grant, put, read } = life;
  await agree(ona, eva, ems.org, 'NDA Gateway');
  const project = form(ona, 'New project');
  await project.getByLabel('Project').fill('gateway');
  await project.getByLabel('Data steward').fill('ona');
  await project.getByRole('button', { name: 'New project' }).click();
  await put(ona, 'test-plan.txt', '1. Power it.\n2. Measure 3.3 V at TP7.\n');
  await grant(ona, { recipient: ems.org, purpose: 'series', agreement: 'NDA Gateway' });
  await read(eva, oem.org, 'series', 'test-plan.txt 1');
  const receipt = ona.page.getByRole('group', { name: 'Receipts' }).locator('tr', { hasText: 'person eva' });
  await there(ona, receipt);
  await receipt.getByText('test-plan.txt').waitFor();
}
