// Agreements: all terms are shown before anybody signs them.
import { useState } from 'react';
import { call } from '../../api/client';
import type { Agreement } from '../../api/vault';
import { useT, whenText, wordFor } from '../../i18n';
import { Button, Check, Confirm, Facts, Notice, TextField, Trouble, useWork } from '../../ui/parts';
import { endOfDay } from './days';

function Terms({ of }: { of: Agreement }) {
  const t = useT();
  const yes = (is: boolean) => t(is ? 'vault.yes' : 'vault.no');
  return (
    <Facts of={[
      [t('vault.agreement.parties'), `${of.drafter}, ${of.partner}`],
      [t('vault.scope'), of.scope],
      [t('vault.agreement.times'), `${whenText(of.start)} – ${whenText(of.end)}`],
      [t('vault.systems'), of.systems.join(', ') || t('vault.systems.none')],
      [t('vault.roles'), of.roles.join(', ') || t('vault.roles.any')],
      [t('vault.retention'), t('vault.days', { n: of.retention_days })],
      [t('vault.breach'), t('vault.hours', { n: of.breach_notice_hours })],
      [t('vault.sub-tiers'), yes(of.sub_tiers)],
      [t('vault.audit-right'), yes(of.audit_right)],
    ]} />
  );
}

function Draft({ onDrafted }: { onDrafted: () => void }) {
  const t = useT();
  const [given, setGiven] = useState({ partner: '', scope: '', systems: '', roles: '', retention: '0', breach: '24', end: '' });
  const [subTiers, setSubTiers] = useState(false);
  const [audit, setAudit] = useState(true);
  const set = (name: keyof typeof given) => (text: string) => setGiven((now) => ({ ...now, [name]: text }));
  const listed = (text: string) => text.split(',').map((one) => one.trim()).filter(Boolean);
  const work = useWork();
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => {
        await call('POST', '/v1/vault/agreements', { body: {
          partner: given.partner.trim(), scope: given.scope.trim(), systems: listed(given.systems), roles: listed(given.roles),
          retention_days: Number(given.retention), breach_notice_hours: Number(given.breach), sub_tiers: subTiers, audit_right: audit,
          end: endOfDay(given.end),
        } });
        setGiven((now) => ({ ...now, scope: '' }));
        // Said anew with each.
        setSubTiers(false);
        onDrafted();
      });
    }}>
      <h3>{t('vault.agreement.draft')}</h3>
      <TextField label={t('vault.partner')} value={given.partner} onText={set('partner')} required autoComplete="off" />
      <TextField label={t('vault.scope')} value={given.scope} onText={set('scope')} required autoComplete="off" />
      <TextField label={t('vault.systems')} hint={t('vault.comma')} value={given.systems} onText={set('systems')} autoComplete="off" />
      <TextField label={t('vault.roles')} hint={t('vault.comma')} value={given.roles} onText={set('roles')} autoComplete="off" />
      <TextField label={t('vault.retention')} hint={t('vault.retention.hint')} type="number" min="0" value={given.retention} onText={set('retention')} required />
      <TextField label={t('vault.breach')} hint={t('vault.breach.hint')} type="number" min="0" value={given.breach} onText={set('breach')} required />
      <Check label={t('vault.sub-tiers')} checked={subTiers} onCheck={setSubTiers} />
      <Check label={t('vault.audit-right')} checked={audit} onCheck={setAudit} />
      <TextField label={t('vault.end')} type="date" value={given.end} onText={set('end')} required />
      <Trouble error={work.error} />
      <Button look="primary" type="submit" busy={work.busy}>{t('vault.agreement.draft')}</Button>
    </form>
  );
}

export function Agreements({ all, onChanged }: { all: Agreement[]; onChanged: () => void }) {
  const t = useT();
  const [signing, setSigning] = useState<Agreement | null>(null);
  const work = useWork();
  return (
    <section aria-labelledby="vault-agreements">
      <h2 id="vault-agreements">{t('vault.agreements')}</h2>
      <Trouble error={work.error} />
      {all.length === 0 && <Notice title={t('vault.agreements.none')} />}
      {all.map((one) => (
        <section className="card apart" key={one.agreement} aria-label={one.scope}>
          <h3>{one.scope} <span className="tag">{wordFor('vault.agreement', one.state.replaceAll(' ', '-'), one.state)}</span></h3>
          <Terms of={one} />
          {one.reason && <p>{one.reason}</p>}
          {one.state === 'to be signed by us' && (
            <Button look="primary" aria-label={`${t('vault.sign')}: ${one.scope}`} onClick={() => setSigning(one)}>{t('vault.sign')}</Button>
          )}
        </section>
      ))}
      <div className="columns"><Draft onDrafted={onChanged} /></div>
      {signing && (
        <Confirm text={t('vault.sign.sure', { partner: signing.drafter })} onNo={() => setSigning(null)} onYes={() => {
          const id = signing.agreement;
          setSigning(null);
          void work.run(async () => {
            await call('POST', `/v1/vault/agreements/${id}/sign`, { body: {} });
            onChanged();
          });
        }}>
          <Terms of={signing} />
          <p>{t('vault.sign.text')}</p>
        </Confirm>
      )}
    </section>
  );
}
