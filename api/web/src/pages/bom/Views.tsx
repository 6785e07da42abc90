// What revisions differ in, what stock and part data say of one, and what a job really took.
import { useEffect, useState } from 'react';
import { call } from '../../api/client';
import { FIELDS, type Bom, type BomChange, type BomConsumption, type BomPart, type Cells } from '../../api/bom';
import { countText, useT, wordFor } from '../../i18n';
import { Button, Notice, SelectField, Table, TextField, Trouble, useWork } from '../../ui/parts';

function CellsTold({ of }: { of?: Cells }) {
  if (!of) return <>–</>;
  const told = FIELDS.filter((field) => of[field]);
  return <ul className="plain">{told.map((field) => <li key={field}>{wordFor('bom.field', field)}: <strong>{of[field]}</strong></li>)}</ul>;
}

export function Changes({ all }: { all: BomChange[] }) {
  const t = useT();
  if (all.length === 0) return <Notice live title={t('bom.difference.none')} />;
  return (
    <Table label={t('bom.difference')} head={[t('bom.field.designators'), t('bom.change'), t('bom.before'), t('bom.after')]}>
      {all.map((one) => (
        <tr key={`${one.what} ${one.designators} ${one.part ?? ''} ${one.new_part ?? ''}`}>
          <td><strong>{one.designators}</strong></td>
          <td><span className={one.what === 'removed' ? 'tag bad' : 'tag'}>{t(`bom.change.${one.what}`)}</span></td>
          <td><CellsTold of={one.before} /></td>
          <td><CellsTold of={one.after} /></td>
        </tr>
      ))}
    </Table>
  );
}

// Revisions of it to choose from, by number; 0 is the draft.
export function useRevisions(of: Bom): { value: string; label: string }[] {
  const t = useT();
  return [...(of.draft ? [{ value: '0', label: t('bom.draft') }] : []), ...[...of.revisions].reverse().map((one) => ({ value: String(one.number), label: one.revision }))];
}

export function Difference({ of }: { of: Bom }) {
  const t = useT();
  const revisions = useRevisions(of);
  // What is new: in the draft, else in the newest revision.
  const newest = String(of.revisions.at(-1)?.number ?? 0), before = of.revisions.at(-2);
  const inDraft = Boolean(of.draft) && (Boolean(of.draft?.unreleased) || !before);
  const [from, setFrom] = useState(inDraft || !before ? newest : String(before.number));
  const [to, setTo] = useState(inDraft ? '0' : newest);
  const [told, setTold] = useState<BomChange[] | null>(null);
  const work = useWork();
  return (
    <form className="card apart" aria-label={t('bom.difference')} onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => setTold((await call<{ changes: BomChange[] }>('GET', `/v1/boms/${of.bom}/difference`, { query: { from, to } })).changes));
    }}>
      <h2>{t('bom.difference')}</h2>
      <div className="form-grid">
        <SelectField label={t('bom.from')} value={from} onText={setFrom} choices={revisions} />
        <SelectField label={t('bom.to')} value={to} onText={setTo} choices={revisions} />
      </div>
      <Trouble error={work.error} />
      <div className="row"><Button type="submit" busy={work.busy}>{t('bom.compare')}</Button></div>
      {told && <Changes all={told} />}
    </form>
  );
}

export function Parts({ of }: { of: Bom }) {
  const t = useT();
  const revisions = useRevisions(of);
  const newest = of.revisions.at(-1)?.number ?? 0;
  const [revision, setRevision] = useState(String(newest));
  const [only, setOnly] = useState(false);
  const [lines, setLines] = useState<BomPart[] | null>(null);
  const work = useWork();
  const { run } = work;
  const ask = (number: string) => run(async () => setLines((await call<{ lines: BomPart[] }>('GET', `/v1/boms/${of.bom}/parts`, { query: { revision: number } })).lines));
  const shown = lines?.filter((one) => !only || one.advice || one.low) ?? [];
  return (
    <form className="card apart" aria-label={t('bom.parts')} onSubmit={(event) => {
      event.preventDefault();
      setOnly(false);
      void ask(revision);
    }}>
      <h2>{t('bom.parts')}</h2>
      <p>{t('bom.parts.text')}</p>
      <div className="form-grid"><SelectField label={t('bom.revision')} value={revision} onText={setRevision} choices={revisions} /></div>
      <Trouble error={work.error} />
      <div className="row">
        <Button type="submit" busy={work.busy}>{t('bom.parts.show')}</Button>
        {lines && <Button look="quiet" aria-pressed={only} onClick={() => setOnly(!only)}>{t('bom.parts.only', { n: lines.filter((one) => one.advice || one.low).length })}</Button>}
      </div>
      {lines && (
        <Table label={t('bom.parts')} head={[t('bom.field.designators'), t('bom.field.quantity'), t('bom.sources'), t('stock.parts'), t('parts.reorder'), t('parts.wanting')]}>
          {shown.slice(0, 500).map((one) => {
            const [first] = one.sources;
            return (
              <tr key={one.line}>
                <td>{one.designators}</td>
                <td className="number">{one.quantity}</td>
                <td>
                  {one.sources.map((source, at) => (
                    <p key={source.mpn}>
                      {at === 0 ? <strong>{source.mpn}</strong> : source.mpn}{' '}
                      {source.lifecycle && <span className={source.lifecycle === 'active' ? 'tag' : 'tag bad'}>{wordFor('lifecycle', source.lifecycle)}</span>}
                    </p>
                  ))}
                </td>
                <td className="number">{first?.parts === undefined ? '–' : countText(first.parts)}</td>
                <td className="number">{first?.reorder_point === undefined ? '–' : countText(first.reorder_point)}</td>
                <td>{one.low && <span className="tag bad">{t('parts.below')}</span>}{one.advice && <p lang="en">{one.advice}</p>}</td>
              </tr>
            );
          })}
        </Table>
      )}
      {lines && shown.length === 0 && <Notice live tone="good" title={t('bom.parts.none')} />}
    </form>
  );
}

export function Consumption({ of }: { of: Bom }) {
  const t = useT();
  const revisions = useRevisions(of);
  const [given, setGiven] = useState({ job: '', revision: String(of.revisions.at(-1)?.number ?? 0), boards: '' });
  const [told, setTold] = useState<BomConsumption | null>(null);
  const set = (name: keyof typeof given) => (text: string) => setGiven((now) => ({ ...now, [name]: text }));
  const work = useWork();
  useEffect(() => setTold(null), [of.bom]);
  return (
    <form className="card apart" aria-label={t('bom.consumption')} onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => setTold(await call<BomConsumption>('GET', `/v1/boms/${of.bom}/consumption`, {
        query: { job: given.job.trim(), revision: given.revision, ...(given.boards && { boards: given.boards }) },
      })));
    }}>
      <h2>{t('bom.consumption')}</h2>
      <p>{t('bom.consumption.text')}</p>
      <div className="form-grid">
        <TextField label={t('line.job')} value={given.job} onText={set('job')} required autoComplete="off" />
        <SelectField label={t('bom.revision')} value={given.revision} onText={set('revision')} choices={revisions} />
        <TextField label={t('bom.boards')} hint={t('bom.boards.hint')} type="number" min="0" value={given.boards} onText={set('boards')} />
      </div>
      <Trouble error={work.error} />
      <div className="row"><Button type="submit" busy={work.busy}>{t('bom.compare')}</Button></div>
      {told && (
        <>
          <Notice live tone={told.differ > 0 || told.not_in_revision.length > 0 ? 'warning' : 'good'}
                  title={t('bom.consumption.sum', { boards: countText(told.boards), differ: told.differ, beside: told.not_in_revision.length })} />
          <Table label={t('bom.consumption')} head={[t('bom.part'), t('bom.expected'), t('bom.consumed'), t('bom.over'), t('bom.sources')]}>
            {told.lines.map((one) => (
              <tr key={one.part}>
                <td>{one.part}</td>
                <td className="number">{countText(one.expected)}</td>
                <td className="number">{countText(one.consumed)}</td>
                <td className="number">{one.over === 0 ? '0' : <strong className="error">{one.over > 0 ? '+' : ''}{countText(one.over)}</strong>}</td>
                <td>{one.used.map((part) => `${part.mpn}: ${countText(part.parts)}`).join('; ')}</td>
              </tr>
            ))}
            {told.not_in_revision.map((one) => (
              <tr key={`beside ${one.mpn}`}>
                <td>{one.mpn}</td><td className="number">0</td><td className="number">{countText(one.parts)}</td>
                <td><span className="tag bad">{t('bom.beside')}</span></td><td>{one.mpn}</td>
              </tr>
            ))}
          </Table>
          {told.truncated && <Notice tone="warning" title={t('bom.truncated')} />}
        </>
      )}
    </form>
  );
}
