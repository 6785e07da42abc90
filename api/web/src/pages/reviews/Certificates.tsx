// Partners' certificates that somebody here has checked, and which of them each classification needs.
import { useEffect, useState } from 'react';
import { call } from '../../api/client';
import type { Certificate } from '../../api/vault';
import { useT, wordFor } from '../../i18n';
import { Ask } from '../../ui/Ask';
import { Due } from '../../ui/Due';
import { Button, Notice, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { CLASSES } from '../vault/Documents';
import { endOfDay } from '../vault/days';

const EMPTY = { partner: '', standard: '', number: '', scope: '', issuer: '', until: '', document: '', checked_how: '' };
const STANDARDS = ['ISO 9001', 'ISO/IEC 27001', 'IATF 16949', 'AS9100', 'TISAX', 'NIST SP 800-171'];

function Add({ partners, onAdded }: { partners: string[]; onAdded: () => void }) {
  const t = useT();
  const [given, setGiven] = useState(EMPTY);
  const set = (name: keyof typeof given) => (text: string) => setGiven((now) => ({ ...now, [name]: text }));
  const work = useWork();
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => {
        const { until, document, ...texts } = given;
        await call('POST', '/v1/vault/certificates', { body: {
          ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.trim()])),
          until: endOfDay(until), ...(document.trim() && { document: document.trim() }),
        } });
        setGiven(EMPTY);
        onAdded();
      });
    }}>
      <datalist id="known-partners">{partners.map((one) => <option key={one} value={one} />)}</datalist>
      <datalist id="known-standards">{STANDARDS.map((one) => <option key={one} value={one} />)}</datalist>
      <div className="form-grid">
        <TextField label={t('vault.partner')} value={given.partner} onText={set('partner')} list="known-partners" required autoComplete="off" />
        <TextField label={t('paper.standard')} value={given.standard} onText={set('standard')} list="known-standards" required autoComplete="off" />
        <TextField label={t('paper.number')} value={given.number} onText={set('number')} required autoComplete="off" />
        <TextField label={t('paper.scope')} value={given.scope} onText={set('scope')} required autoComplete="off" />
        <TextField label={t('paper.issuer')} value={given.issuer} onText={set('issuer')} required autoComplete="off" />
        <TextField label={t('paper.until')} type="date" value={given.until} onText={set('until')} required />
        <TextField label={t('paper.document')} hint={t('paper.document.hint')} value={given.document} onText={set('document')} autoComplete="off" />
        <TextField label={t('paper.how')} hint={t('paper.how.hint')} value={given.checked_how} onText={set('checked_how')} required autoComplete="off" />
      </div>
      <Trouble error={work.error} />
      <Button look="primary" type="submit" busy={work.busy}>{t('paper.add')}</Button>
    </form>
  );
}

function Needs() {
  const t = useT();
  const [needs, setNeeds] = useState<Record<string, string>>({});
  const [kept, setKept] = useState('');
  const work = useWork();
  const { run } = work;
  useEffect(() => void run(async () => {
    const told = await call<{ needs: Record<string, string[]> }>('GET', '/v1/vault/needs');
    setNeeds(Object.fromEntries(Object.entries(told.needs).map(([name, all]) => [name, all.join(', ')])));
  }), []);
  return (
    <>
      <p>{t('paper.needs.text')}</p>
      <Trouble error={work.error} />
      {CLASSES.filter((name) => name !== 'internal').map((name) => (
        <form key={name} onSubmit={(event) => {
          event.preventDefault();
          setKept('');
          void run(async () => {
            await call('POST', '/v1/vault/needs', { body: { classification: name, standards: (needs[name] ?? '').split(',').map((one) => one.trim()).filter(Boolean) } });
            setKept(name);
          });
        }}>
          <TextField label={wordFor('vault.class', name)} hint={t('paper.needs.hint')} value={needs[name] ?? ''} onText={(text) => setNeeds((now) => ({ ...now, [name]: text }))} autoComplete="off" />
          <div className="row">
            <Button type="submit" busy={work.busy} aria-label={`${t('do.save')}: ${wordFor('vault.class', name)}`}>{t('do.save')}</Button>
            {kept === name && <span role="status">{t('paper.kept')}</span>}
          </div>
        </form>
      ))}
    </>
  );
}

export function Certificates({ all, partners, onChanged }: { all: Certificate[]; partners: string[]; onChanged: () => void }) {
  const t = useT();
  const [withdrawing, setWithdrawing] = useState<Certificate | null>(null);
  const work = useWork();
  return (
    <section className="card apart" aria-label={t('paper.title')}>
      <h2>{t('paper.title')}</h2>
      <p>{t('paper.text')}</p>
      <Trouble error={work.error} />
      {all.length === 0 ? <Notice title={t('paper.none')} /> : (
        <Table label={t('paper.title')} head={[t('vault.partner'), t('paper.standard'), t('paper.scope'), t('paper.until'), t('paper.checked'), t('do.actions')]}>
          {[...all].sort((a, b) => a.until - b.until).map((one) => (
            <tr key={one.certificate}>
              <td><strong>{one.partner}</strong></td>
              <td>{one.standard}<p>{one.number}, {one.issuer}</p></td>
              <td>{one.scope}</td>
              <td>{one.withdrawn ? <><span className="tag bad">{t('paper.withdrawn')}</span><p>{one.reason}</p></> : <Due at={one.until} />}</td>
              <td>{one.checked_by}<p>{one.checked_how}</p></td>
              <td>{!one.withdrawn && <Button look="quiet" aria-label={`${t('paper.withdraw')}: ${one.partner}, ${one.standard}`} onClick={() => setWithdrawing(one)}>{t('paper.withdraw')}</Button>}</td>
            </tr>
          ))}
        </Table>
      )}
      <details>
        <summary>{t('paper.add')}</summary>
        <Add partners={partners} onAdded={onChanged} />
      </details>
      <details>
        <summary>{t('paper.needs')}</summary>
        <Needs />
      </details>
      {withdrawing && (
        <Ask title={t('paper.withdraw.sure', { standard: withdrawing.standard, partner: withdrawing.partner })} label={t('paper.withdraw.reason')} onNo={() => setWithdrawing(null)} onYes={(reason) => {
          const { certificate } = withdrawing;
          setWithdrawing(null);
          void work.run(async () => {
            await call('POST', `/v1/vault/certificates/${certificate}/withdraw`, { body: { reason } });
            onChanged();
          });
        }}>
          <p>{t('paper.withdraw.text')}</p>
        </Ask>
      )}
    </section>
  );
}
