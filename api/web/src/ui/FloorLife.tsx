// What keeps the clock of a moisture-sensitive reel: opened, dry again, baked.
import { useState } from 'react';
import { call } from '../api/client';
import type { FloorLifeTold } from '../api/types';
import { useT } from '../i18n';
import { read, type Known } from '../scan/subject';
import { Button, Notice, Trouble, useWork } from './parts';

const HOUR = 3600;
const STATES = ['open', 'dry', 'baked'] as const;

// Of parts of level 1, and of those without one, no time runs.
export function drawsMoisture(level: unknown): boolean {
  return level !== undefined && !/^(MSL|LEVEL)?[\s:-]*1$/i.test(String(level).trim());
}

export function FloorLife({ of, told: before }: { of: Known; told?: Partial<FloorLifeTold> }) {
  const t = useT();
  const work = useWork();
  const [told, setTold] = useState<FloorLifeTold | null>(null);
  const life = told ?? before;
  const tell = (state: (typeof STATES)[number]) => work.run(async () => {
    const named = 'picture' in of ? { symbols: (await read(of)).symbols.map((one) => one.text) } : of;
    setTold(await call<FloorLifeTold>('POST', '/v1/floor-life', { body: { ...named, state }, patient: true }));
  });
  return (
    <section aria-label={t('floor.title')}>
      <h3>{t('floor.title')}</h3>
      {life?.of_seconds !== undefined && (
        <p>
          {t('line.floor', { used: ((life.used_seconds ?? 0) / HOUR).toFixed(1), all: Math.round(life.of_seconds / HOUR) })}{' '}
          <span className="tag">{t(life.open ? 'floor.open' : 'floor.dry')}</span>
        </p>
      )}
      {told && <Notice live tone="good" title={t('floor.recorded')} />}
      <Trouble error={work.error} />
      <div className="row">
        {STATES.map((state) => <Button key={state} busy={work.busy} onClick={() => void tell(state)}>{t(`floor.do.${state}`)}</Button>)}
      </div>
    </section>
  );
}
