import { useRef } from 'react';
import { useLive } from '../../api/live';
import { useT, whenText } from '../../i18n';
import type { Job, Slot } from '../../api/types';
import { session } from '../../api/client';
import { ScanBar } from '../../scan/ScanBar';
import { read } from '../../scan/subject';
import { useStore } from '../../store';
import { Button, Notice, Trouble, useWork } from '../../ui/parts';
import { Reasons, VerdictBanner } from '../../ui/Verdict';
import { Jobs } from './Jobs';
import { choose, closeJob, happened, line, load, refresh, scanned, unload } from './work';

const HOUR = 3600;

function partsOf(slot: Slot): string {
  return [slot.customer_pn, ...slot.mpns].filter(Boolean).join(' · ');
}

const MOST_NAMED = 12;

// The state of the whole set-up at a glance: how much is done, what is missing, each slot in its place.
function Slots({ job, chosen }: { job: Job; chosen: string | null }) {
  const t = useT();
  const empties = job.slots.filter((slot) => !slot.loaded).map((slot) => slot.position);
  const named = empties.slice(0, MOST_NAMED).join(', ') + (empties.length > MOST_NAMED ? ' …' : '');
  const progress = t('line.progress', { done: job.slots_loaded, all: job.slots_in_all });
  return (
    <>
      <progress max={job.slots_in_all} value={job.slots_loaded} aria-label={progress} />
      {empties.length === 0 ? <Notice tone="good" title={t('line.complete')} /> : <p>{t('line.empties', { positions: named })}</p>}
      <ul className="slots" aria-label={t('line.list')}>
        {job.slots.map((slot) => (
          <li key={slot.position}>
            <button type="button" className={`slot ${slot.loaded ? 'loaded' : 'empty'}`}
                    aria-pressed={slot.position === chosen} onClick={() => choose(slot.position)}>
              <strong>{slot.position}</strong>
              <span className="tag">{slot.loaded ? `✓ ${t('line.loaded')}` : t('line.empty')}</span>
              <span>
                {slot.loaded ? t('line.on', { mpn: slot.loaded.mpn, lot: slot.loaded.lot || '–', at: whenText(slot.loaded.at) }) : partsOf(slot)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
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
        <Button look="quiet" onClick={closeJob}>{t('line.back')}</Button>
      </div>
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
            {life?.of_seconds !== undefined && (
              <p>{t('line.floor', { used: (life.used_seconds / HOUR).toFixed(1), all: Math.round(life.of_seconds / HOUR) })}</p>
            )}
            <Reasons at="line" of={answer} />
          </section>
        )}
      </div>
      <section className="card" aria-label={t('line.list')}>
        <h2>{t('line.list')}</h2>
        <Slots job={job} chosen={now.position} />
        <p className="hint">{t('line.unload.scan')}</p>
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
