// Organisations without a node that may register what they sign in our log, and until when.
import { useEffect, useState } from 'react';
import { call } from '../../api/client';
import type { Guest } from '../../api/types';
import { useT, whenText } from '../../i18n';
import { Table, Trouble, useWork } from '../../ui/parts';

function stateOf(t: ReturnType<typeof useT>, guest: Guest): string {
  if (guest.dismissed_at !== undefined) return t('guests.dismissed');
  if (guest.not_after === undefined) return t('guests.admitted');
  return t(guest.not_after * 1000 < Date.now() ? 'guests.over' : 'partners.until', { until: whenText(guest.not_after) });
}

export function Guests() {
  const t = useT();
  const [guests, setGuests] = useState<Guest[]>([]);
  const { error, run } = useWork();
  useEffect(() => void run(async () => setGuests((await call<{ guests: Guest[] }>('GET', '/v1/guests')).guests)), []);
  if (guests.length === 0) return <Trouble error={error} />;
  return (
    <section className="card apart" aria-label={t('guests.title')}>
      <h2>{t('guests.title')}</h2>
      <p>{t('guests.text')}</p>
      <Table label={t('guests.title')} head={[t('guests.org'), t('partners.root'), t('partners.key.may'), t('line.state')]} fits>
        {guests.map((guest) => (
          <tr key={guest.org}>
            <td><strong>{guest.org}</strong></td>
            <td className="breaks"><code>{guest.root}</code></td>
            <td>{guest.may.join(', ')}</td>
            <td>{stateOf(t, guest)}{!guest.known && <> <span className="tag">{t('guests.nothing')}</span></>}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
