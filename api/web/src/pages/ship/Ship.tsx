import { useState } from 'react';
import { call, newKey, Problem, session } from '../../api/client';
import type { Recorded } from '../../api/types';
import { useT, wordFor } from '../../i18n';
import { CsvError } from '../../scan/csv';
import { ScanBar } from '../../scan/ScanBar';
import { read, type Subject } from '../../scan/subject';
import { store, useStore } from '../../store';
import { Button, Check, FileButton, Notice, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { add, addCsv, blame, order, rows, SEALED, type Row } from './list';
import { NewLabels } from './NewLabels';
import { Shipments } from './Shipments';

interface Done {
  to: string;
  items: number;
  statements: Recorded['statements'];
}

const done = store<Done | null>(null);
// Of the shipment as it stands: sent again, it is the same; changed, it is another.
const keys = store({ of: '', commission: '', ship: '' });

function keysFor(body: string) {
  if (keys.get().of !== body) keys.set({ of: body, commission: newKey(), ship: newKey() });
  return keys.get();
}

async function ship(): Promise<void> {
  const sent = rows.get().filter((row) => !row.shipped);
  const { to, isNew, also, sealed } = order.get();
  const items = sent.map((row) => row.symbols);
  const readers = also.split(/[\s,;]+/).filter((one) => one !== '');
  const body = { items, to: to.trim(), ...(readers.length > 0 && { also: readers }), ...Object.fromEntries(Object.entries(sealed).filter(([, value]) => value)) };
  const key = keysFor(JSON.stringify(body));
  rows.set((all) => all.map((row) => ({ ...row, problem: undefined })));
  try {
    if (isNew) await call<Recorded>('POST', '/v1/commission', { body: { items }, key: key.commission, patient: true });
    const recorded = await call<Recorded>('POST', '/v1/ship', { body, key: key.ship, patient: true });
    const ids = new Set(sent.map((row) => row.id));
    rows.set((all) => all.map((row) => (ids.has(row.id) ? { ...row, shipped: true } : row)));
    done.set({ to, items: recorded.items.length, statements: recorded.statements });
  } catch (error) {
    if (error instanceof Problem) blame(error, sent);
    keys.set({ of: '', commission: '', ship: '' });
    throw error;
  }
}

function Labels({ all }: { all: Row[] }) {
  const t = useT();
  if (all.length === 0) return <p className="hint">{t('ship.labels.none')}</p>;
  return (
    <Table label={t('ship.labels')} head={[t('ship.row'), t('ship.part'), t('line.state'), t('do.actions')]}>
      {all.map((row, at) => (
        <tr key={row.id}>
          <td className="number">{at + 1}</td>
          <td>{row.part || row.symbols[0]?.slice(0, 24) || '–'}</td>
          <td>{row.problem ? <span className="error">{row.problem}</span> : <span className="tag">{t(row.shipped ? 'ship.shipped' : 'ship.ready')}</span>}</td>
          <td>
            {!row.shipped && (
              <Button look="quiet" aria-label={`${t('do.remove')}: ${at + 1}`}
                      onClick={() => rows.set((now) => now.filter((one) => one.id !== row.id))}>{t('do.remove')}</Button>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

export default function Ship() {
  const t = useT();
  const all = useStore(rows);
  const now = useStore(order);
  const told = useStore(done);
  const { who } = useStore(session);
  const [fileProblem, setFileProblem] = useState<string | null>(null);
  const work = useWork();
  const reading = useWork();
  const open = all.filter((row) => !row.shipped);
  const ready = open.length > 0 && now.to.trim() !== '' && open.every((row) => !row.problem);
  const take = (subject: Subject) => {
    if (done.get()) {
      done.set(null);
      rows.set((list) => list.filter((row) => !row.shipped));
    }
    if ('symbols' in subject) add(subject.symbols);
    else void reading.run(async () => add((await read(subject)).symbols.map((one) => one.text)));
  };
  const readCsv = (file: File) => void file.text().then((text) => {
    try {
      setFileProblem(addCsv(text));
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      setFileProblem(t('csv.quote', { n: error.line }));
    }
  });
  return (
    <>
      <h1>{t('ship.title')}</h1>
      <ScanBar onSubject={take} />
      <div className="columns">
        <div className="card">
          <TextField label={t('ship.to')} hint={t('ship.to.hint')} value={now.to} required
                     onText={(to) => order.set({ ...now, to })} />
          <fieldset className="checks">
            <legend>{t('ship.sealed')}</legend>
            <div className="form-grid">
              {SEALED.map((name) => (
                <TextField key={name} label={wordFor('field', name)} value={now.sealed[name] ?? ''} maxLength={100}
                           onText={(text) => order.set({ ...now, sealed: { ...now.sealed, [name]: text } })} />
              ))}
            </div>
            <TextField label={t('ship.also')} hint={t('ship.also.hint')} value={now.also} onText={(also) => order.set({ ...now, also })} />
          </fieldset>
          <Check label={t('ship.new')} checked={now.isNew} onCheck={(isNew) => order.set({ ...now, isNew })} />
        </div>
        <div className="card">
          <h2>{t('ship.labels')} <span className="tag">{t('ship.count', { n: all.length })}</span></h2>
          <Labels all={all} />
          {fileProblem && <Notice live tone="bad" title={fileProblem} />}
          <Trouble error={reading.error} />
          <Trouble error={work.error} />
          {told && (
            <Notice live tone="good" title={t('ship.done', { n: told.items, to: told.to })}>
              {told.statements.map((one) => <p key={one.index}>{t('ship.receipt', { index: one.index, log: one.log })}</p>)}
            </Notice>
          )}
          <div className="row">
            <Button look="primary" className="big" icon="ship" busy={work.busy} disabled={!ready}
                    onClick={() => void work.run(ship)}>{t('ship.do')}</Button>
            <FileButton accept=".csv,text/csv" onFile={readCsv}>{t('ship.csv')}</FileButton>
            {all.length > 0 && (
              <Button look="quiet" onClick={() => {
                rows.set([]);
                done.set(null);
                setFileProblem(null);
              }}>{t('do.clear')}</Button>
            )}
          </div>
        </div>
      </div>
      {(who?.accesses.includes('label') ?? false) && <NewLabels />}
      <Shipments version={told?.statements[0]?.index ?? 0} />
    </>
  );
}
