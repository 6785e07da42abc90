// The first administrator by the link of `org init`: people, tokens, the node; an auditor: the audit log.
import { readFileSync } from 'node:fs';
import { Person, SECRETS } from '../browser.mjs';

export default async function administration({ maker, ems, browser, person, shoot, assert }) {
  const ada = person(await Person.open(browser, ems));
  const { page } = ada;
  await ada.set_up(ems.link);
  assert.equal(new URL(page.url()).pathname, '/users');
  await page.getByLabel('User', { exact: true }).fill('otto');
  await page.getByLabel('Name').fill('Otto <i>Auditor</i>');
  await page.getByRole('button', { name: 'Invite a person' }).click();
  await page.getByText('Choose at least one role').first().waitFor();
  await page.getByLabel('Auditor', { exact: true }).check();
  await page.getByRole('button', { name: 'Invite a person' }).click();
  const link = (await page.getByRole('dialog').locator('code').textContent()).trim();
  assert.match(link, /^https:.*\/setup#[0-9a-f]+$/);
  await shoot(ada, 'users-link', { all: false });
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.locator('td', { hasText: 'Otto <i>Auditor</i>' }).waitFor();
  await shoot(ada, 'users');
  assert.deepEqual(await ada.axe(), [], 'users');

  await ada.go('/tokens');
  await page.getByLabel('Name').fill('station-7');
  await page.getByLabel('Holds until').fill('2099-12-31');
  await page.getByLabel('read', { exact: true }).check();
  await page.getByRole('button', { name: 'Make a token' }).click();
  const token = await page.getByRole('dialog').locator('code').textContent();
  assert.match(token, /^rpt_/);
  SECRETS.add(token);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await shoot(ada, 'tokens');
  assert.deepEqual(await ada.axe(), [], 'tokens');
  await page.getByRole('button', { name: 'Revoke: station-7' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Yes, go on' }).click();
  await page.locator('tr', { hasText: 'station-7' }).getByText('expired').waitFor();

  await ada.go('/node');
  await page.getByText('All is well').first().waitFor();
  await page.locator('td', { hasText: 'maker.example' }).waitFor();
  await shoot(ada, 'node');
  assert.deepEqual(await ada.axe(), [], 'node');

  // A backup, where the configuration says.
  await page.getByRole('button', { name: 'Make a backup now' }).click();
  await page.getByText('The backup is made').first().waitFor();
  await page.getByRole('region', { name: 'Backup' }).locator('tbody tr').waitFor();
  await shoot(ada, 'node-backup');
  assert.deepEqual(await ada.axe(), [], 'node-backup');

  // Whom this organisation trusts, with the root key to compare; the policy and what changed in it.
  ems.run(['guest', 'admit', '--org', 'small.example', '--root', 'a'.repeat(64), '--until', '2099-12-31']);
  await ada.go('/partners');
  const maker_card = page.getByRole('region', { name: 'maker.example' });
  await maker_card.getByText(maker.root).waitFor();
  await maker_card.getByText('NL* (Nordlicht)').waitFor();
  await maker_card.getByText(/^Keys: /).click();
  await page.getByText(/^Version 1, since/).first().click();
  await page.locator('.policy', { hasText: 'maker.example' }).waitFor();
  await ada.page.getByRole('region', { name: 'Guests' }).first().getByText('until').waitFor();
  await shoot(ada, 'partners');
  assert.deepEqual(await ada.axe(), [], 'partners');

  // A partner more: compared, then trusted from the next start on; and one less.
  await page.getByLabel('Organisation', { exact: true }).fill('new-maker.example');
  await page.getByLabel('Root key', { exact: true }).fill('ab '.repeat(31));
  await page.getByLabel('Address', { exact: true }).fill('https://127.0.0.1:9');
  await page.getByRole('button', { name: 'Add a partner' }).click();
  const compare = page.getByRole('dialog', { name: 'Is this the root key of new-maker.example?' });
  await compare.getByText('abababab abababab').waitFor();
  await shoot(ada, 'partners-compare', { all: false });
  await compare.getByRole('button', { name: 'Yes, go on' }).click();
  // A thumbprint that is none is refused by the node, in its words.
  await page.getByText('64 hex digits').first().waitFor();
  await page.getByLabel('Root key', { exact: true }).fill('ab '.repeat(32));
  await page.getByRole('button', { name: 'Add a partner' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Yes, go on' }).click();
  const newcomer = page.getByRole('region', { name: 'new-maker.example' });
  await newcomer.getByText('from the next start on').waitFor();
  await page.getByText('There are changes that hold from the next start').waitFor();
  await page.getByRole('button', { name: 'Trust no more: maker.example', exact: true }).click();
  await page.getByRole('dialog').getByText('events count as those of a stranger').waitFor();
  await shoot(ada, 'partners-remove', { all: false });
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Trust no more: new-maker.example' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Yes, go on' }).click();
  await newcomer.waitFor({ state: 'detached' });

  // Another policy: what is wrong with it, what it softens, what changes; and it is the newest version then.
  await page.getByText('Change the policy').click();
  const file = page.getByLabel('Policy file (TOML)');
  const before = await file.inputValue();
  await file.fill(`${before}colour = 1\n`);
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await page.getByText('not an option that this version knows').first().waitFor();
  await file.fill(before.replace('version = "1"', 'version = "1 <b>milder</b>"') + '[severity]\n"label.text" = "minor"\n');
  await page.getByRole('button', { name: 'Look at the change' }).click();
  const change = page.getByRole('dialog', { name: 'Keep this as version 1 <b>milder</b>?' });
  await change.getByText('This makes rules milder').waitFor();
  await change.locator('.added', { hasText: 'label.text' }).waitFor();
  await shoot(ada, 'policy-change', { all: false });
  assert.deepEqual(await ada.axe(), [], 'policy-change');
  await change.getByRole('button', { name: 'Keep it' }).click();
  await page.getByText('The policy is kept').waitFor();
  const newest = page.locator('summary', { hasText: 'Version 1 <b>milder</b>' });
  await newest.getByText('from the next start on').waitFor();
  assert.match(await newest.textContent(), /person /);
  await shoot(ada, 'policy-kept');
  assert.deepEqual(await ada.axe(), [], 'policy-kept');
  // As it was, for those who come after.
  await file.fill(before);
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
  await page.getByText('The policy is kept').waitFor();

  const items = ems.issue(6).map((label) => label.item);
  const otto = person(await Person.open(browser, ems));
  await otto.set_up(link);
  assert.equal(new URL(otto.page.url()).pathname, '/audit');
  await otto.page.locator('tbody tr').first().waitFor();
  // All columns are in sight, and a request about many items is told by the first.
  await otto.page.setViewportSize({ width: 1366, height: 768 });
  await otto.page.getByText('and 3 more').first().click();
  await otto.page.getByText(items.at(-1)).first().waitFor();
  assert.ok(await otto.page.locator('.table').evaluate((table) => table.scrollWidth <= table.clientWidth));
  await shoot(otto, 'audit-many');
  assert.deepEqual(await otto.axe(), [], 'audit-many');
  await otto.page.getByLabel('Who').fill('otto');
  await otto.page.getByRole('button', { name: 'Search' }).click();
  await otto.page.getByText('person otto').or(otto.page.locator('td', { hasText: 'otto' })).first().waitFor();
  await shoot(otto, 'audit');
  assert.deepEqual(await otto.axe(), [], 'audit');
  const [download] = await Promise.all([
    otto.page.waitForEvent('download'), otto.page.getByRole('button', { name: 'Export as CSV' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'audit.csv');
  const [lines] = await Promise.all([
    otto.page.waitForEvent('download'), otto.page.getByRole('button', { name: 'Export as syslog' }).click(),
  ]);
  assert.equal(lines.suggestedFilename(), 'audit.syslog');
  assert.match(readFileSync(await lines.path(), 'utf8'), /^<\d+>1 /m);
}
