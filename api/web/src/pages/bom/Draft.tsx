// The draft of a BOM of ours, line by line, as others change it too. What somebody else changed meanwhile is told and never
// overwritten unseen: each edit says what it is based on.
import { useCallback, useEffect, useState } from 'react';
import { call, Problem } from '../../api/client';
import { FIELDS, type Bom, type BomConflict, type BomEdited, type BomField, type BomProblem, type Cells, type DraftLine } from '../../api/bom';
import { useLive } from '../../api/live';
import { useT, whenText, wordFor } from '../../i18n';
import { announce } from '../../ui/announce';
import { Button, Confirm, Dialog, Notice, SelectField, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { ProblemTable } from './Import';
import { Lines } from './Lines';

const LOG = 200;  // edits that are shown

interface DraftNow {
  edits: number;
  lines: DraftLine[];
}

// A line as somebody fills it in. `was`: what each cell had when it was last looked at.
function LineDialog({ line, bom, onDone, onRemove, onClose }: {
  line: DraftLine | null; bom: string; onDone: (edits: BomEdited[]) => void; onRemove: (line: DraftLine) => void; onClose: () => void;
}) {
  const t = useT();
  const [was, setWas] = useState<Cells>(line ?? {});
  const [now, setNow] = useState<Cells>(line ?? { fitted: 'yes' });
  const [conflicts, setConflicts] = useState<BomConflict[]>([]);
  const work = useWork();
  const changed = FIELDS.filter((field) => (now[field] ?? '') !== (was[field] ?? ''));
  const save = () => work.run(async () => {
    const edits = line
      ? changed.map((field) => ({ action: 'set', line: line.line, field, was: was[field] ?? '', value: now[field] ?? '' }))
      : [{ action: 'add', cells: Object.fromEntries(FIELDS.flatMap((field) => (now[field] ? [[field, now[field]]] : []))) }];
    try {
      onDone((await call<{ edits: BomEdited[] }>('POST', `/v1/boms/${bom}/edits`, { body: { edits } })).edits);
    } catch (error) {
      if (!(error instanceof Problem) || !Array.isArray(error.more.conflicts)) throw error;
      const found = error.more.conflicts as BomConflict[];
      setConflicts(found);
      // What is there now was seen by then: who saves again means it.
      setWas((old) => ({ ...old, ...Object.fromEntries(found.flatMap((one) => (one.field ? [[one.field, one.now]] : []))) }));
    }
  });
  return (
    <Dialog wide title={line ? t('bom.edit.line', { n: line.line }) : t('bom.add')} onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}>
        <div className="form-grid">
          {FIELDS.map((field) => {
            const conflict = conflicts.find((one) => one.field === field);
            const error = conflict && t('bom.conflict', { who: conflict.by?.by ?? '', value: conflict.now || t('bom.empty') });
            const set = (text: string) => setNow((old) => ({ ...old, [field]: text }));
            if (field === 'fitted')
              return (
                <SelectField key={field} label={wordFor('bom.field', field)} value={now.fitted ?? 'yes'} onText={set}
                             choices={[{ value: 'yes', label: t('vault.yes') }, { value: 'no', label: t('vault.no') }]} />
              );
            return <TextField key={field} label={wordFor('bom.field', field)} value={now[field] ?? ''} error={error} onText={set} autoComplete="off" maxLength={4000} />;
          })}
        </div>
        {conflicts.length > 0 && (
          <Notice live tone="warning" title={t('bom.conflict.title')}>
            <p>{conflicts.some((one) => !one.field) ? t('bom.conflict.gone') : t('bom.conflict.text')}</p>
          </Notice>
        )}
        <Trouble error={work.error} />
        <div className="row end">
          {line && <Button look="danger" onClick={() => onRemove(line)}>{t('bom.remove')}</Button>}
          <Button look="quiet" onClick={onClose}>{t('do.cancel')}</Button>
          <Button look="primary" type="submit" disabled={line !== null && changed.length === 0} busy={work.busy}>{t('do.save')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function Log({ all }: { all: BomEdited[] }) {
  const t = useT();
  return (
    <details>
      <summary><h3>{t('bom.log')}</h3></summary>
      <Table short label={t('bom.log')} head={[t('trace.when'), t('trace.who'), t('bom.line'), t('bom.field'), t('bom.before'), t('bom.after')]}>
        {[...all].sort((a, b) => b.number - a.number).map((one) => (
          <tr key={one.number}>
            <td className="when">{whenText(one.at)}</td>
            <td>{one.by}</td>
            <td className="number">{one.line ?? '–'}</td>
            <td>{one.field ? wordFor('bom.field', one.field) : t(`bom.log.${one.action === 'set' ? 'import' : one.action}`)}</td>
            <td>{one.was ?? '–'}</td>
            <td>{one.value ?? '–'}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}

function Release({ of, onReleased }: { of: Bom; onReleased: () => void }) {
  const t = useT();
  const [problems, setProblems] = useState<BomProblem[] | null>(null);
  const [name, setName] = useState('');
  const [asking, setAsking] = useState(false);
  const work = useWork();
  const check = async () => {
    const told = await call<{ errors: number; problems: BomProblem[] }>('GET', `/v1/boms/${of.bom}/check`);
    setProblems(told.problems);
    return told.errors === 0;
  };
  return (
    <>
      <Trouble error={work.error} />
      {problems?.length === 0 && <Notice live tone="good" title={t('bom.check.good')} />}
      {problems && problems.length > 0 && <Notice live tone={problems.some((one) => !one.warning) ? 'bad' : 'warning'} title={t('bom.check.bad', { n: problems.length })} />}
      <ProblemTable all={problems ?? []} />
      <form onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => setAsking(await check()));
      }}>
        <div className="form-grid">
          <TextField label={t('bom.release.name')} value={name} onText={setName} required maxLength={50} autoComplete="off" />
        </div>
        <div className="row">
          <Button busy={work.busy} onClick={() => void work.run(async () => void (await check()))}>{t('bom.check')}</Button>
          <Button look="primary" type="submit" busy={work.busy}>{t('bom.release')}</Button>
        </div>
      </form>
      {asking && (
        <Confirm text={t('bom.release.sure', { revision: name, bom: `${of.project}/${of.name}` })} onNo={() => setAsking(false)} onYes={() => {
          setAsking(false);
          void work.run(async () => {
            await call('POST', `/v1/boms/${of.bom}/release`, { body: { revision: name.trim() } });
            setName('');
            setProblems(null);
            onReleased();
          });
        }}>
          <p>{t('bom.release.text')}</p>
        </Confirm>
      )}
    </>
  );
}

export function Draft({ of, onChanged }: { of: Bom; onChanged: () => void }) {
  const t = useT();
  const [draft, setDraft] = useState<DraftNow | null>(null);
  const [log, setLog] = useState<BomEdited[]>([]);
  const [editing, setEditing] = useState<DraftLine | 'new' | null>(null);
  const [removing, setRemoving] = useState<DraftLine | null>(null);
  const [unseen, setUnseen] = useState(false);  // more happened than can be shown without asking for it
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => {
    const now = await call<DraftNow>('GET', `/v1/boms/${of.bom}/draft`);
    setDraft(now);
    setLog((await call<{ edits: BomEdited[] }>('GET', `/v1/boms/${of.bom}/edits`, { query: { after: String(Math.max(0, now.edits - LOG)) } })).edits);
    setUnseen(false);
  }, [of.bom]);
  useEffect(() => void run(load), [load]);
  const take = (edits: BomEdited[]) => {
    setLog((old) => [...old.filter((one) => !edits.some((other) => other.number === one.number)), ...edits].slice(-LOG));
    setDraft((now) => now && {
      edits: Math.max(now.edits, ...edits.map((one) => one.number)),
      lines: now.lines.flatMap((line) => {
        const mine = edits.filter((one) => one.line === line.line && one.number > line.edit);
        if (mine.some((one) => one.action === 'remove')) return [];
        return [mine.reduce((old, one) => (one.field ? { ...old, [one.field]: one.value ?? '', edit: one.number } : old), line)];
      }),
    });
  };
  useLive({
    bom: (told) => {
      if (told.bom !== of.bom || told.in_all <= (draft?.edits ?? 0)) return;
      if (told.edits.length === 0 || told.edits.some((one) => one.action === 'add' || one.action === 'import')) setUnseen(true);
      take(told.edits);
      const last = told.edits.at(-1);
      if (last) announce(t('bom.live', { who: last.by, line: last.line ?? '', field: last.field ? wordFor('bom.field', last.field) : '' }));
    },
  });
  const done = (edits: BomEdited[]) => {
    setEditing(null);
    if (edits.some((one) => one.action === 'add')) void run(load);
    else take(edits);
  };
  // Who wrote a cell since this draft was opened, as far as the log goes.
  const writer = (line: number, field: BomField) => [...log].reverse().find((one) => one.line === line && one.field === field);
  return (
    <section className="card apart" aria-label={t('bom.draft')}>
      <div className="row">
        <h2>{t('bom.draft')}</h2>
        <Button look="quiet" busy={work.busy} onClick={() => void run(load)}>{t('do.refresh')}</Button>
        <span role="status">{unseen && <span className="tag">{t('bom.unseen')}</span>}</span>
      </div>
      <p>{t('bom.draft.text')}</p>
      <Trouble error={work.error} />
      {draft && (
        <>
          <Lines label={t('bom.draft')} lines={draft.lines}
                 cell={(line, field) => {
                   const who = writer(line.line, field);
                   return <>{line[field] ?? ''}{who && <p className="hint">{t('bom.cell.by', { who: who.by, when: whenText(who.at) })}</p>}</>;
                 }}
                 actions={(line) => <Button look="quiet" aria-label={`${t('bom.edit')}: ${t('bom.line')} ${line.line}`} onClick={() => setEditing(line)}>{t('bom.edit')}</Button>} />
          <div className="row"><Button onClick={() => setEditing('new')}>{t('bom.add')}</Button></div>
          <Release of={of} onReleased={onChanged} />
          <Log all={log} />
        </>
      )}
      {editing && <LineDialog line={editing === 'new' ? null : editing} bom={of.bom} onDone={done} onClose={() => setEditing(null)} onRemove={(line) => {
        setEditing(null);
        setRemoving(line);
      }} />}
      {removing && (
        <Confirm text={t('bom.remove.sure', { n: removing.line, designators: removing.designators ?? '' })} onNo={() => setRemoving(null)} onYes={() => {
          const { line, edit } = removing;
          setRemoving(null);
          void run(async () => done((await call<{ edits: BomEdited[] }>('POST', `/v1/boms/${of.bom}/edits`, { body: { edits: [{ action: 'remove', line, seen: edit }] } })).edits));
        }} />
      )}
    </section>
  );
}
