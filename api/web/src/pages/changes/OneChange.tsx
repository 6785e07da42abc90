// One change: all that signing it would change and touch here is shown before anybody can sign it.
import { useCallback, useEffect, useState } from 'react';
import { call, session } from '../../api/client';
import { openRevision, type Change } from '../../api/bom';
import { countText, useT, whenText, wordFor } from '../../i18n';
import { useStore } from '../../store';
import { Ask } from '../../ui/Ask';
import { Due } from '../../ui/Due';
import { Button, Confirm, Facts, Notice, Table, Trouble, useWork } from '../../ui/parts';
import { Changes as Difference } from '../bom/Views';
import { EffectTold, StateTag } from './Changes';

function Touches({ of }: { of: NonNullable<Change['touches']> }) {
  const t = useT();
  return (
    <>
      <h3>{t('change.jobs')}</h3>
      {of.jobs.length === 0 ? <p>{t('change.jobs.none')}</p> : (
        <Table label={t('change.jobs')} head={[t('line.job'), t('bom.revision'), t('change.loaded')]}>
          {of.jobs.map((one) => (
            <tr key={one.job}>
              <td><strong>{one.job}</strong></td>
              <td>{one.revision || '–'}</td>
              <td>{one.loaded.length === 0 ? '–' : one.loaded.map((slot) => `${slot.position}: ${slot.mpn}`).join('; ')}</td>
            </tr>
          ))}
        </Table>
      )}
      <h3>{t('change.stock')}</h3>
      {of.parts.length === 0 ? <p>{t('change.stock.none')}</p> : (
        <Table label={t('change.stock')} head={[t('field.mpn'), t('bom.change'), t('stock.parts'), t('stock.items')]}>
          {of.parts.map((one) => (
            <tr key={one.mpn}>
              <td><strong>{one.mpn}</strong></td>
              <td><span className={one.goes ? 'tag bad' : 'tag'}>{t(one.goes ? 'change.goes' : one.comes ? 'change.comes' : 'change.stays')}</span></td>
              <td className="number">{countText(one.parts)}</td>
              <td className="number">{countText(one.items)}</td>
            </tr>
          ))}
        </Table>
      )}
      <h3>{t('change.shipments')}</h3>
      {of.shipments.length === 0 ? <p>{t('change.shipments.none')}</p> : (
        <Table label={t('change.shipments')} head={[t('trace.when'), t('vault.recipient'), t('field.packing_list'), t('stock.items'), t('change.in-transit')]}>
          {of.shipments.map((one) => (
            <tr key={`${one.at} ${one.to} ${one.packing_list}`}>
              <td className="when">{whenText(one.at)}</td>
              <td>{one.to}</td>
              <td>{one.packing_list || '–'}</td>
              <td className="number">{countText(one.items)}</td>
              <td className="number">{countText(one.in_transit)}</td>
            </tr>
          ))}
        </Table>
      )}
      {of.truncated && <Notice tone="warning" title={t('bom.truncated')} />}
    </>
  );
}

export function OneChange({ id, org, onChanged, onBack }: { id: string; org: string; onChanged: () => void; onBack: () => void }) {
  const t = useT();
  const who = useStore(session).who;
  const signs = who?.accesses.includes('approve') ?? false;
  const [change, setChange] = useState<Change | null>(null);
  const [asking, setAsking] = useState<'approve' | 'reject' | null>(null);
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => setChange(await call<Change>('GET', `/v1/changes/${id}`)), [id]);
  useEffect(() => void run(load), [load]);
  const answer = (what: 'approve' | 'reject', reason?: string) => {
    setAsking(null);
    void run(async () => {
      await call('POST', `/v1/changes/${id}/${what}`, { body: { digest: change?.digest, ...(reason && { reason }) } });
      await load();
      onChanged();
    });
  };
  const signature = (one: Change['approved_by_owner']) => (one ? `${one.person}, ${whenText(one.at)}` : t('change.unsigned'));
  const ours = change && (change.owner === org ? change.approved_by_owner : change.approved_by_partner);
  const open = change && !change.rejected && !ours;
  const waits = change && !change.rejected && (!change.approved_by_owner || (change.partner !== change.owner && !change.approved_by_partner));
  return (
    <>
      <div className="row">
        <h1>{change ? t('change.title.one', { number: change.number }) : t('change.title')}</h1>
        {change && <StateTag of={change} />}
        <Button look="quiet" busy={work.busy} onClick={() => void run(load)}>{t('do.refresh')}</Button>
        <Button look="quiet" onClick={onBack}>{t('change.all')}</Button>
      </div>
      <Trouble error={work.error} />
      {change && (
        <>
          {change.emergency && (
            <Notice tone={change.approved_by_partner ? 'plain' : 'bad'} title={t('change.emergency.tag')}>
              <p>{t('change.emergency.text', { partner: change.partner })}</p>
              {change.approve_by && <Due at={change.approve_by} done={Boolean(change.approved_by_partner)} />}
            </Notice>
          )}
          <section className="card apart" aria-label={t('change.what')}>
            <Facts of={[
              [t('bom.title.one'), change.name],
              [t('change.by'), `${change.owner}, ${change.partner}`],
              [t('bom.revisions'), `${change.from} → ${change.to}`],
              [t('change.effect'), <EffectTold key="effect" of={change} />],
              [t('change.reason'), change.reason],
              [t('change.signed', { org: change.owner }), signature(change.approved_by_owner)],
              ...(change.partner === change.owner ? [] : [[t('change.signed', { org: change.partner }), signature(change.approved_by_partner)] as [string, string]]),
              [t('change.digest'), <code key="digest">{change.digest}</code>],
            ]} />
            {change.rejected && <Notice tone="bad" title={t('change.rejected', { org: change.rejected_by ?? '', when: whenText(change.rejected) })}><p>{change.rejected_why}</p></Notice>}
          </section>
          {change.not_shown !== undefined && (
            <Notice live tone="warning" title={t('change.not-shown')}>
              <p lang="en">{change.not_shown}</p>
              {change.owner !== org && (
                <Button busy={work.busy} onClick={() => void run(async () => {
                  for (const number of [change.from_number, change.to_number]) await openRevision(change.bom, number);
                  await load();
                })}>{t('change.fetch', { owner: change.owner })}</Button>
              )}
            </Notice>
          )}
          {change.changes && (
            <section className="card apart" aria-label={t('bom.difference')}>
              <h2>{t('bom.difference')}</h2>
              {change.hidden && change.hidden.length > 0 && <p className="hint">{t('bom.hidden', { fields: change.hidden.map((one) => wordFor('bom.field', one)).join(', ') })}</p>}
              <Difference all={change.changes} />
            </section>
          )}
          {change.touches && (
            <section className="card apart" aria-label={t('change.touches')}>
              <h2>{t('change.touches')}</h2>
              <p>{t('change.touches.text', { org })}</p>
              <Touches of={change.touches} />
            </section>
          )}
          {waits && !open && <Notice title={t('change.waits.other')} />}
          {waits && !signs && <Notice title={t('change.quality')} />}
          {waits && open && signs && (
            <div className="row">
              <Button look="primary" disabled={!change.changes} busy={work.busy} onClick={() => setAsking('approve')}>{t('change.approve')}</Button>
              <Button look="danger" busy={work.busy} onClick={() => setAsking('reject')}>{t('change.reject')}</Button>
            </div>
          )}
          {asking === 'approve' && (
            <Confirm text={t('change.approve.sure', { number: change.number })} onNo={() => setAsking(null)} onYes={() => answer('approve')}>
              <p>{t('change.approve.text', { from: change.from, to: change.to })} <EffectTold of={change} /></p>
              <p>{t('change.approve.final')}</p>
            </Confirm>
          )}
          {asking === 'reject' && (
            <Ask title={t('change.reject.sure', { number: change.number })} label={t('change.reject.reason')} onNo={() => setAsking(null)} onYes={(reason) => answer('reject', reason)}>
              <p>{t('change.reject.text')}</p>
            </Ask>
          )}
        </>
      )}
    </>
  );
}
