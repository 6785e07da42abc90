// Our products at partners that build them, live: progress, yield, verdicts, holds, and boards one by one for the roles that
// the partner named; and what we show of ours to partners whose products we build.
import { useCallback, useEffect, useState } from 'react';
import { call, session } from '../../api/client';
import type { ProductionGrant, ProductionJob, ProductionNow } from '../../api/production';
import { countText, useT, whenText, wordFor } from '../../i18n';
import { useStore } from '../../store';
import { Button, Checks, Confirm, Facts, Notice, SelectField, Table, Trouble, useWork } from '../../ui/parts';
import { roleWord } from '../../shell/Frame';
import { ImportTests, Results } from './Tests';

const ROLES = ['warehouse', 'line', 'quality', 'supplier', 'auditor', 'administrator'];

// Of the boards that were built, those that are neither scrapped nor held.
function yieldText(boards: number, bad: number): string {
  return boards === 0 ? '–' : `${((100 * (boards - bad)) / boards).toFixed(1)} %`;
}

function OneJob({ of }: { of: ProductionJob }) {
  const t = useT();
  const progress = of.parts_needed ? t('production.parts.of', { placed: countText(of.parts_placed), needed: countText(of.parts_needed) }) : t('production.parts', { placed: countText(of.parts_placed) });
  return (
    <section className="card apart" aria-label={of.job}>
      <div className="row">
        <h2>{of.job}</h2>
        <span>{of.product}</span>
        <span className={of.counts ? 'tag' : 'tag bad'}>{t(of.counts ? 'production.counts' : 'production.old', { revision: of.revision })}</span>
        {of.change && <span className="tag">{t('production.change', { change: of.change })}</span>}
      </div>
      {of.parts_needed !== undefined && <progress value={of.parts_placed} max={Math.max(of.parts_needed, 1)} aria-label={progress} />}
      <Facts of={[
        [t('bom.title.one'), of.bom],
        [t('production.placed'), progress],
        [t('production.slots'), t('line.progress', { done: of.slots_loaded, all: of.slots_in_all })],
        [t('production.boards'), countText(of.boards)],
        [t('production.yield'), yieldText(of.boards, of.held + of.scrapped)],
        [t('production.held'), countText(of.held)],
        [t('production.scrapped'), countText(of.scrapped)],
        [t('production.shipped'), countText(of.shipped)],
        [t('production.verdicts'), (['ACCEPT', 'HOLD', 'REJECT'] as const).map((word) => `${t(`verdict.${word}`)} ${of.verdicts[word]}`).join(', ')],
        [t('production.made'), whenText(of.made)],
      ]} />
      {of.holds.length > 0 && (
        <>
          <h3>{t('production.holds')}</h3>
          <Table short label={`${t('production.holds')}: ${of.job}`} head={[t('field.mpn'), t('field.lot'), t('production.verdict'), t('production.rule'), t('field.position')]}>
            {of.holds.map((one, at) => (
              <tr key={at}>
                <td><strong>{one.mpn}</strong></td>
                <td>{one.lot || '–'}</td>
                <td><span className={one.verdict === 'REJECT' ? 'tag bad' : 'tag'}>{wordFor('verdict', one.verdict)}</span></td>
                <td>{one.rule ? wordFor('rule', one.rule.split('.')[0] ?? '', one.rule) : '–'}</td>
                <td>{one.position ?? '–'}</td>
              </tr>
            ))}
          </Table>
        </>
      )}
      {of.tests && of.tests.length > 0 && (
        <details>
          <summary>{t('production.tests', { n: countText(of.tests.length) })}</summary>
          <Table short label={`${t('production.boards')}: ${of.job}`} head={[t('production.board'), t('vault.state'), t('production.findings'), t('production.results')]}>
            {of.tests.map((one) => (
              <tr key={one.board}>
                <td><strong>{one.board}</strong></td>
                <td><span className={one.state === 'held' || one.state === 'scrapped' ? 'tag bad' : 'tag'}>{wordFor('production.state', one.state)}</span></td>
                <td>{one.findings.length === 0 ? '–' : <ul className="plain">{one.findings.map((found, at) => <li key={at}>{whenText(found.at)}: {wordFor('event', found.what)}{found.reason && `, ${found.reason}`}</li>)}</ul>}</td>
                <td><Results of={one.results ?? []} /></td>
              </tr>
            ))}
          </Table>
        </details>
      )}
      {of.truncated && <Notice tone="warning" title={t('bom.truncated')} />}
    </section>
  );
}

function AtPartner({ partners }: { partners: string[] }) {
  const t = useT();
  const [chosen, setChosen] = useState('');
  const partner = chosen || partners[0] || '';
  const [now, setNow] = useState<ProductionNow | null>(null);
  const work = useWork();
  const ask = () => work.run(async () => {
    setNow(null);
    setNow(await call<ProductionNow>('GET', `/v1/production/${encodeURIComponent(partner)}`));
  });
  const sums = now?.jobs.reduce((all, one) => ({ boards: all.boards + one.boards, bad: all.bad + one.held + one.scrapped, holds: all.holds + one.holds.length }), { boards: 0, bad: 0, holds: 0 });
  return (
    <section aria-label={t('production.at')}>
      <form className="card apart" onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}>
        <h2>{t('production.at')}</h2>
        <p>{t('production.at.text')}</p>
        <SelectField label={t('vault.partner')} value={partner} onText={setChosen} choices={partners.map((value) => ({ value, label: value }))} />
        <Trouble error={work.error} />
        <div className="row"><Button look="primary" type="submit" busy={work.busy}>{t(now ? 'do.refresh' : 'production.ask')}</Button></div>
      </form>
      {now && sums && (
        <>
          <section className="card apart" aria-label={now.partner}>
            <h2>{t('production.sum', { partner: now.partner, when: whenText(now.at) })}</h2>
            <Facts of={[
              [t('line.jobs'), countText(now.jobs.length)],
              [t('production.boards'), countText(sums.boards)],
              [t('production.yield'), yieldText(sums.boards, sums.bad)],
              [t('production.holds'), countText(sums.holds)],
              [t('production.tests.for'), now.roles.map((role) => roleWord(t, role)).join(', ') || t('production.tests.nobody')],
            ]} />
            {now.jobs.length === 0 && <Notice live title={t('production.none')} />}
            {now.truncated && <Notice tone="warning" title={t('bom.truncated')} />}
          </section>
          {now.jobs.map((one) => <OneJob key={one.job} of={one} />)}
        </>
      )}
    </section>
  );
}

function Shown({ grants, partners, onChanged }: { grants: ProductionGrant[]; partners: string[]; onChanged: () => void }) {
  const t = useT();
  const [partner, setPartner] = useState('');
  const to = partner || partners[0] || '';
  const [roles, setRoles] = useState<string[]>(['quality']);
  const [asking, setAsking] = useState<'show' | 'end' | null>(null);
  const [ending, setEnding] = useState('');
  const work = useWork();
  const set = (body: unknown) => {
    setAsking(null);
    void work.run(async () => {
      await call('POST', '/v1/production', { body });
      onChanged();
    });
  };
  const shown = grants.filter((one) => !one.ended);
  return (
    <section className="card apart" aria-label={t('production.shown')}>
      <h2>{t('production.shown')}</h2>
      <p>{t('production.shown.text')}</p>
      <Trouble error={work.error} />
      {shown.length === 0 ? <Notice title={t('production.shown.none')} /> : (
        <Table label={t('production.shown')} head={[t('vault.partner'), t('production.tests.for'), t('production.by'), t('do.actions')]}>
          {shown.map((one) => (
            <tr key={one.partner}>
              <td><strong>{one.partner}</strong></td>
              <td>{one.roles.map((role) => roleWord(t, role)).join(', ') || t('production.tests.nobody')}</td>
              <td>{one.by}<p>{whenText(one.at)}</p></td>
              <td><Button look="quiet" aria-label={`${t('production.end')}: ${one.partner}`} onClick={() => {
                setEnding(one.partner);
                setAsking('end');
              }}>{t('production.end')}</Button></td>
            </tr>
          ))}
        </Table>
      )}
      <form onSubmit={(event) => {
        event.preventDefault();
        setAsking('show');
      }}>
        <SelectField label={t('vault.partner')} value={to} onText={setPartner} choices={partners.map((value) => ({ value, label: value }))} />
        <Checks label={t('production.tests.for')} all={ROLES} chosen={roles} word={(role) => roleWord(t, role)} onChosen={setRoles} />
        <Button type="submit" busy={work.busy}>{t('production.show')}</Button>
      </form>
      {asking === 'show' && (
        <Confirm text={t('production.show.sure', { partner: to })} onNo={() => setAsking(null)} onYes={() => set({ partner: to, roles, shown: true })}>
          <p>{t('production.show.text', { partner: to })}</p>
        </Confirm>
      )}
      {asking === 'end' && (
        <Confirm text={t('production.end.sure', { partner: ending })} onNo={() => setAsking(null)} onYes={() => set({ partner: ending, shown: false })}><p>{t('production.end.text')}</p></Confirm>
      )}
    </section>
  );
}

export default function Production() {
  const t = useT();
  const accesses = useStore(session).who?.accesses ?? [];
  const manages = accesses.includes('vault');
  const [all, setAll] = useState<{ grants: ProductionGrant[]; partners: string[] } | null>(null);
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => setAll(await call('GET', '/v1/production')), []);
  useEffect(() => void run(load), [load]);
  return (
    <>
      <h1>{t('production.title')}</h1>
      <Trouble error={work.error} />
      {all?.partners.length === 0 && <Notice title={t('production.no-partner')} />}
      {all && all.partners.length > 0 && (
        <>
          <AtPartner partners={all.partners} />
          {manages && <Shown grants={all.grants} partners={all.partners} onChanged={() => void run(load)} />}
          {accesses.includes('jobs') && <ImportTests />}
        </>
      )}
    </>
  );
}
