// One incident: what contains it, whom it must be told to by when, and what happened, in order.
import { useCallback, useEffect, useState } from 'react';
import { call } from '../../api/client';
import type { Incident, IncidentClock } from '../../api/vault';
import { useT, whenText, wordFor } from '../../i18n';
import { Ask } from '../../ui/Ask';
import { Due } from '../../ui/Due';
import { Button, Confirm, Facts, Notice, Table, Trouble, useWork } from '../../ui/parts';

const NOTICE = 'notice ';  // in front of the partner, in the name of a clock

type Asked = { what: 'freeze' | 'thaw' | 'revoke' | 'remark' | 'close' } | { what: 'notice'; partner: string } | { what: 'clock'; clock: IncidentClock };

export function OneIncident({ id, onBack }: { id: string; onBack: () => void }) {
  const t = useT();
  const [incident, setIncident] = useState<Incident | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => setIncident(await call<Incident>('GET', `/v1/vault/incidents/${id}`)), [id]);
  useEffect(() => void run(load), [load]);
  const act = (what: string, body: unknown = {}) => {
    setAsked(null);
    void run(async () => setIncident(await call<Incident>('POST', `/v1/vault/incidents/${id}/${what}`, { body })));
  };
  const no = () => setAsked(null);
  const clockText = (one: IncidentClock) => (one.clock.startsWith(NOTICE) ? t('incident.clock.notice', { partner: one.clock.slice(NOTICE.length) }) : wordFor('incident.clock', one.clock));
  const runs = incident?.clocks.some((one) => !one.done) ?? false;
  const open = incident !== null && !incident.closed;
  const drill = incident?.drill ?? false;
  return (
    <>
      <div className="row">
        <h1>{t('incident.title.one')}</h1>
        {drill && <span className="tag">{t('incident.drill.tag')}</span>}
        {incident?.closed && <span className="tag">{t('incident.closed')}</span>}
        <Button look="quiet" busy={work.busy} onClick={() => void run(load)}>{t('do.refresh')}</Button>
        <Button look="quiet" onClick={onBack}>{t('incident.all')}</Button>
      </div>
      <Trouble error={work.error} />
      {incident && (
        <>
          {drill && <Notice tone="warning" title={t('incident.drill.tag')}><p>{t('incident.drill.text')}</p></Notice>}
          <section className="card apart" aria-label={t('incident.what')}>
            {incident.text.split('\n').map((line, at) => <p key={at}>{line}</p>)}
            <Facts of={[
              [t('incident.kind'), wordFor('incident.kind', incident.kind)],
              [t('incident.known'), whenText(incident.known)],
              [t('incident.by'), incident.by],
              [t('vault.partner'), incident.partner || '–'],
              [t('vault.project'), incident.project || '–'],
              [t('incident.affected'), incident.affected.join(', ') || '–'],
              [t('incident.frozen.shares'), String(incident.frozen.length)],
            ]} />
            {open && incident.kind !== 'notice' && !incident.partner && !incident.project && <Notice title={t('incident.about-nothing')} />}
            {open && incident.kind !== 'notice' && (incident.partner || incident.project) && (
              <div className="row">
                <Button look="danger" busy={work.busy} onClick={() => setAsked({ what: 'freeze' })}>{t('incident.freeze')}</Button>
                {incident.frozen.length > 0 && <Button busy={work.busy} onClick={() => setAsked({ what: 'thaw' })}>{t('incident.thaw')}</Button>}
                <Button look="danger" busy={work.busy} onClick={() => setAsked({ what: 'revoke' })}>{t('incident.revoke')}</Button>
              </div>
            )}
            {open && incident.kind !== 'notice' && <p className="hint">{t('incident.keys')}</p>}
          </section>
          {incident.clocks.length > 0 && (
            <section className="card apart" aria-label={t('incident.clocks')}>
              <h2>{t('incident.clocks')}</h2>
              <Table label={t('incident.clocks')} head={[t('incident.duty'), t('due.due'), t('do.actions')]}>
                {incident.clocks.map((one) => (
                  <tr key={one.clock}>
                    <td><strong>{clockText(one)}</strong><p lang="en">{one.text}</p></td>
                    <td><Due at={one.due} done={one.done} /></td>
                    <td>
                      {open && !one.done && (
                        <div className="row">
                          {one.clock.startsWith(NOTICE) && (
                            <Button look="quiet" aria-label={`${t('incident.notice')}: ${one.clock.slice(NOTICE.length)}`} onClick={() => setAsked({ what: 'notice', partner: one.clock.slice(NOTICE.length) })}>{t('incident.notice')}</Button>
                          )}
                          <Button look="quiet" aria-label={`${t('incident.elsewhere')}: ${clockText(one)}`} onClick={() => setAsked({ what: 'clock', clock: one })}>{t('incident.elsewhere')}</Button>
                        </div>
                      )}
                    </td>
                  </tr>
                ))}
              </Table>
            </section>
          )}
          <section className="card apart" aria-label={t('incident.timeline')}>
            <h2>{t('incident.timeline')}</h2>
            <p>{t('incident.timeline.text')}</p>
            <Table short fits label={t('incident.timeline')} head={[t('trace.when'), t('trace.who'), t('trace.what'), t('trace.details')]}>
              {incident.timeline.map((one, at) => (
                <tr key={at}>
                  <td>{whenText(one.at)}</td>
                  <td>{one.by}</td>
                  <td>{wordFor('incident.act', one.what)}</td>
                  <td className="breaks">{one.text}</td>
                </tr>
              ))}
            </Table>
            {open && (
              <div className="row">
                <Button busy={work.busy} onClick={() => setAsked({ what: 'remark' })}>{t('incident.remark')}</Button>
                <Button look="primary" busy={work.busy} disabled={runs} onClick={() => setAsked({ what: 'close' })}>{t('incident.close')}</Button>
                {runs && <span className="hint">{t('incident.close.runs')}</span>}
              </div>
            )}
          </section>
          {asked?.what === 'freeze' && <Confirm text={t('incident.freeze.sure')} onNo={no} onYes={() => act('freeze')}><p>{t('incident.freeze.text')}</p></Confirm>}
          {asked?.what === 'thaw' && <Confirm text={t('incident.thaw.sure')} onNo={no} onYes={() => act('thaw')}><p>{t('incident.thaw.text')}</p></Confirm>}
          {asked?.what === 'revoke' && <Confirm text={t('incident.revoke.sure')} onNo={no} onYes={() => act('revoke')}><p>{t(drill ? 'incident.revoke.drill' : 'incident.revoke.text')}</p></Confirm>}
          {asked?.what === 'notice' && (
            <Ask title={t('incident.notice.sure', { partner: asked.partner })} label={t('incident.notice.words')} rows={8} first={t('incident.template')} onNo={no}
                 onYes={(template) => act('notice', { partner: asked.partner, template })}>
              <p>{t(drill ? 'incident.notice.drill' : 'incident.notice.text')}</p>
            </Ask>
          )}
          {asked?.what === 'clock' && (
            <Ask title={t('incident.elsewhere.sure', { duty: clockText(asked.clock) })} label={t('incident.elsewhere.why')} onNo={no} onYes={(text) => act('note', { clock: asked.clock.clock, text })}>
              <p>{t('incident.elsewhere.text')}</p>
            </Ask>
          )}
          {asked?.what === 'remark' && <Ask title={t('incident.remark')} label={t('incident.remark.text')} danger={false} onNo={no} onYes={(text) => act('note', { text })} />}
          {asked?.what === 'close' && (
            <Ask title={t('incident.close.sure')} label={t('incident.outcome')} onNo={no} onYes={(outcome) => act('close', { outcome })}><p>{t('incident.close.text')}</p></Ask>
          )}
        </>
      )}
    </>
  );
}
