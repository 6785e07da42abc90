import { useCallback, useEffect, useState } from 'react';
import { call, session } from '../api/client';
import { useLive } from '../api/live';
import type { Backups, Health } from '../api/types';
import { countText, useT, whenText } from '../i18n';
import { useStore } from '../store';
import { Button, Facts, Notice, Table, Trouble, useWork } from '../ui/parts';

function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  let value = bytes;
  for (; value >= 1024 && at < units.length - 1; at += 1) value /= 1024;
  return `${value < 10 && at > 0 ? value.toFixed(1) : Math.round(value)} ${units[at]}`;
}

function BackUp() {
  const t = useT();
  const [now, setNow] = useState<Backups | null>(null);
  const [done, setDone] = useState(false);
  const work = useWork();
  const { run } = work;
  useEffect(() => void run(async () => setNow(await call<Backups>('GET', '/v1/backups'))), []);
  return (
    <section className="card apart" aria-label={t('backup.title')}>
      <h2>{t('backup.title')}</h2>
      <Trouble error={work.error} />
      {done && <Notice live tone="good" title={t('backup.done')} />}
      {now?.folder === '' && <p>{t('backup.none')} <code>backups = "/volume/folder"</code></p>}
      {now && now.folder !== '' && (
        <>
          <p>{t('backup.folder')} <code>{now.folder}</code></p>
          <p className="hint">{t('backup.keys')}</p>
          {now.backups.length > 0 && (
            <Table label={t('backup.title')} head={[t('backup.name'), t('backup.size')]}>
              {now.backups.map((one) => <tr key={one.name}><td>{one.name}</td><td className="number">{bytesText(one.bytes)}</td></tr>)}
            </Table>
          )}
          <Button look="primary" busy={work.busy} onClick={() => void run(async () => {
            setDone(false);
            setNow(await call<Backups>('POST', '/v1/backups', { body: {} }));
            setDone(true);
          })}>{t('backup.make')}</Button>
        </>
      )}
    </section>
  );
}

export default function Node() {
  const t = useT();
  const [health, setHealth] = useState<Health | null>(null);
  const { who } = useStore(session);
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => setHealth(await call<Health>('GET', '/v1/health')), []);
  // Once, and when asked: looking would keep the session from ending.
  useEffect(() => void run(load), [load]);
  useLive({
    log: ({ origin, size }) => setHealth((now) => now && {
      ...now, partners: now.partners.map((one) => (one.origin === origin ? { ...one, size, age_seconds: 0 } : one)),
    }),
    alarm: ({ status }) => setHealth((now) => now && { ...now, status }),
  });
  const tone = { ok: 'good', alarm: 'warning', refusing: 'bad' } as const;
  return (
    <>
      <div className="row">
        <h1>{t('node.title')}</h1>
        <Button look="quiet" busy={work.busy} onClick={() => void run(load)}>{t('do.refresh')}</Button>
      </div>
      <Trouble error={work.error} />
      {health && (
        <>
          <Notice tone={tone[health.status]} title={t(`node.status.${health.status}`)}>
            {health.refusing && <p lang="en">{health.refusing}</p>}
          </Notice>
          {health.alarms.length > 0 && (
            <section className="card apart" aria-label={t('node.alarms')}>
              <h2>{t('node.alarms')}</h2>
              <ul lang="en">{health.alarms.map((one) => <li key={one}>{one}</li>)}</ul>
            </section>
          )}
          <div className="columns">
            <section className="card" aria-label={t('node.log')}>
              <h2>{t('node.log')}: {health.log.origin}</h2>
              <Facts of={[
                [t('node.entries'), countText(health.log.size)],
                [t('node.replicated'), countText(health.log.quorum_size)],
                [t('node.lag'), countText(health.log.quorum_lag)],
                [t('node.signed'), whenText(health.log.time)],
                [t('node.root'), <code key="root">{health.log.root}</code>],
              ]} />
            </section>
            <section className="card" aria-label={t('node.store')}>
              <h2>{t('node.store')}</h2>
              <Facts of={[
                [t('node.used'), t('node.used.of', { used: bytesText(health.store.used_bytes), all: bytesText(health.store.map_bytes) })],
                [t('node.version'), health.version],
              ]} />
            </section>
          </div>
          <h2>{t('node.partners')}</h2>
          {health.partners.length === 0 ? <p>{t('node.partners.none')}</p> : (
            <Table label={t('node.partners')} head={[t('node.partner'), t('node.copy'), t('node.theirs'), t('node.age'), t('node.partner.state')]}>
              {health.partners.map((one) => (
                <tr key={one.org}>
                  <td><strong>{one.org}</strong></td>
                  <td className="number">{countText(one.size)}</td>
                  <td className="number">{countText(one.replicated)}</td>
                  <td className="when">{one.age_seconds === undefined ? '–' : t('node.age.s', { n: one.age_seconds })}</td>
                  <td>
                    {[one.frozen, one.alarm, one.error, one.not_mirrored].filter(Boolean).map((what) => (
                      <p key={what} className="error" lang="en">{what}</p>
                    ))}
                    {!one.frozen && !one.alarm && !one.error && !one.not_mirrored && <span className="tag">{t('node.fine')}</span>}
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </>
      )}
      {who?.accesses.includes('admin') && <BackUp />}
    </>
  );
}
