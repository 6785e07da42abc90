import { useRef } from 'react';
import { useLive } from '../../api/live';
import { useT, whenText, wordFor } from '../../i18n';
import type { Job, Slot } from '../../api/types';
import { session } from '../../api/client';
import { ScanBar } from '../../scan/ScanBar';
import { read } from '../../scan/subject';
import { useStore } from '../../store';
import { Button, Notice, Trouble, useWork } from '../../ui/parts';
import { FloorLife, drawsMoisture } from '../../ui/FloorLife';
import { Reasons, VerdictBanner, VerdictMark } from '../../ui/Verdict';
import { BuiltBy, Jobs } from './Jobs';
import { choose, closeJob, emptySlot, happened, line, load, refresh, scanned, unload } from './work';

function partsOf(slot: Slot): string {
  return [slot.customer_pn, ...slot.mpns].filter(Boolean).join(' · ');
}

const MOST_NAMED = 12;

function positionsOf(slots: Slot[]): string {
  return slots.slice(0, MOST_NAMED).map((slot) => slot.position).join(', ') + (slots.length > MOST_NAMED ? ' …' : '');
}

// Loaded, and by now something speaks against it.
function isBad(slot: Slot): boolean {
  return slot.loaded?.now !== undefined && slot.loaded.now.verdict !== 'ACCEPT';
}

// What is gone can't be scanned any more: its slot is emptied without.
const GONE = /^(status\.(consumed|scrapped|relabelled)|custody\.elsewhere)$/;

function SlotButton({ slot, chosen }: { slot: Slot; chosen: boolean }) {
  const t = useT();
  const { loaded } = slot;
  const now = isBad(slot) ? loaded?.now : undefined;
  return (
    <button type="button" className={`slot ${now ? now.verdict.toLowerCase() : loaded ? 'loaded' : 'empty'}`}
            aria-pressed={chosen} onClick={() => choose(slot.position)}>
      <strong>{slot.position}</strong>
      <span className="tag with-mark">
        {now ? <><VerdictMark word={now.verdict} />{t(`verdict.${now.verdict}`)}</> : loaded ? `✓ ${t('line.loaded')}` : t('line.empty')}
      </span>
      <span>
        {loaded ? t('line.on', { mpn: loaded.mpn, lot: loaded.lot || '–', at: whenText(loaded.at) }) : partsOf(slot)}
        {now && <strong className="error">{wordFor('finding', now.rule ?? '', now.text ?? '')}</strong>}
      </span>
    </button>
  );
}

// The state of the whole set-up at a glance: how much is done, what is missing, each slot in its place.
function Slots({ job, chosen }: { job: Job; chosen: string | null }) {
  const t = useT();
  const empties = job.slots.filter((slot) => !slot.loaded);
  const bad = job.slots.filter(isBad);
  const progress = t('line.progress', { done: job.slots_loaded, all: job.slots_in_all });
  return (
    <>
      <progress max={job.slots_in_all} value={job.slots_loaded} aria-label={progress} />
      {bad.length > 0 && <Notice live tone="bad" title={t('line.bad', { positions: positionsOf(bad) })}><p>{t('line.bad.next')}</p></Notice>}
      {empties.length > 0 ? <p>{t('line.empties', { positions: positionsOf(empties) })}</p>
        : bad.length === 0 && <Notice tone="good" title={t('line.complete')} />}
      <ul className="slots" aria-label={t('line.list')}>
        {job.slots.map((slot) => <li key={slot.position}><SlotButton slot={slot} chosen={slot.position === chosen} /></li>)}
      </ul>
    </>
  );
}

// Why the reel on the chosen slot must not be used any more.
function Against({ slot }: { slot: Slot }) {
  const t = useT();
  const emptying = useWork();
  const now = slot.loaded?.now;
  if (!now || now.verdict === 'ACCEPT') return null;
  return (
    <section className="card" aria-label={slot.position}>
      <h2 className="with-mark"><VerdictMark word={now.verdict} />{slot.position}: {t(`verdict.${now.verdict}`)}</h2>
      <p><strong>{wordFor('finding', now.rule ?? '', '')}</strong> <code>{now.rule}</code></p>
      <p lang="en">{now.text}</p>
      <Trouble error={emptying.error} />
      {GONE.test(now.rule ?? '')
        ? <Button className="big" busy={emptying.busy} onClick={() => void emptying.run(() => emptySlot(slot))}>{t('line.empty-it')}</Button>
        : <p className="hint">{t('line.unload.scan')}</p>}
    </section>
  );
}

function Working({ job }: { job: Job }) {
  const t = useT();
  const now = useStore(line);
  const { who } = useStore(session);
  const reading = useWork();
  // Each stream begins with `hello`: what was missed before it is asked for, but not what was just opened.
  const greeted = useRef(false);
  useLive({
    line: ({ job: name, position, loaded }) => happened(name, position, loaded),
    hello: () => {
      if (greeted.current) void reading.run(refresh);
      greeted.current = true;
    },
  });
  const slot = job.slots.find((one) => one.position === now.position);
  const { answer } = now;
  const isHere = answer !== null && slot?.loaded?.item === answer.item;
  const life = answer?.floor_life;
  return (
    <>
      <div className="row">
        <h2 className="job">{job.job}{job.product && ` · ${job.product}`}</h2>
        <BuiltBy of={job} />
        <Button look="quiet" onClick={closeJob}>{t('line.back')}</Button>
      </div>
      {job.built_by && !job.built_by.counts && <Notice tone="bad" title={t('line.old-revision')}><p lang="en">{job.built_by.text}</p></Notice>}
      {who?.accesses.includes('line') && (
        <ScanBar ready={now.position ? t('line.step.reel', { position: now.position }) : t('line.step.feeder')}
                 onSubject={(subject) => {
                   if ('symbols' in subject) void scanned(subject.symbols);
                   else void reading.run(async () => scanned((await read(subject)).symbols.map((one) => one.text)));
                 }} />
      )}
      {now.note && <Notice live tone="warning" title={t(now.note)} />}
      <VerdictBanner word={answer?.verdict ?? null}
                     detail={answer ? `${answer.slot.position} · ${t(answer.slot.fits ? 'line.fits' : 'line.fits-not')} · ${answer.fields.mpn ?? ''}`
                       : now.busy ? t('verdict.checking')
                       : now.position ? t('line.step.reel', { position: now.position }) : t('line.step.feeder')} />
      {slot && <p className="takes">{t('line.take', { position: slot.position, parts: partsOf(slot) })}</p>}
      <Trouble error={now.error} />
      <Trouble error={reading.error} />
      <div className="columns">
        {slot && who?.accesses.includes('line') && <Against key={slot.position} slot={slot} />}
        {answer && (
          <section className="card" aria-label={t('verdict.next')}>
            {now.done && <Notice live tone="good" title={t(now.done === 'loaded' ? 'line.recorded' : 'line.unloaded')} />}
            <div className="row">
              {answer.verdict === 'ACCEPT' && !now.done && !isHere && (
                <Button look="primary" className="big" busy={now.busy} onClick={() => void load(slot?.loaded !== undefined)}>
                  {t(slot?.loaded ? 'line.splice' : 'line.load')}
                </Button>
              )}
              {isHere && now.done !== 'unloaded' && (
                <Button className="big" busy={now.busy} onClick={() => void unload()}>{t('line.unload')}</Button>
              )}
            </div>
            {now.symbols && who?.accesses.includes('handle') && (life || drawsMoisture(answer.fields.msl)) && (
              <FloorLife key={answer.item} of={{ symbols: now.symbols }} told={life} />
            )}
            <Reasons at="line" of={answer} />
          </section>
        )}
      </div>
      <section className="card" aria-label={t('line.list')}>
        <h2>{t('line.list')}</h2>
        <Slots job={job} chosen={now.position} />
        <p className="hint">{t('line.unload.scan')}</p>
        <Button look="quiet" busy={reading.busy} onClick={() => void reading.run(refresh)}>{t('do.refresh')}</Button>
      </section>
    </>
  );
}

export default function Line() {
  const t = useT();
  const { job } = useStore(line);
  return (
    <>
      <h1>{t('line.title')}</h1>
      {job ? <Working job={job} /> : <Jobs />}
    </>
  );
}
