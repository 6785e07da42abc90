import { Suspense, useEffect, useState } from 'react';
import { Problem, send, session } from '../../api/client';
import { useLive } from '../../api/live';
import type { HistoryEvent, Trace } from '../../api/types';
import { countText, useT, whenText, wordFor } from '../../i18n';
import { ScanBar } from '../../scan/ScanBar';
import { useStore } from '../../store';
import { Button, Facts, Notice, Table, Trouble, useWork } from '../../ui/parts';
import { saveFile } from '../../ui/files';
import { later } from '../../ui/later';
import { FloorLife, drawsMoisture } from '../../ui/FloorLife';
import { Findings, VerdictBanner } from '../../ui/Verdict';
import { about, type Known } from '../../scan/subject';
import { ActDialog, type Act } from './Act';
import { Recalls } from './Recalls';
import { Search } from './Search';
import { eventText, trace, traced } from './trace';
import { Verify } from './Verify';

const Graph = later(() => import('./Graph'));
const BUNDLE = 'application/vnd.reelproof.bundle';
const PDF = 'application/pdf';

function dispositionText(given: string | undefined): string {
  const word = given?.split('/').at(-1) ?? '';
  return wordFor('disposition', word, word.replaceAll('_', ' '));
}

function detailsOf(t: ReturnType<typeof useT>, event: HistoryEvent): string {
  const parts = [
    event.from && event.to && event.from !== event.to && t('trace.from-to', { from: event.from, to: event.to }),
    event.quantity !== undefined && countText(event.quantity),
    event.feeder, event.work_order, event.reason, dispositionText(event.disposition),
    ...Object.entries(event.sealed ?? {}).map(([name, value]) => `${wordFor('field', name)} ${value}`),
  ];
  return parts.filter(Boolean).join(' · ');
}

function Events({ events, label }: { events: HistoryEvent[]; label: string }) {
  const t = useT();
  return (
    <Table label={label} head={[t('trace.when'), t('trace.what'), t('trace.who'), t('trace.details'), t('trace.kept'), t('trace.entry')]}>
      {events.map((event) => (
        <tr key={event.envelope}>
          <td className="when">{whenText(event.time)}</td>
          <td><strong>{eventText(event)}</strong></td>
          <td>{event.org}</td>
          <td>{detailsOf(t, event)}</td>
          <td>
            {t('trace.kept.n', { on: event.replicated.on.length, of: event.replicated.of })}{' '}
            <span className="tag">{t(event.replicated.quorum ? 'trace.kept.quorum' : 'trace.kept.few')}</span>
          </td>
          <td><code>{event.log} {event.index}</code></td>
        </tr>
      ))}
    </Table>
  );
}

function Shown({ of, subject }: { of: Trace; subject: Known }) {
  const t = useT();
  const { who } = useStore(session);
  const [act, setAct] = useState<Act | null>(null);
  const [signed, setSigned] = useState<Act | null>(null);
  const [since, setSince] = useState(0);
  useLive({
    event: (one) => {
      const isShown = of.events.some((shown) => shown.org === one.org && shown.index === one.index);
      if (one.items.includes(of.item) && !isShown) setSince((now) => now + 1);
    },
  });
  useEffect(() => setSince(0), [of]);
  const bundle = useWork();
  const may = (access: string) => who?.accesses.includes(access);
  const { state } = of;
  const ended = ['consumed', 'scrapped', 'relabelled'].includes(state.status);
  const download = () => bundle.run(async () => {
    const answer = await send('POST', '/v1/trace', { ...about(subject), accept: BUNDLE });
    saveFile(`${of.item}.reelproof`, BUNDLE, await answer.arrayBuffer());
  });
  const report = () => bundle.run(async () => {
    const answer = await send('POST', '/v1/report', { ...about(subject), accept: PDF });
    saveFile(`${of.item}.pdf`, PDF, await answer.arrayBuffer());
  });
  if (of.events.length === 0)
    return (
      <>
        <Notice live tone="warning" title={t('trace.none')}><p>{t('trace.none.text')}</p></Notice>
        <Findings findings={of.findings} />
      </>
    );
  return (
    <>
      <section className="card" aria-label={t('trace.item')}>
        <VerdictBanner word={of.verdict} detail={t('trace.now')} />
        <h2>{String(of.fields?.mpn ?? of.fields?.customer_pn ?? of.item)}</h2>
        <Facts of={[
          ...(of.fields?.manufacturer ? [[t('field.manufacturer'), String(of.fields.manufacturer)] as [string, string]] : []),
          ...(of.fields?.lot ? [[t('field.lot'), String(of.fields.lot)] as [string, string]] : []),
          ...(of.fields?.date_code ? [[t('field.date_code'), String(of.fields.date_code)] as [string, string]] : []),
          [t('line.state'), wordFor('status', state.status)],
          ...(state.holder ? [[t('trace.holder'), state.holder] as [string, string]] : []),
          ...(state.in_transit_to ? [[t('trace.transit'), state.in_transit_to] as [string, string]] : []),
          ...(state.remaining !== undefined ? [[t('trace.left'), t('trace.left.of', { left: countText(state.remaining), all: countText(state.quantity ?? state.remaining) })] as [string, string]] : []),
          ...(state.feeder ? [[t('trace.feeder'), state.feeder] as [string, string]] : []),
          ...(state.blocked_by ? [[t('trace.blocked'), state.blocked_by.join(', ')] as [string, string]] : []),
          [t('trace.item'), <code key="item">{of.item}</code>],
        ]} />
        {since > 0 && (
          <Notice live tone="warning" title={t('live.since', { n: since })}>
            <Button onClick={() => void trace(subject)}>{t('do.refresh')}</Button>
          </Notice>
        )}
        {signed && <Notice live tone="good" title={t('trace.signed', { what: wordFor('event', signed) })} />}
        <Trouble error={bundle.error} />
        <div className="row">
          {may('handle') && !ended && !state.blocked_by?.includes(who?.org ?? '') && (
            <Button look="danger" onClick={() => setAct('quarantine')}>{t('trace.quarantine')}</Button>
          )}
          {may('release') && !ended && state.blocked_by && <Button look="primary" onClick={() => setAct('release')}>{t('trace.release')}</Button>}
          {may('recall') && of.maker === who?.org && of.fields?.mpn && of.fields.lot && (
            <Button look="danger" onClick={() => setAct('recall')}>{t('trace.recall')}</Button>
          )}
          <Button busy={bundle.busy} onClick={() => void report()}>{t('trace.report')}</Button>
          <Button busy={bundle.busy} onClick={() => void download()}>{t('trace.bundle')}</Button>
        </div>
      </section>
      {may('handle') && !ended && state.holder === who?.org && drawsMoisture(of.fields?.msl) && (
        <section className="card apart"><FloorLife of={subject} /></section>
      )}
      {of.findings.length > 0 && (
        <section className="card apart" aria-label={t('verdict.reasons')}>
          <h2>{t('verdict.reasons')}</h2>
          <Findings findings={of.findings} />
        </section>
      )}
      <h2>{t('trace.graph')}</h2>
      <Suspense fallback={<p className="loading">{t('app.loading')}</p>}><Graph trace={of} /></Suspense>
      {of.truncated && <Notice tone="warning" title={t('trace.truncated')} />}
      <h2>{t('trace.list')}</h2>
      <Events events={of.events} label={t('trace.list')} />
      {of.ancestors.map((one) => (
        <section key={one.item}>
          <h3>{t('trace.made-of')}: {String(one.fields?.mpn ?? one.item)} {one.fields?.lot}</h3>
          <Events events={one.events} label={`${t('trace.made-of')} ${one.item}`} />
        </section>
      ))}
      <Verify key={of.events.length} of={of} subject={subject} bundleType={BUNDLE} />
      {act && (
        <ActDialog act={act} of={of} subject={subject} onClose={() => setAct(null)} onDone={() => {
          setAct(null);
          setSigned(act);
          void trace(subject);
        }} />
      )}
    </>
  );
}

export default function TracePage() {
  const t = useT();
  const now = useStore(traced);
  const isUnknown = now?.error instanceof Problem && now.error.is('not-found');
  return (
    <>
      <h1>{t('trace.title')}</h1>
      <ScanBar onSubject={(subject) => void trace(subject)} ready={now ? undefined : t('trace.start')} />
      <Search />
      <div className="apart">
        {now?.phase === 'asking' && !now.trace && <p className="loading" role="status">{t('app.loading')}</p>}
        {now?.phase === 'failed' && (isUnknown
          ? <Notice live tone="warning" title={t('trace.none')} /> : <Trouble error={now.error} />)}
        {now?.trace && <Shown key={now.trace.item} of={now.trace} subject={now.subject} />}
      </div>
      {!now && <Recalls />}
    </>
  );
}
