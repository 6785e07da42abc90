import { useCallback, useEffect, useState } from 'react';
import { call, Problem, send, session } from '../../api/client';
import type { Job, JobHead } from '../../api/types';
import { useT } from '../../i18n';
import { CsvError } from '../../scan/csv';
import { useStore } from '../../store';
import { Button, Confirm, Field, FileButton, Notice, Problems, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { parseSetup } from './setup';
import { openJob } from './work';

function Import({ onMade }: { onMade: () => void }) {
  const t = useT();
  const [job, setJob] = useState('');
  const [product, setProduct] = useState('');
  const [list, setList] = useState('');
  const [problems, setProblems] = useState<string[]>([]);
  const work = useWork();
  const submit = () => work.run(async () => {
    setProblems([]);
    try {
      const { slots, errors } = parseSetup(list);
      if (errors.length > 0)
        return setProblems(errors.map((one) => t('expected.row', { n: one.line, why: t(one.key, { n: one.first ?? 0 }) })));
      await call<Job>('POST', '/v1/jobs', { body: { job: job.trim(), product: product.trim(), slots }, patient: true });
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      return setProblems([t('csv.quote', { n: error.line })]);
    }
    setJob('');
    setProduct('');
    setList('');
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
                  <td>{one.product}</td>
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
