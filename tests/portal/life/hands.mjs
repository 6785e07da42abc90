// What people of a project's life do again and again, on any page.
import { readFileSync } from 'node:fs';

export const FAR = '2099-12-31';

export function hands({ shoot, assert, eventually }) {
  const form = (who, name) => who.page.locator('form', { has: who.page.getByRole('heading', { name, exact: true }) });
  const button = (who, name, exact = true) => who.page.getByRole('button', { name, exact }).first();
  const dialog = (who) => who.page.getByRole('dialog');
  const yes = (who) => dialog(who).getByRole('button', { name: 'Yes, go on' }).click();
  const refreshed = (what, who, holds) => eventually(what, async () => {
    await button(who, 'Refresh').click();
    await who.quiet();
    return holds();
  });
  const there = (who, what) => refreshed('it comes', who, () => what.first().isVisible());
  const looked = async (who, name, more) => {
    await shoot(who, `life-${name}`, more);
    assert.deepEqual(await who.axe(), [], name);
  };
  const save = (who) => dialog(who).getByRole('button', { name: 'Save' }).click();
  const saved = async (who, click) => {
    const coming = who.page.waitForEvent('download');
    await click();
    return readFileSync(await (await coming).path());
  };
  const drawn = (who) => eventually('the page with the watermark is drawn', () =>
    who.page.locator('.page-picture img').evaluate((image) => image.complete && image.naturalWidth > 1000));
  const in_force = (who, scope) => refreshed(`${scope} is in force`, who, () =>
    who.page.getByRole('region', { name: scope, exact: true }).getByText('in force', { exact: true }).isVisible());

  // Drafted by one, read and signed by the other.
  const agree = async (drafter, signer, org, scope, { sub_tiers = false } = {}) => {
    await drafter.go('/vault');
    const draft = form(drafter, 'Draft and sign an agreement');
    await draft.getByLabel('Partner').fill(org);
    await draft.getByLabel('Scope').fill(scope);
    await draft.getByLabel('Last day').fill(FAR);
    if (sub_tiers) await draft.getByLabel('May pass on to sub-tiers').check();
    await draft.getByRole('button', { name: 'Draft and sign an agreement' }).click();
    await drafter.page.getByText('to be signed by them').first().waitFor();
    await signer.go('/vault');
    const sign = button(signer, `Read and sign: ${scope}`);
    await there(signer, sign);
    await sign.click();
    await yes(signer);
    await in_force(signer, scope);
    await in_force(drafter, scope);
  };
  // From the page Vault, where the form keeps what was filled in before.
  const fill_share = async (who, { recipient, document, purpose, mode = 'download', columns = '', agreement }) => {
    const share = form(who, 'Share');
    await share.getByLabel('Recipient').fill(recipient);
    if (document) await share.getByLabel('Document').selectOption({ label: document });
    await share.getByLabel('Purpose').fill(purpose);
    await share.getByLabel('Mode').selectOption(mode);
    await share.getByLabel('Columns').fill(columns);
    await share.getByLabel('Last day').fill(FAR);
    if (agreement) await share.getByLabel('Agreement').selectOption({ label: agreement });
    await share.getByRole('button', { name: 'Share' }).click();
    return share;
  };
  const grant = async (who, more) => {
    await fill_share(who, more);
    await button(who, `End it: ${more.recipient}, ${more.purpose}`).waitFor();
  };
  const put = async (who, name, text) => {
    const one = form(who, 'Put in a document');
    await one.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
    await one.getByRole('button', { name: 'Put in a document' }).click();
    await who.page.getByText(`${name} is in the vault`).first().waitFor();
  };
  // The list that the owner's node shows under a share.
  const ask = async (who, owner, purpose) => {
    const show = button(who, `Show documents: ${owner}, ${purpose}`);
    await there(who, show);
    await show.click();
    await button(who, 'Ask its node').click();
    await dialog(who).getByRole('button', { name: /^Open: / }).first().waitFor();
  };
  // Looks at a version, and back.
  const read = async (who, owner, purpose, version, { seen } = {}) => {
    await ask(who, owner, purpose);
    await button(who, `Open: ${version}`).click();
    await drawn(who);
    await seen?.();
    await who.page.keyboard.press('Escape');
    await who.page.keyboard.press('Escape');
  };

  // A partner's certificate, and what else its on-boarding asks for.
  const certify = async (who, org, number) => {
    await who.page.getByText('Add a certificate').first().click();
    const paper = who.page.locator('form', { has: who.page.getByLabel('Standard') });
    for (const [label, text] of [['Partner', org], ['Standard', 'ISO/IEC 27001'], ['Number', number], ['Scope', 'Assembly'], ['Issuer', 'DNV'], ['How it was checked', 'Register of DNV']])
      await paper.getByLabel(label, { exact: true }).fill(text);
    await paper.getByLabel('Valid until').fill(new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10));
    await paper.getByRole('button', { name: 'Add a certificate' }).click();
    await who.page.getByRole('group', { name: 'Certificates of partners' }).locator('tr', { hasText: number }).getByText(/in (39|40) days/).waitFor();
  };
  const vet = async (who, steward) => {
    await who.page.getByLabel('Data steward here').fill('ona');
    await who.page.getByLabel('Data steward there').fill(steward);
    await button(who, 'Name the stewards').click();
    await button(who, 'Questionnaire').click();
    const question = who.page.getByRole('group', { name: 'Question 1' });
    for (const [label, text] of [['Question', 'Second factor for everybody?'], ['Answer', 'Yes'], ['Evidence', 'Access policy v4'], ['Points', '4'], ['Of', '5']])
      await question.getByLabel(label, { exact: true }).fill(text);
    await save(who);
    await who.page.getByText('Its on-boarding lacks nothing').waitFor();
    await who.page.getByText('4 / 5').first().waitFor();
  };
  return { form, button, dialog, yes, there, looked, save, saved, drawn, agree, fill_share, grant, put, ask, read, certify, vet };
}
