// A CSV export or a spreadsheet of another program, looked at before anything of it is taken: which column is what, and what is wrong by line.
import { useState } from 'react';
import { call, Problem } from '../../api/client';
import { FIELDS, type Bom, type BomImport, type BomProblem } from '../../api/bom';
import type { Project } from '../../api/vault';
import { countText, useT, wordFor } from '../../i18n';
import { Button, Confirm, FileButton, Notice, SelectField, Table, TextField, Trouble, useWork } from '../../ui/parts';

const MANY = 'alternates';  // the one field that takes several columns

export function ProblemTable({ all }: { all: BomProblem[] }) {
  const t = useT();
  if (all.length === 0) return null;
  return (
    <Table short fits label={t('bom.problems')} head={[t('bom.line'), t('bom.field'), t('bom.problem'), t('bom.severity')]}>
      {all.map((one, at) => (
        <tr key={at}>
          <td className="number">{one.line || '–'}</td>
          <td>{one.field ? wordFor('bom.field', one.field) : '–'}</td>
          <td lang="en">{one.text}</td>
          <td><span className={one.warning ? 'tag' : 'tag bad'}>{t(one.warning ? 'bom.warning' : 'bom.error')}</span></td>
        </tr>
      ))}
    </Table>
  );
}

function Columns({ of, onMapped }: { of: BomImport; onMapped: (field: string, columns: string[]) => void }) {
  const t = useT();
  const [several, setSeveral] = useState((of.mapping[MANY] ?? []).join(', '));
  const columns = [...Object.values(of.mapping).flat(), ...of.unused];
  const listed = (text: string) => text.split(',').map((one) => one.trim()).filter(Boolean);
  return (
    <fieldset className="checks">
      <legend>{t('bom.columns')}</legend>
      <p>{t('bom.columns.hint', { line: of.heading })}</p>
      <div className="form-grid">
        {FIELDS.filter((field) => field !== MANY).map((field) => {
          const now = of.mapping[field]?.[0] ?? '';
          return (
            <SelectField key={field} label={wordFor('bom.field', field)} value={now} onText={(column) => onMapped(field, [column])}
                         choices={[...(now ? [] : [{ value: '', label: t('bom.column.none') }]), ...columns.map((one) => ({ value: one, label: one }))]} />
          );
        })}
        <TextField label={wordFor('bom.field', MANY)} hint={t('bom.columns.several')} value={several} onText={setSeveral} autoComplete="off"
                   onBlur={() => onMapped(MANY, listed(several))} />
      </div>
      {of.unused.length > 0 && <p className="hint">{t('bom.columns.unused', { columns: of.unused.join(', ') })}</p>}
    </fieldset>
  );
}

export function Import({ boms, projects, org, onTaken }: { boms: Bom[]; projects: Project[]; org: string; onTaken: (bom: string) => void }) {
  const t = useT();
  const [given, setGiven] = useState({ project: '', name: '', encoding: '', sheet: '' });
  const [file, setFile] = useState<File | null>(null);
  const [looked, setLooked] = useState<BomImport | null>(null);
  const [sheets, setSheets] = useState<string[]>([]);  // of the file that was looked at last
  const [mapping, setMapping] = useState<Record<string, string[]>>({});
  // Why the draft that is there is in the way, and its last edit as of then.
  const [over, setOver] = useState({ why: '', seen: '' });
  const work = useWork();
  const project = given.project || projects[0]?.name || '';
  const set = (name: keyof typeof given) => (text: string) => {
    setLooked(null);
    setGiven((now) => ({ ...now, [name]: text }));
  };
  const ask = async (more: Record<string, string>, columns: Record<string, string[]>): Promise<BomImport> => {
    if (!file) throw new Error(t('bom.file'));
    return call<BomImport>('POST', '/v1/boms', {
      content: new Blob([await file.arrayBuffer()], { type: 'application/octet-stream' }), patient: true,
      query: {
        project, name: given.name.trim(), ...more, ...(given.encoding && { encoding: given.encoding }), ...(given.sheet && { sheet: given.sheet }),
        ...(Object.keys(columns).length > 0 && { mapping: JSON.stringify(columns) }),
      },
    });
  };
  const look = (columns: Record<string, string[]>) => work.run(async () => {
    setMapping(columns);
    try {
      const told = await ask({ check: 'true' }, columns);
      setLooked(told);
      setSheets(told.sheets ?? []);
      if (told.sheet) setGiven((now) => ({ ...now, sheet: told.sheet ?? '' }));
    } catch (error) {
      setLooked(null);
      throw error;
    }
  });
  const take = (seen: string) => work.run(async () => {
    setOver({ why: '', seen: '' });
    try {
      const taken = await ask(seen ? { seen } : {}, mapping);
      setLooked(null);
      setFile(null);
      setMapping({});
      if (taken.bom) onTaken(taken.bom);
    } catch (error) {
      const there = boms.find((one) => one.owner === org && one.project === project && one.name === given.name.trim());
      if (!(error instanceof Problem) || !error.is('conflict') || !there) throw error;
      const now = await call<Bom>('GET', `/v1/boms/${there.bom}`);
      setOver({ why: error.detail, seen: String(now.draft?.edits ?? '') });
    }
  });
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      void look(mapping);
    }}>
      <h2>{t('bom.import')}</h2>
      <p>{t('bom.import.hint')}</p>
      <SelectField label={t('vault.project')} value={project} onText={set('project')} choices={projects.map((one) => ({ value: one.name, label: one.name }))} />
      <TextField label={t('bom.name')} value={given.name} onText={set('name')} required autoComplete="off" maxLength={200} />
      <SelectField label={t('bom.encoding')} value={given.encoding} onText={set('encoding')}
                   choices={[{ value: '', label: t('bom.encoding.auto') }, ...['utf-8', 'utf-16', 'windows-1252'].map((value) => ({ value, label: value }))]} />
      <div className="row">
        <FileButton accept=".csv,.txt,.xlsx,text/csv,text/plain" onFile={(chosen) => {
          setFile(chosen);
          setGiven((now) => ({ ...now, sheet: '' }));
          setSheets([]);
          setLooked(null);
          setMapping({});
        }}>{t('vault.file')}</FileButton>
        {file && <span>{file.name}</span>}
      </div>
      {sheets.length > 1 && (
        <SelectField label={t('bom.sheet')} value={given.sheet} choices={sheets.map((value) => ({ value, label: value }))} onText={(text) => {
          set('sheet')(text);
          setMapping({});
        }} />
      )}
      <Trouble error={work.error} />
      {looked && (
        <>
          <Columns of={looked} onMapped={(field, columns) => {
            if (columns.join() !== (looked.mapping[field] ?? []).join()) void look({ ...looked.mapping, [field]: columns });
          }} />
          <Notice live tone={looked.errors > 0 ? 'bad' : looked.warnings > 0 ? 'warning' : 'good'}
                  title={t(looked.errors > 0 ? 'bom.looked.bad' : 'bom.looked.good', { lines: countText(looked.lines), errors: looked.errors, warnings: looked.warnings, encoding: looked.encoding })} />
          <ProblemTable all={looked.problems} />
        </>
      )}
      <div className="row">
        <Button type="submit" look={looked ? 'plain' : 'primary'} disabled={!file} busy={work.busy}>{t('bom.look')}</Button>
        {looked && looked.errors === 0 && <Button look="primary" busy={work.busy} onClick={() => void take('')}>{t('bom.take')}</Button>}
      </div>
      {over.why && (
        <Confirm text={t('bom.over.sure')} onNo={() => setOver({ why: '', seen: '' })} onYes={() => void take(over.seen)}>
          <p lang="en">{over.why}</p>
          <p>{t('bom.over.text')}</p>
        </Confirm>
      )}
    </form>
  );
}
