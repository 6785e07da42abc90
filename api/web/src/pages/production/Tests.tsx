// What testers measured: of one board as it is shown, and an export of theirs that is taken in.
import { useEffect, useState } from 'react';
import { call, Problem } from '../../api/client';
import type { TestResult } from '../../api/production';
import { countText, useT, whenText } from '../../i18n';
import { FileButton, Notice, Problems, SelectField, Trouble, useWork } from '../../ui/parts';

export function Results({ of }: { of: TestResult[] }) {
  const t = useT();
  if (of.length === 0) return <>–</>;
  return (
    <ul className="plain">
      {of.map((one) => (
        <li key={`${one.test} ${one.at} ${one.station}`}>
          <span className={one.passed ? 'tag' : 'tag bad'}>{t(one.passed ? 'production.test.passed' : 'production.test.failed')}</span>{' '}
          <strong>{one.test}</strong>{one.value && ` ${one.value}`}{one.limits && ` (${one.limits})`}
          <p>{[whenText(one.at), one.station].filter(Boolean).join(', ')}</p>
        </li>
      ))}
    </ul>
  );
}

export function ImportTests() {
  const t = useT();
  const [jobs, setJobs] = useState<string[]>([]);
  const [chosen, setChosen] = useState('');
  const job = chosen || jobs[0] || '';
  const [done, setDone] = useState('');
  const [wrong, setWrong] = useState<string[]>([]);
  const work = useWork();
  const { run } = work;
  useEffect(() => void run(async () => {
    setJobs((await call<{ jobs: { job: string }[] }>('GET', '/v1/jobs')).jobs.map((one) => one.job));
  }), []);
  if (jobs.length === 0) return null;
  const take = (file: File) => void run(async () => {
    setDone('');
    setWrong([]);
    try {
      const taken = await call<{ taken: number; known: number }>('POST', `/v1/jobs/${encodeURIComponent(job)}/tests`, {
        content: new Blob([await file.arrayBuffer()], { type: 'application/octet-stream' }), patient: true,
      });
      setDone(t('production.tests.taken', { job, taken: countText(taken.taken), known: countText(taken.known) }));
    } catch (error) {
      if (!(error instanceof Problem) || !Array.isArray(error.more.errors)) throw error;
      setWrong((error.more.errors as { row: number; text: string }[]).map((one) => t('parts.row', { n: one.row, why: one.text })));
    }
  });
  return (
    <section className="card apart" aria-label={t('production.tests.import')}>
      <h2>{t('production.tests.import')}</h2>
      <p>{t('production.tests.import.text')}</p>
      <SelectField label={t('line.job')} value={job} onText={setChosen} choices={jobs.map((value) => ({ value, label: value }))} />
      <Trouble error={work.error} />
      <Problems all={wrong} />
      {done && <Notice live tone="good" title={done} />}
      <div className="row"><FileButton accept=".csv,text/csv" onFile={take}>{t('production.tests.file')}</FileButton></div>
    </section>
  );
}
