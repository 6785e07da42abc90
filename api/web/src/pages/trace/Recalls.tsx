// Recalls that were published, and what one reaches here.
import { useCallback, useEffect, useState } from 'react';
import { call } from '../../api/client';
import type { PublishedRecall, Reach } from '../../api/types';
import { countText, useT, whenText, wordFor } from '../../i18n';
import { go } from '../../shell/routes';
import { Button, Dialog, Facts, Notice, Table, Trouble, useWork } from '../../ui/parts';
import { partOf } from './Search';
import { trace } from './trace';

// How far it goes, in sum.
export function ReachTold({ of }: { of: Reach }) {
  const t = useT();
  const { in_all: all } = of;
  if (all.items === 0) return <Notice title={t('reach.none')} />;
  return (
    <Facts of={[
      [t('reach.items'), countText(all.items)],
      [t('reach.boards'), countText(all.boards)],
      [t('reach.here'), countText(all.here)],
      [t('reach.parts'), countText(all.parts)],
      [t('reach.loaded'), countText(all.loaded)],
      ...all.elsewhere.map((one) => [t('reach.at', { org: one.org }), countText(one.items)] as [string, string]),
    ]} />
  );
}

function ReachDialog({ of, onClose }: { of: PublishedRecall; onClose: () => void }) {
  const t = useT();
  const [reach, setReach] = useState<Reach | null>(null);
  const work = useWork();
  const ask = (after?: string) => work.run(async () => {
    const body = { mpn: of.mpn, lots: of.lots, date_codes: of.date_codes, ...(after && { after }) };
    const told = await call<Reach>('POST', '/v1/recall/reach', { body });
    setReach((now) => (after && now ? { ...told, items: [...now.items, ...told.items] } : told));
  });
  useEffect(() => void ask(), [of]);
  return (
    <Dialog title={t('reach.title', { mpn: of.mpn || '*' })} onClose={onClose} wide>
      <Trouble error={work.error} />
      {work.busy && !reach && <p role="status">{t('app.loading')}</p>}
      {reach && (
        <>
          <ReachTold of={reach} />
          {reach.items.length > 0 && (
            <Table label={t('reach.items')} head={[t('trace.item'), t('field.lot'), t('line.state'), t('trace.holder'), t('reach.of')]}>
              {reach.items.map((one) => (
                <tr key={one.item}>
                  <td>
                    <button type="button" className="link" aria-label={`${partOf(one)} – ${t('trace.open')}: ${one.item}`} onClick={() => {
                      onClose();
                      go('/trace');
                      void trace({ item: one.item });
                    }}>{partOf(one)}</button>{' '}
                    <code>{one.item}</code>
                  </td>
                  <td>{one.fields.lot}</td>
                  <td>{wordFor('status', one.state.status)}{one.state.feeder && ` · ${one.state.feeder}`}</td>
                  <td>{one.state.holder}</td>
                  <td>{one.of.length === 0 ? t('reach.itself') : <code>{one.of.join(' ')}</code>}</td>
                </tr>
              ))}
            </Table>
          )}
          {reach.truncated && <Notice tone="warning" title={t('reach.truncated')} />}
          {reach.next && <Button busy={work.busy} onClick={() => void ask(reach.next)}>{t('do.more')}</Button>}
        </>
      )}
      <div className="row end"><Button onClick={onClose}>{t('do.close')}</Button></div>
    </Dialog>
  );
}

export function Recalls() {
  const t = useT();
  const [all, setAll] = useState<PublishedRecall[] | null>(null);
  const [shown, setShown] = useState<PublishedRecall | null>(null);
  const { error, run } = useWork();
  const load = useCallback(async () => setAll((await call<{ recalls: PublishedRecall[] }>('GET', '/v1/recalls')).recalls), []);
  useEffect(() => void run(load), [load]);
  return (
    <section className="card apart" aria-label={t('recalls.title')}>
      <h2>{t('recalls.title')}</h2>
      <Trouble error={error} />
      {all?.length === 0 && <p>{t('recalls.none')}</p>}
      {all && all.length > 0 && (
        <Table label={t('recalls.title')} head={[t('trace.when'), t('trace.who'), t('field.mpn'), t('field.lot'), t('recalls.why'), t('recalls.hit'), t('do.actions')]}>
          {all.map((one) => (
            <tr key={`${one.log} ${one.index}`}>
              <td className="when">{whenText(one.at)}</td>
              <td>{one.org}</td>
              <td>{one.mpn || '*'}</td>
              <td>{[...one.lots, ...one.date_codes].join(', ') || '*'}</td>
              <td>{one.reason}</td>
              <td><span className="tag">{countText(one.items)}{one.more ? '+' : ''}</span></td>
              <td><Button look="quiet" aria-label={`${t('reach.show')}: ${one.mpn}`} onClick={() => setShown(one)}>{t('reach.show')}</Button></td>
            </tr>
          ))}
        </Table>
      )}
      {shown && <ReachDialog of={shown} onClose={() => setShown(null)} />}
    </section>
  );
}
