// What was shipped from here, and what became of it at the receiver.
import { useCallback, useEffect, useState } from 'react';
import { call } from '../../api/client';
import type { Shipment } from '../../api/types';
import { countText, useT, whenText, wordFor } from '../../i18n';
import { Button, Table, Trouble, useWork } from '../../ui/parts';
import { SEALED } from './list';

interface Page {
  shipments: Shipment[];
  next?: string | number;
}

function One({ of }: { of: Shipment }) {
  const t = useT();
  const numbers = SEALED.filter((name) => of[name]).map((name) => `${wordFor('field', name)} ${of[name]}`);
  return (
    <details>
      <summary>
        <span>{t('shipments.one', { when: whenText(of.at), to: of.to, n: of.items.length })}</span>
        {Object.entries(of.states).filter(([, count]) => count > 0).map(([state, count]) => (
          <span key={state} className={`tag ${state === 'held' || state === 'rejected' ? 'bad' : ''}`}>
            {wordFor('shipment', state)}: {countText(count)}
          </span>
        ))}
      </summary>
      {numbers.length > 0 && <p>{numbers.join(' · ')}</p>}
      <Table label={t('shipments.one', { when: whenText(of.at), to: of.to, n: of.items.length })} short
             head={[t('ship.part'), t('field.lot'), t('line.state'), t('trace.when'), t('recalls.why')]}>
        {of.items.map((one) => (
          <tr key={one.item}>
            <td>{String(one.fields.mpn ?? one.fields.customer_pn ?? '')} <code>{one.item}</code></td>
            <td>{one.fields.lot}</td>
            <td><span className="tag">{wordFor('shipment', one.state)}</span></td>
            <td className="when">{one.at ? whenText(one.at) : '–'}</td>
            <td>{one.reason}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}

// `version`: asked anew when it changes.
export function Shipments({ version }: { version: number }) {
  const t = useT();
  const [page, setPage] = useState<Page | null>(null);
  const { busy, error, run } = useWork();
  const load = useCallback(async (after?: string | number) => {
    const got = await call<Page>('GET', '/v1/shipments', { query: after === undefined ? {} : { after: String(after) } });
    setPage((now) => (after !== undefined && now ? { ...got, shipments: [...now.shipments, ...got.shipments] } : got));
  }, []);
  useEffect(() => void run(load), [load, version]);
  return (
    <section className="card apart" aria-label={t('shipments.title')}>
      <div className="row">
        <h2>{t('shipments.title')}</h2>
        <Button look="quiet" busy={busy} onClick={() => void run(load)}>{t('do.refresh')}</Button>
      </div>
      <Trouble error={error} />
      {page?.shipments.length === 0 && <p>{t('shipments.none')}</p>}
      {page?.shipments.map((one) => <One key={one.shipment} of={one} />)}
      {page && page.shipments.length > 0 && <p className="hint">{t('shipments.hint')}</p>}
      {page?.next !== undefined && <Button busy={busy} onClick={() => void run(() => load(page.next))}>{t('do.more')}</Button>}
    </section>
  );
}
