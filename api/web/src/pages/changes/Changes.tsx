// Engineering changes: from one released revision to a later one, and what both sides' quality signed.
import { useCallback, useEffect, useState } from 'react';
import { call, session } from '../../api/client';
import type { Bom, Change } from '../../api/bom';
import { useT, whenText, wordFor } from '../../i18n';
import { useStore } from '../../store';
import { Due } from '../../ui/Due';
import { Button, Check, Notice, SelectField, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { OneChange } from './OneChange';

export function StateTag({ of }: { of: Change }) {
  const key = of.state.replaceAll(', ', '-').replaceAll(' ', '-');
  const bad = key === 'rejected' || key === 'emergency-lapsed' || key === 'emergency-to-be-approved';
  return <span className={bad ? 'tag bad' : 'tag'}>{wordFor('change.state', key, of.state)}</span>;
}

export function EffectTold({ of }: { of: Change }) {
  const t = useT();
  return <>{t(`change.effect.${of.effect}.from`, { value: of.effect_value })}</>;
}

function Propose({ boms, org, onProposed }: { boms: Bom[]; org: string; onProposed: (change: string) => void }) {
  const t = useT();
  const [given, setGiven] = useState({ bom: '', number: '', partner: '', from: '', to: '', reason: '', effect: 'date', value: '', hours: '24' });
  const [emergency, setEmergency] = useState(false);
  const set = (name: keyof typeof given) => (text: string) => setGiven((now) => ({ ...now, [name]: text }));
  const work = useWork();
  const bom = boms.find((one) => one.bom === given.bom) ?? boms[0];
  const names = bom?.revisions.map((one) => one.revision) ?? [];
  const from = names.includes(given.from) ? given.from : names.at(-2) ?? '';
  const to = names.includes(given.to) ? given.to : names.at(-1) ?? '';
  const choices = names.map((value) => ({ value, label: value }));
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => {
        const made = await call<Change>('POST', '/v1/changes', { body: {
          bom: bom?.bom, number: given.number.trim(), partner: given.partner.trim(), from, to, reason: given.reason.trim(),
          effect: given.effect, effect_value: given.value.trim(), ...(emergency && { emergency_hours: Number(given.hours) }),
        } });
        setGiven((now) => ({ ...now, number: '', reason: '' }));
        onProposed(made.change);
      });
    }}>
      <h2>{t('change.propose')}</h2>
      <p>{t('change.propose.hint')}</p>
      <SelectField label={t('bom.title.one')} value={bom?.bom ?? ''} onText={set('bom')} choices={boms.map((one) => ({ value: one.bom, label: `${one.project}/${one.name}` }))} />
      <TextField label={t('change.number')} hint="ECO-12" value={given.number} onText={set('number')} required autoComplete="off" />
      <TextField label={t('vault.partner')} hint={t('change.partner.hint', { org })} value={given.partner} onText={set('partner')} required autoComplete="off" />
      <div className="form-grid">
        <SelectField label={t('bom.from')} value={from} onText={set('from')} choices={choices} />
        <SelectField label={t('bom.to')} value={to} onText={set('to')} choices={choices} />
      </div>
      <TextField label={t('change.reason')} value={given.reason} onText={set('reason')} required autoComplete="off" />
      <div className="form-grid">
        <SelectField label={t('change.effect')} value={given.effect} onText={set('effect')}
                     choices={(['date', 'lot', 'serial'] as const).map((value) => ({ value, label: t(`change.effect.${value}`) }))} />
        <TextField label={t('change.effect.value')} type={given.effect === 'date' ? 'date' : 'text'} value={given.value} onText={set('value')} required autoComplete="off" />
      </div>
      <Check label={t('change.emergency')} checked={emergency} onCheck={setEmergency} />
      {emergency && <TextField label={t('change.emergency.hours')} hint={t('change.emergency.hint')} type="number" min="1" max="720" value={given.hours} onText={set('hours')} required />}
      <Trouble error={work.error} />
      <Button look="primary" type="submit" disabled={names.length < 2} busy={work.busy}>{t('change.propose')}</Button>
    </form>
  );
}

export default function Changes() {
  const t = useT();
  const who = useStore(session).who;
  const org = who?.org ?? '';
  const [changes, setChanges] = useState<Change[] | null>(null);
  const [boms, setBoms] = useState<Bom[]>([]);
  const [open, setOpen] = useState('');
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => {
    setChanges((await call<{ changes: Change[] }>('GET', '/v1/changes')).changes);
    setBoms((await call<{ boms: Bom[] }>('GET', '/v1/boms')).boms);
  }, []);
  useEffect(() => void run(load), [load]);
  const changed = () => void run(load);
  const own = boms.filter((one) => one.owner === org && one.revisions.length > 0);
  // Whose signature is missing, as far as it is ours to give.
  const waits = (one: Change) => !one.rejected && !(one.owner === org ? one.approved_by_owner : one.approved_by_partner);
  if (open)
    return <OneChange id={open} org={org} onChanged={changed} onBack={() => {
      setOpen('');
      changed();
    }} />;
  return (
    <>
      <div className="row">
        <h1>{t('change.title')}</h1>
        <Button look="quiet" busy={work.busy} onClick={changed}>{t('do.refresh')}</Button>
      </div>
      <p>{t('change.text')}</p>
      <Trouble error={work.error} />
      {changes?.length === 0 && <Notice title={t('change.none')} />}
      {changes && changes.length > 0 && (
        <Table label={t('change.title')} head={[t('change.number'), t('bom.title.one'), t('bom.revisions'), t('change.effect'), t('vault.state'), t('do.actions')]}>
          {[...changes].sort((a, b) => b.proposed - a.proposed).map((one) => (
            <tr key={one.change}>
              <td><strong>{one.number}</strong>{one.emergency && <p><span className="tag bad">{t('change.emergency.tag')}</span></p>}</td>
              <td>{one.name}<p>{one.owner === org ? one.partner : one.owner}</p></td>
              <td>{one.from} → {one.to}</td>
              <td><EffectTold of={one} /></td>
              <td>
                <StateTag of={one} />
                {waits(one) && <p><span className="tag">{t('change.waits')}</span></p>}
                {one.approve_by && !one.approved_by_partner && !one.rejected && <Due at={one.approve_by} />}
              </td>
              <td><Button look="quiet" aria-label={`${t('bom.open')}: ${one.number}, ${whenText(one.proposed)}`} onClick={() => setOpen(one.change)}>{t('bom.open')}</Button></td>
            </tr>
          ))}
        </Table>
      )}
      {own.length > 0 && <div className="columns"><Propose boms={own} org={org} onProposed={setOpen} /></div>}
    </>
  );
}
