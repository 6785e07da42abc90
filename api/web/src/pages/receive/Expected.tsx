import { useState } from 'react';
import { useT } from '../../i18n';
import { CsvError } from '../../scan/csv';
import { store, useStore } from '../../store';
import { Button, Field, FileButton, Notice, Problems } from '../../ui/parts';
import { match, parseExpected, type ExpectedLine, type ListError } from './expected';
import { partOf, scans, shown } from './scans';

const list = store<ExpectedLine[]>([]);
const pasted = store('');

function lineText(line: ExpectedLine): string {
  return Object.values(line.wants).join(' · ');
}

function Importer() {
  const t = useT();
  const text = useStore(pasted);
  const [errors, setErrors] = useState<string[]>([]);
  const load = (given: string) => {
    try {
      const { lines, errors: found } = parseExpected(given);
      const told = (one: ListError) => t('expected.row', { n: one.line, why: t(one.key) });
      setErrors(found.map(told));
      if (found.length > 0) return;
      list.set(lines);
      pasted.set('');
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      setErrors([t('csv.quote', { n: error.line })]);
    }
  };
  return (
    <>
      <Field label={t('expected.paste')} hint={t('expected.hint')}>
        {(ids) => (
          <textarea {...ids} rows={4} spellCheck={false} data-raw="" value={text} placeholder={'mpn,lot,reels'}
                    onChange={(event) => pasted.set(event.target.value)} />
        )}
      </Field>
      <Problems all={errors} />
      <div className="row">
        <Button disabled={text.trim() === ''} onClick={() => load(text)}>{t('expected.load')}</Button>
        <FileButton accept=".csv,.txt,text/csv,text/plain" onFile={(file) => void file.text().then(load)}>
          {t('expected.file')}
        </FileButton>
      </div>
    </>
  );
}

export function Expected() {
  const t = useT();
  const lines = useStore(list);
  const all = useStore(scans);
  const counted = [...all].reverse().flatMap((scan) =>
    scan.verdict ? [{ id: scan.id, item: scan.verdict.item, fields: scan.verdict.fields }] : []);
  const { here, surplus } = match(lines, counted);
  const wanted = lines.reduce((sum, line) => sum + line.reels, 0);
  const done = here.reduce((sum, one) => sum + one.length, 0);
  return (
    <details className="card" open={lines.length > 0 || undefined}>
      <summary><h2>{t('expected.title')}</h2>{lines.length > 0 && <span className="tag">{t('expected.progress', { done, all: wanted })}</span>}</summary>
      {lines.length === 0 ? <Importer /> : (
        <>
          <progress max={wanted} value={done} aria-label={t('expected.progress', { done, all: wanted })} />
          {done === wanted && <Notice live tone="good" title={t('expected.complete')} />}
          <ul className="ticks">
            {lines.map((line, at) => {
              const got = here[at]?.length ?? 0;
              const full = got === line.reels;
              return (
                <li key={line.line} className={full ? 'full' : 'missing'}>
                  <span>{lineText(line)}</span>
                  <span className="tag">{got}/{line.reels} {full ? t('expected.here') : t('expected.missing')}</span>
                </li>
              );
            })}
            {surplus.map((id) => {
              const scan = all.find((one) => one.id === id);
              return scan && (
                <li key={`s${id}`} className="surplus">
                  <button type="button" className="link" onClick={() => shown.set(id)}>{partOf(scan) || scan.verdict?.item}</button>
                  <span className="tag">{t('expected.surplus')}</span>
                </li>
              );
            })}
          </ul>
          <Button look="quiet" onClick={() => list.set([])}>{t('do.clear')}</Button>
        </>
      )}
    </details>
  );
}
