// The exit of the first EMS: one action, the steps of three sides, their confirmations, the report; the second works on.
import { execFileSync } from 'node:child_process';

export async function leaving(life) {
  const { ems, sub, ona, eva, sven, form, button, dialog, yes, there, looked, saved, assert } = life;
  await ona.go('/exits');
  const exit = form(ona, 'Off-board a partner');
  await exit.getByLabel('Partner').fill(ems.org);
  await exit.getByLabel('Reason').fill('the series is over');
  await exit.getByRole('button', { name: 'Off-board a partner' }).click();
  await dialog(ona).getByText('None of it can be taken back').waitFor();
  await looked(ona, 'exit-sure', { all: false });
  await yes(ona);
  const leaves = ona.page.getByRole('region', { name: `${ems.org} leaves` });
  const step = (name) => leaves.locator('tr', { has: ona.page.getByText(name, { exact: true }) });
  await step('Destruction confirmed').getByText('0 of 6 files').waitFor();
  await step('Sub-tiers’ destruction confirmed').getByText(`(${sub.org}): 0 of 2 files`).waitFor();
  await eva.go('/exits');
  const destroy = button(eva, 'Destroy what is theirs');
  await there(eva, destroy);
  await looked(eva, 'exit-theirs', { all: false });
  await destroy.click();
  await dialog(eva).getByText('keys of 6 files').waitFor();
  await yes(eva);
  await there(ona, step('Destruction confirmed').getByText('6 of 6 files'));
  await button(ona, 'Accounts are closed').click();
  await yes(ona);
  await step('Accounts closed').getByText('done').waitFor();

  // The sub-tier's copy is still there, so the exit is not done.
  await sven.go('/vault');
  const held = sven.page.getByRole('group', { name: 'Shared with us' });
  await there(sven, held.getByText('over', { exact: true }));
  assert.equal(await sven.page.getByRole('button', { name: /^Show documents/ }).count(), 0);
  for (const [at, purpose] of ['conformal coating', 'masking'].entries()) {
    await button(sven, `Destroy it: ${ems.org}, ${purpose}`).click();
    await dialog(sven).getByLabel('Why it is destroyed').fill('the series is over');
    if (at === 0) await looked(sven, 'tier-destroy', { all: false });
    await yes(sven);
    await held.getByText('destroyed', { exact: true }).nth(at).waitFor();
    await there(ona, step('Sub-tiers’ destruction confirmed').getByText(`(${sub.org}): ${at + 1} of 2 files`));
  }
  await leaves.getByText('all steps done').waitFor();
  await looked(ona, 'exits');

  const pdf = await saved(ona, () => button(ona, 'Report as PDF').click());
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  const text = execFileSync('pdftotext', ['-', '-'], { input: pdf, encoding: 'utf8' }).replace(/\s+/g, ' ');
  for (const words of [`Exit of ${ems.org}`, 'the series is over', 'test-plan.txt version 2', `${sub.org}, from ${ems.org}, depth 1: conformal coating`, `${sub.org}, from ${ems.org}, depth 1: masking`, `confirmed by ${sub.org}`])
    assert.ok(text.includes(words), `${words} is not in\n${text}`);
  assert.ok(!/NOT CONFIRMED|OPEN /.test(text), text);
  assert.equal(text.match(/, destroyed 2/g).length, 8, text);
  await button(ona, 'Close the exit').click();
  await yes(ona);
  await leaves.getByText('closed', { exact: true }).waitFor();
  // What is left at the EMS is the memory of it.
  await eva.go('/vault');
  const memory = eva.page.getByRole('group', { name: 'Shared with us' });
  await memory.getByText('destroyed').first().waitFor();
  assert.equal(await memory.getByText('destroyed').count(), 3);
}

export async function the_other_works_on(life) {
  const { oem, ems, ems2, ona, mira, read, assert } = life;
  await mira.go('/vault');
  await read(mira, oem.org, 'second source', 'main.bom.csv 1');
  life.build(ems2, life.reel2, 'WO-90', ['GWB-2']);
  await ona.go('/production');
  const at = ona.page.getByRole('region', { name: 'Our products at a partner' });
  assert.deepEqual(await at.getByLabel('Partner', { exact: true }).locator('option').allTextContents(), [ems2.org]);
  await at.getByRole('button', { name: 'Ask its node' }).click();
  await ona.page.getByRole('region', { name: 'WO-90', exact: true }).getByText('GWB-2').first().waitFor({ state: 'attached' });
}
