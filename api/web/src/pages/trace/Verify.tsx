// The history's signatures, checked by this browser on demand.
import { useState } from 'react';
import { call, send, session } from '../../api/client';
import type { Health, HistoryEvent, Trace } from '../../api/types';
import { countText, useT } from '../../i18n';
import { about, type Known } from '../../scan/subject';
import { useStore } from '../../store';
import { announce } from '../../ui/announce';
import { patiently } from '../../ui/later';
import { Button, Notice, Trouble, useWork } from '../../ui/parts';
import type { CheckedLog } from './verify';

interface Told {
  logs: CheckedLog[];
  holds: number;
  missing: HistoryEvent[];
}

async function keysOfMirrors(mayAsk: boolean): Promise<string[]> {
  if (!mayAsk) return [];
  const health = await call<Health>('GET', '/v1/health');
  return [health.log.mirror_key, ...health.partners.map((one) => one.mirror_key)].filter((key): key is string => !!key);
}

export function Verify({ of, subject, bundleType }: { of: Trace; subject: Known; bundleType: string }) {
  const t = useT();
  const { who } = useStore(session);
  const [told, setTold] = useState<Told | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const work = useWork();
  const verify = () => work.run(async () => {
    setTold(null);
    setRefused(null);
    const { verifyBundle } = await patiently(() => import('./verify'));
    const answer = await send('POST', '/v1/trace', { ...about(subject), accept: bundleType });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const keys = await keysOfMirrors(who?.accesses.includes('health') ?? false);
    try {
      const { entries, logs } = await verifyBundle(bytes, keys);
      const events = [of, ...of.ancestors].flatMap((one) => one.events);
      const missing = events.filter((event) => !entries.get(`${event.log} ${event.index}`)?.has(event.envelope));
      setTold({ logs, holds: events.length - missing.length, missing });
      announce(t('verify.holds', { n: events.length - missing.length }));
    } catch (error) {
      // Whatever stops the check: what is not proved does not hold.
      setRefused(error instanceof Error ? error.message : String(error));
    }
  });
  return (
    <section className="card apart" aria-label={t('verify.title')}>
      <h2>{t('verify.title')}</h2>
      <p>{t('verify.text')}</p>
      <Button busy={work.busy} onClick={() => void verify()}>{t('verify.do')}</Button>
      <Trouble error={work.error} />
      {refused && <Notice live tone="bad" title={t('verify.refused')}><p lang="en">{refused}</p></Notice>}
      {told && (
        <div className="apart">
          <Notice live tone={told.missing.length === 0 ? 'good' : 'bad'} title={t('verify.holds', { n: told.holds })}>
            {told.missing.map((event) => (
              <p key={event.envelope}>{t('verify.missing', { log: event.log, index: event.index })}</p>
            ))}
          </Notice>
          <ul>
            {told.logs.map((log) => (
              <li key={log.origin}>
                <strong>{log.origin}</strong>: {t('verify.log', { n: countText(log.size) })}{' '}
                {log.cosigners.length > 0 && t('verify.cosigned', { who: log.cosigners.join(', ') })}
                <br />{t('verify.root', { org: log.org })} <code>{log.root}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
