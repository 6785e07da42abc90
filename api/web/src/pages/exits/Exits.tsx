// Partners who leave: what ends at once, what both sides have still to do and by when, and the report that stays.
import { useCallback, useEffect, useState } from 'react';
import { call, Problem, send } from '../../api/client';
import type { Exit, RefusedStatement } from '../../api/vault';
import { countText, useT, whenText, wordFor } from '../../i18n';
import { Ask } from '../../ui/Ask';
import { Due } from '../../ui/Due';
import { saveFile } from '../../ui/files';
import { Button, Confirm, Notice, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { sizeText } from '../vault/Documents';

function Files({ of }: { of: Exit }) {
  const t = useT();
  if (of.files.length === 0) return <p>{t('exit.files.none')}</p>;
  return (
    <details>
      <summary>{t('exit.files', { n: countText(of.files.length) })}</summary>
      <Table short label={t('exit.files', { n: of.files.length })} head={[t('vault.document'), t('vault.version'), t('vault.body'), t('exit.released'), t('vault.state')]}>
        {of.files.map((one) => (
          <tr key={`${one.share} ${one.body} ${one.released}`}>
            <td><strong>{one.name}</strong><p>{sizeText(one.size)}</p></td>
            <td className="number">{one.version}</td>
            <td><code>{one.body.slice(0, 16)}</code></td>
            <td className="when">{whenText(one.released)}</td>
            <td>{one.destroyed ? <>{t('vault.destroyed')}<p>{whenText(one.destroyed)}</p></> : <span className="tag bad">{t('exit.held')}</span>}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}

function OneExit({ of, onChanged }: { of: Exit; onChanged: () => void }) {
  const t = useT();
  const [asking, setAsking] = useState<'accounts' | 'destroy' | 'close' | null>(null);
  const work = useWork();
  const act = (what: string, body: unknown = {}) => {
    setAsking(null);
    void work.run(async () => {
      await call('POST', `/v1/vault/exits/${of.exit}/${what}`, { body });
      onChanged();
    });
  };
  const open = of.steps.some((one) => !one.done);
  const isOpen = (name: string) => of.steps.some((one) => one.step === name && !one.done);
  const title = t(of.ours ? 'exit.ours' : 'exit.theirs', { partner: of.partner });
  return (
    <section className="card apart" aria-label={title}>
      <div className="row">
        <h2>{title}</h2>
        <span className={of.state === 'overdue' ? 'tag bad' : 'tag'}>{wordFor('exit.state', of.state)}</span>
      </div>
      <p>{t('exit.began', { when: whenText(of.began), by: of.by, reason: of.reason })}</p>
      {of.state !== 'closed' && open && <div><strong>{t('exit.until')}</strong> <Due at={of.until} /></div>}
      {of.closed && <p>{t('exit.closed', { when: whenText(of.closed), by: of.closed_by ?? '' })} {of.closed_reason}</p>}
      <Trouble error={work.error} />
      <Table label={t('exit.steps')} head={[t('exit.step'), t('vault.state'), t('trace.details')]}>
        {of.steps.map((one) => (
          <tr key={one.step}>
            <td><strong>{wordFor('exit.step', one.step)}</strong></td>
            <td><span className={one.done ? 'tag' : 'tag bad'}>{t(one.done ? 'due.done' : 'exit.step.open')}</span></td>
            <td lang="en">{one.text}</td>
          </tr>
        ))}
      </Table>
      <Files of={of} />
      <div className="row">
        {of.state !== 'closed' && of.ours && isOpen('accounts') && <Button onClick={() => setAsking('accounts')}>{t('exit.accounts')}</Button>}
        {of.state !== 'closed' && !of.ours && isOpen('destruction') && <Button look="danger" onClick={() => setAsking('destroy')}>{t('exit.destroy')}</Button>}
        {of.state !== 'closed' && <Button look={open ? 'danger' : 'primary'} onClick={() => setAsking('close')}>{t('exit.close')}</Button>}
        <Button busy={work.busy} onClick={() => void work.run(async () => {
          const report = await send('GET', `/v1/vault/exits/${of.exit}/report`, { accept: 'application/pdf' });
          saveFile(`exit-${of.partner}.pdf`, 'application/pdf', await report.blob());
        })}>{t('exit.report')}</Button>
      </div>
      {asking === 'accounts' && (
        <Confirm text={t('exit.accounts.sure', { partner: of.partner })} onNo={() => setAsking(null)} onYes={() => act('accounts')}><p>{t('exit.accounts.text')}</p></Confirm>
      )}
      {asking === 'destroy' && (
        <Confirm text={t('exit.destroy.sure', { partner: of.partner })} onNo={() => setAsking(null)} onYes={() => act('destroy')}>
          <p>{t('exit.destroy.text', { partner: of.partner, n: countText(of.files.filter((one) => !one.destroyed).length) })}</p>
        </Confirm>
      )}
      {asking === 'close' && (open ? (
        <Ask title={t('exit.close.open', { partner: of.partner })} label={t('exit.close.reason')} onNo={() => setAsking(null)} onYes={(reason) => act('close', { reason })}>
          <p>{t('exit.close.open.text', { n: of.steps.filter((one) => !one.done).length })}</p>
        </Ask>
      ) : (
        <Confirm text={t('exit.close.sure', { partner: of.partner })} onNo={() => setAsking(null)} onYes={() => act('close')}><p>{t('exit.close.text')}</p></Confirm>
      ))}
    </section>
  );
}

// What a partner's node would not take stays open here until somebody sends it again.
function RefusedTable({ all, onSent }: { all: RefusedStatement[]; onSent: () => void }) {
  const t = useT();
  const work = useWork();
  if (all.length === 0) return null;
  return (
    <section className="card apart" aria-label={t('exit.refused')}>
      <h2>{t('exit.refused')}</h2>
      <p>{t('exit.refused.text')}</p>
      <Trouble error={work.error} />
      <Table label={t('exit.refused')} head={[t('trace.when'), t('vault.partner'), t('trace.what'), t('exit.refused.why'), t('do.actions')]}>
        {all.map((one) => (
          <tr key={one.refused}>
            <td className="when">{whenText(one.at)}</td>
            <td><strong>{one.partner}</strong></td>
            <td lang="en">{one.what ?? '–'}</td>
            <td lang="en">{one.reason}</td>
            <td>
              <Button look="quiet" busy={work.busy} aria-label={`${t('exit.refused.send')}: ${one.partner}, ${one.what ?? one.refused}`} onClick={() => void work.run(async () => {
                await call('POST', `/v1/vault/refused/${encodeURIComponent(one.refused)}/send`, { body: {} });
                onSent();
              })}>{t('exit.refused.send')}</Button>
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function Start({ onStarted }: { onStarted: () => void }) {
  const t = useT();
  const [given, setGiven] = useState({ org: '', reason: '', hours: '48' });
  const [asking, setAsking] = useState(false);
  const set = (name: keyof typeof given) => (text: string) => setGiven((now) => ({ ...now, [name]: text }));
  const work = useWork();
  const partner = given.org.trim();
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      setAsking(true);
    }}>
      <h2>{t('exit.start')}</h2>
      <p>{t('exit.start.hint')}</p>
      <TextField label={t('vault.partner')} value={given.org} onText={set('org')} required autoComplete="off" />
      <TextField label={t('exit.reason')} value={given.reason} onText={set('reason')} required autoComplete="off" />
      <TextField label={t('exit.hours')} hint={t('exit.hours.hint')} type="number" min="1" value={given.hours} onText={set('hours')} required />
      <Trouble error={work.error} />
      <Button look="danger" type="submit" busy={work.busy}>{t('exit.start')}</Button>
      {asking && (
        <Confirm text={t('exit.start.sure', { partner })} onNo={() => setAsking(false)} onYes={() => {
          setAsking(false);
          void work.run(async () => {
            await call('POST', '/v1/vault/offboard', { body: { org: partner, reason: given.reason.trim(), hours: Number(given.hours) } });
            setGiven({ org: '', reason: '', hours: '48' });
            onStarted();
          });
        }}>
          <p>{t('exit.start.text')}</p>
          <ul>
            {(['ends', 'destroys', 'asks', 'clock'] as const).map((name) => <li key={name}>{t(`exit.start.${name}`, { partner, hours: given.hours })}</li>)}
          </ul>
          <p><strong>{t('exit.start.final')}</strong></p>
        </Confirm>
      )}
    </form>
  );
}

export default function Exits() {
  const t = useT();
  const [exits, setExits] = useState<Exit[] | null>(null);
  const work = useWork();
  const { run } = work;
  const [refused, setRefused] = useState<RefusedStatement[]>([]);
  const load = useCallback(async () => {
    setExits((await call<{ exits: Exit[] }>('GET', '/v1/vault/exits')).exits);
    try {
      setRefused((await call<{ refused: RefusedStatement[] }>('GET', '/v1/vault/refused')).refused);
    } catch (error) {
      // A node of before has no such list.
      if (!(error instanceof Problem) || error.status !== 404) throw error;
    }
  }, []);
  useEffect(() => void run(load), [load]);
  const changed = () => void run(load);
  return (
    <>
      <div className="row">
        <h1>{t('exit.title')}</h1>
        <Button look="quiet" busy={work.busy} onClick={changed}>{t('do.refresh')}</Button>
      </div>
      <p>{t('exit.text')}</p>
      <Trouble error={work.error} />
      {exits?.length === 0 && <Notice title={t('exit.none')} />}
      <RefusedTable all={refused} onSent={changed} />
      {exits?.map((one) => <OneExit key={one.exit} of={one} onChanged={changed} />)}
      {exits && <div className="columns"><Start onStarted={changed} /></div>}
    </>
  );
}
