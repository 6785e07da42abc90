import { useCallback, useEffect, useState } from 'react';
import { call, Problem, send, session } from '../../api/client';
import type { Bom } from '../../api/bom';
import type { Job, JobHead } from '../../api/types';
import { useT } from '../../i18n';
import { CsvError } from '../../scan/csv';
import { useStore } from '../../store';
import { Button, Confirm, Field, FileButton, Notice, Problems, SelectField, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { parseSetup } from './setup';
import { openJob } from './work';

// By which BOM a job is built, and its boards.
const NO_BOM = { bom: '', revision: '', lot: '', serial: '' };

// The revision that a job is set up by; the line builds by the released one alone.
export function BuiltBy({ of }: { of: JobHead }) {
  const t = useT();
  const by = of.built_by;
  if (!by) return null;
  return (
    <>
      <span className={by.counts ? 'tag' : 'tag bad'}>{t('line.built-by', { revision: by.revision })}</span>
      {by.released?.change && <> <span className={by.released.emergency ? 'tag bad' : 'tag'}>{t(by.released.emergency ? 'line.emergency' : 'production.change', { change: by.released.change })}</span></>}
    </>
  );
}

function Import({ onMade }: { onMade: () => void }) {
  const t = useT();
  const [job, setJob] = useState('');
  const [product, setProduct] = useState('');
  const [list, setList] = useState('');
  const [boms, setBoms] = useState<Bom[]>([]);
  const [by, setBy] = useState(NO_BOM);
  const [problems, setProblems] = useState<string[]>([]);
  const work = useWork();
  const { run } = work;
  // Those that the person may see; without any a job has its parts from the set-up list alone.
  useEffect(() => void run(async () => {
    try {
      setBoms((await call<{ boms: Bom[] }>('GET', '/v1/boms')).boms.filter((one) => one.revisions.length > 0));
    } catch (error) {
      // A node without a data key has none.
      if (!(error instanceof Problem) || error.status !== 404) throw error;
    }
  }), []);
  const bom = boms.find((one) => one.bom === by.bom);
  const revision = by.revision || bom?.revisions.at(-1)?.revision || '';
  const set = (name: keyof typeof by) => (text: string) => setBy((now) => ({ ...now, ...(name === 'bom' && { revision: '' }), [name]: text }));
  const submit = () => work.run(async () => {
    setProblems([]);
    try {
      const { slots, errors } = parseSetup(list);
      if (errors.length > 0)
        return setProblems(errors.map((one) => t('expected.row', { n: one.line, why: t(one.key, { n: one.first ?? 0 }) })));
      const built = bom && { bom: bom.bom, revision, ...(by.lot.trim() && { lot: by.lot.trim() }), ...(by.serial.trim() && { serial: by.serial.trim() }) };
      await call<Job>('POST', '/v1/jobs', { body: { job: job.trim(), product: product.trim(), slots, ...built }, patient: true });
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      return setProblems([t('csv.quote', { n: error.line })]);
    }
    setJob('');
    setProduct('');
    setList('');
    setBy(NO_BOM);
    onMade();
  });
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      void submit();
    }}>
      <h2>{t('line.import')}</h2>
      <TextField label={t('line.job')} value={job} onText={setJob} required maxLength={64} />
      <TextField label={t('line.product')} value={product} onText={setProduct} maxLength={100} />
      {boms.length > 0 && (
        <SelectField label={t('bom.title.one')} value={by.bom} onText={set('bom')}
                     choices={[{ value: '', label: t('line.no-bom') }, ...boms.map((one) => ({ value: one.bom, label: `${one.project}/${one.name}, ${one.owner}` }))]} />
      )}
      {bom && (
        <div className="form-grid">
          <SelectField label={t('bom.revision')} value={revision} onText={set('revision')} choices={[...bom.revisions].reverse().map((one) => ({ value: one.revision, label: one.revision }))} />
          <TextField label={t('line.lot')} value={by.lot} onText={set('lot')} autoComplete="off" />
          <TextField label={t('line.serial')} value={by.serial} onText={set('serial')} autoComplete="off" />
        </div>
      )}
      <Field label={t('line.list')} hint={t('line.list.hint')}>
        {(ids) => (
          <textarea {...ids} rows={6} required spellCheck={false} data-raw="" value={list} placeholder="position,customer_pn,mpn,quantity"
                    onChange={(event) => setList(event.target.value)} />
        )}
      </Field>
      <Problems all={problems} />
      <Trouble error={work.error} />
      <div className="row">
        <Button look="primary" type="submit" busy={work.busy}>{t('line.make')}</Button>
        <FileButton accept=".csv,.txt,text/csv,text/plain" onFile={(file) => void file.text().then(setList)}>{t('expected.file')}</FileButton>
      </div>
    </form>
  );
}

export function Jobs() {
  const t = useT();
  const { who } = useStore(session);
  const [jobs, setJobs] = useState<JobHead[] | null>(null);
  const [leaving, setLeaving] = useState<string | null>(null);
  const [holding, setHolding] = useState<string | null>(null);
  const work = useWork();
  const { run } = work;
  const fetchJobs = useCallback(async () => setJobs((await call<{ jobs: JobHead[] }>('GET', '/v1/jobs')).jobs), []);
  useEffect(() => void run(fetchJobs), [fetchJobs]);
  return (
    <>
      <Trouble error={work.error} />
      {holding && <Notice live tone="warning" title={t('line.delete.loaded', { job: holding })}><p>{t('line.delete.loaded.next')}</p></Notice>}
      <div className="columns">
        <div>
          <h2>{t('line.jobs')}</h2>
          {jobs?.length === 0 && <p>{t('line.jobs.none')}</p>}
          {jobs && jobs.length > 0 && (
            <Table label={t('line.jobs')} head={[t('line.job'), t('line.product'), t('line.state'), t('do.actions')]}>
              {jobs.map((one) => (
                <tr key={one.job}>
                  <td><strong>{one.job}</strong></td>
                  <td>{one.product}{one.built_by && <p><BuiltBy of={one} /></p>}</td>
                  <td>{t('line.progress', { done: one.slots_loaded, all: one.slots_in_all })}</td>
                  <td>
                    <div className="row">
                      <Button look="primary" aria-label={`${t('line.open')}: ${one.job}`}
                              onClick={() => void work.run(() => openJob(one.job))}>{t('line.open')}</Button>
                      <Button look="quiet" aria-label={`${t('do.remove')}: ${one.job}`} onClick={() => setLeaving(one.job)}>
                        {t('do.remove')}
                      </Button>
                    </div>
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </div>
        {who?.accesses.includes('jobs') && <Import onMade={() => void work.run(fetchJobs)} />}
      </div>
      {leaving && (
        <Confirm text={t('line.delete.sure', { job: leaving })} onNo={() => setLeaving(null)} onYes={() => {
          const job = leaving;
          setLeaving(null);
          void work.run(async () => {
            setHolding(null);
            try {
              await send('DELETE', `/v1/jobs/${encodeURIComponent(job)}`);
            } catch (error) {
              if (!(error instanceof Problem) || error.status !== 409) throw error;
              setHolding(job);
            }
            await fetchJobs();
          });
        }} />
      )}
    </>
  );
}
