// Reviews: who answers for what, a certificate that is needed, the questionnaire, the quarter, the audit package.

export async function reviews(life) {
  const { ems, ona, button, looked, save, saved, certify, vet, assert } = life;
  await ona.go('/reviews');
  await button(ona, 'Edit the table: gateway').click();
  const row = ona.page.getByRole('group', { name: 'Task 1' });
  await row.getByLabel('Task', { exact: true }).fill('Approve a change');
  await row.getByLabel('Responsible').fill('OEM quality, EMS quality');
  await row.getByLabel('Accountable').fill('ona');
  await save(ona);
  await ona.page.getByRole('group', { name: 'Who answers for what (RACI): gateway' }).getByText('Approve a change').waitFor();
  await certify(ona, ems.org, '27-1');
  await vet(ona, 'eva');
  const packed = JSON.parse((await saved(ona, () => button(ona, 'Audit package').click())).toString());
  assert.equal(packed.partner, ems.org);
  assert.equal(packed.readings.length, 4);
  await button(ona, 'Look at it').click();
  await ona.page.getByRole('group', { name: 'Readers' }).getByText(`partner ${ems.org}`).waitFor();
  await ona.page.getByText('The quarter is not over').waitFor();
  const quarters = await ona.page.getByLabel('Quarter', { exact: true }).locator('option').allTextContents();
  await ona.page.getByLabel('Quarter', { exact: true }).selectOption(quarters[1]);
  await button(ona, 'Look at it').click();
  await button(ona, 'Review the shares and sign').click();
  assert.ok(await button(ona, 'Sign').isDisabled());
  await looked(ona, 'review-sign', { all: false });
  await ona.page.getByLabel(`Still right? ${ems.org}, series`).selectOption('confirm');
  await ona.page.getByRole('dialog').getByLabel('Remark').fill('as agreed');
  await button(ona, 'Sign').click();
  await ona.page.getByRole('group', { name: 'Signed reviews' }).getByText('Shares confirmed: 1, withdrawn: 0. as agreed').waitFor();
  await looked(ona, 'reviews');
}
