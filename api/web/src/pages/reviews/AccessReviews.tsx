// The access log by quarter: who read what, and whether each share that holds is still right. A share is confirmed or
// withdrawn before the quarter is signed.
import { useEffect, useState } from 'react';
import { call } from '../../api/client';
import type { AccessReview, Share } from '../../api/vault';
import { countText, useT, whenText } from '../../i18n';
import { Button, Dialog, Field, Notice, SelectField, Table, Trouble, useWork } from '../../ui/parts';

function quartersBack(count: number): string[] {
  const now = new Date();
  const last = now.getUTCFullYear() * 4 + Math.floor(now.getUTCMonth() / 3);
  return Array.from({ length: count }, (_, back) => `${Math.floor((last - back) / 4)}-Q${((last - back) % 4) + 1}`);
}

// The first moment behind it.
function endOf(quarter: string): number {
  return Date.UTC(Number(quarter.slice(0, 4)), Number(quarter.slice(6)) * 3, 1) / 1000;
}

function Report({ of }: { of: NonNullable<AccessReview['report']> }) {
  const t = useT();
  return (
    <>
      {!of.whole && <Notice tone="warning" title={t('review.not-whole')} />}
      {of.readers.length === 0 ? <Notice title={t('review.nobody')} /> : (
        <Table short label={t('review.readers')} head={[t('trace.who'), t('review.requests'), t('review.readings'), t('vault.documents'), t('review.refusals'), t('review.last')]}>
          {of.readers.map((one) => (
            <tr key={one.who}>
              <td><strong>{one.who}</strong></td>
              <td className="number">{countText(one.requests)}</td>
              <td className="number">{countText(one.readings)}</td>
              <td className="number">{countText(one.documents)}</td>
              <td className="number">{one.refusals > 0 ? <strong className="error">{countText(one.refusals)}</strong> : 0}</td>
              <td className="when">{whenText(one.last)}</td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}

function Sign({ of, shares, onSigned, onClose }: { of: AccessReview; shares: Share[]; onSigned: () => void; onClose: () => void }) {
  const t = useT();
  const [said, setSaid] = useState<Record<string, string>>({});
  const [remark, setRemark] = useState('');
  const work = useWork();
  const withdrawn = shares.filter((one) => said[one.share] === 'withdraw');
  const open = shares.filter((one) => !said[one.share]).length;
  return (
    <Dialog wide title={t('review.sign.title', { quarter: of.quarter })} onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => {
          for (const one of withdrawn)
            await call('POST', `/v1/vault/shares/${one.share}/end`, { body: { reason: t('review.withdrawn.reason', { quarter: of.quarter }) } });
          const sum = t('review.sum', { confirmed: shares.length - withdrawn.length, withdrawn: withdrawn.length });
          await call('POST', `/v1/vault/reviews/${of.quarter}/sign`, { body: { remark: `${sum} ${remark.trim()}`.trim() } });
          onSigned();
        });
      }}>
        {of.report && <Report of={of.report} />}
        <h3>{t('review.shares')}</h3>
        <p>{t('review.shares.text')}</p>
        {shares.length === 0 ? <Notice title={t('vault.given.nothing')} /> : (
          <Table label={t('review.shares')} head={[t('vault.recipient'), t('vault.project'), t('vault.purpose'), t('vault.end'), t('review.still')]}>
            {shares.map((one) => (
              <tr key={one.share}>
                <td><strong>{[one.recipient, one.role, one.person].filter(Boolean).join(', ')}</strong></td>
                <td>{one.project}</td>
                <td>{one.purpose}</td>
                <td className="when">{whenText(one.end)}</td>
                <td>
                  <select aria-label={`${t('review.still')} ${one.recipient}, ${one.purpose}`} value={said[one.share] ?? ''} required
                          onChange={(event) => setSaid((now) => ({ ...now, [one.share]: event.target.value }))}>
                    <option value="">{t('review.still.open')}</option>
                    <option value="confirm">{t('review.confirm')}</option>
                    <option value="withdraw">{t('review.withdraw')}</option>
                  </select>
                </td>
              </tr>
            ))}
          </Table>
        )}
        <Field label={t('review.remark')}>
          {(ids) => <textarea {...ids} rows={2} required maxLength={300} value={remark} onChange={(event) => setRemark(event.target.value)} />}
        </Field>
        <Notice tone="warning" title={t('review.sign.text', { withdrawn: withdrawn.length })} />
        <Trouble error={work.error} />
        <div className="row end">
          <Button look="quiet" onClick={onClose}>{t('do.cancel')}</Button>
          <Button look="danger" type="submit" disabled={open > 0} busy={work.busy}>{t('review.sign')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

export function AccessReviews({ shares, version, onChanged }: { shares: Share[]; version: number; onChanged: () => void }) {
  const t = useT();
  const [done, setDone] = useState<AccessReview[]>([]);
  const [open, setOpen] = useState<string[]>([]);
  const [quarter, setQuarter] = useState('');
  const [looked, setLooked] = useState<AccessReview | null>(null);
  const [signing, setSigning] = useState(false);
  const work = useWork();
  const { run } = work;
  useEffect(() => void run(async () => {
    const told = await call<{ reviews: AccessReview[]; open: { quarter: string }[] }>('GET', '/v1/vault/reviews');
    setDone(told.reviews);
    setOpen(told.open.map((one) => one.quarter));
  }), [version]);
  const quarters = [...new Set([...open, ...quartersBack(5), ...done.map((one) => one.quarter)])].sort().reverse();
  const chosen = quarter || open[0] || quarters[0] || '';
  const look = () => run(async () => setLooked(await call<AccessReview>('GET', `/v1/vault/reviews/${chosen}`)));
  return (
    <section className="card apart" aria-label={t('review.access')}>
      <h2>{t('review.access')}</h2>
      <p>{t('review.access.text')}</p>
      {open.length > 0 && <Notice tone="warning" title={t('review.open', { quarters: open.join(', ') })} />}
      <form onSubmit={(event) => {
        event.preventDefault();
        void look();
      }}>
        <SelectField label={t('review.quarter')} value={chosen} choices={quarters.map((value) => ({ value, label: value }))} onText={(text) => {
          setQuarter(text);
          setLooked(null);
        }} />
        <div className="row"><Button type="submit" busy={work.busy}>{t('review.look')}</Button></div>
      </form>
      <Trouble error={work.error} />
      {looked?.report && (
        <>
          <h3>{t('review.report', { quarter: looked.quarter })}</h3>
          <Report of={looked.report} />
          {looked.signed ? <Notice tone="good" title={t('review.signed', { by: looked.by ?? '', when: whenText(looked.signed) })}><p>{looked.remark}</p></Notice>
            : endOf(looked.quarter) * 1000 > Date.now() ? <Notice title={t('review.not-over', { when: whenText(endOf(looked.quarter)) })} />
            : <div className="row"><Button look="primary" onClick={() => setSigning(true)}>{t('review.go-sign')}</Button></div>}
        </>
      )}
      {done.length > 0 && (
        <Table label={t('review.done')} head={[t('review.quarter'), t('review.signed.when'), t('trace.who'), t('review.remark'), t('vault.body')]}>
          {done.map((one) => (
            <tr key={one.quarter}>
              <td><strong>{one.quarter}</strong></td>
              <td className="when">{one.signed ? whenText(one.signed) : '–'}</td>
              <td>{one.by}</td>
              <td>{one.remark}</td>
              <td><code>{one.digest?.slice(0, 16)}</code></td>
            </tr>
          ))}
        </Table>
      )}
      {signing && looked && <Sign of={looked} shares={shares} onClose={() => setSigning(false)} onSigned={() => {
        setSigning(false);
        void look();
        onChanged();
      }} />}
    </section>
  );
}
