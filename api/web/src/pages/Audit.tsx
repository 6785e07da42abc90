import { useCallback, useEffect, useState } from 'react';
import { call, send } from '../api/client';
import type { AuditEntry, AuditPage } from '../api/types';
import { useT, whenText } from '../i18n';
import { saveFile } from '../ui/files';
import { Button, SelectField, Table, TextField, Trouble, useWork } from '../ui/parts';

interface Search {
  who: string;
  what: string;
  about: string;
  from: string;
  to: string;
  allowed: string;
}

const ALL: Search = { who: '', what: '', about: '', from: '', to: '', allowed: '' };

function secondsOf(day: string, end: boolean): string {
  return String(Math.floor(new Date(`${day}T${end ? '23:59:59' : '00:00:00'}`).getTime() / 1000));
}

function queryOf(search: Search): Record<string, string> {
  const out: Record<string, string> = {};
  for (const name of ['who', 'what', 'about', 'allowed'] as const) if (search[name]) out[name] = search[name].trim();
  if (search.from) out.from = secondsOf(search.from, false);
  if (search.to) out.to = secondsOf(search.to, true);
  return out;
}

const SHOWN = 3;

// A request about 50 items names them all: the first few are shown, the others when asked for.
function About({ text }: { text: string }) {
  const t = useT();
  const all = text.split(' ');
  const ids = all.filter((one) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(one));
  if (ids.length <= SHOWN + 1) return <>{text}</>;
  const at = all.indexOf(ids[SHOWN] ?? '');
  return (
    <details className="about">
      <summary>{all.slice(0, at).join(' ')} {t('audit.more', { n: ids.length - SHOWN })}</summary>
      {all.slice(at).join(' ')}
    </details>
  );
}

export default function Audit() {
  const t = useT();
  const [search, setSearch] = useState(ALL);
  const [asked, setAsked] = useState<Record<string, string>>({});
  const [entries, setEntries] = useState<AuditEntry[] | null>(null);
  const [next, setNext] = useState<number | undefined>();
  const [head, setHead] = useState('');
  const work = useWork();
  const { run } = work;
  const load = useCallback(async (query: Record<string, string>, before?: number) => {
    const page = await call<AuditPage>('GET', '/v1/audit', { query: { ...query, ...(before !== undefined && { before: String(before) }) } });
    setEntries((now) => (before === undefined ? page.entries : [...(now ?? []), ...page.entries]));
    setNext(page.next);
    setHead(page.head);
  }, []);
  useEffect(() => void run(() => load(asked)), [load, asked]);
  const set = (name: keyof Search) => (text: string) => setSearch({ ...search, [name]: text });
  const save = (format: 'csv' | 'jsonl' | 'syslog') => void work.run(async () => {
    const answer = await send('GET', '/v1/audit', { query: { ...asked, format }, accept: '*/*' });
    saveFile(`audit.${format}`, answer.headers.get('Content-Type') ?? 'text/plain', await answer.arrayBuffer());
  });
  return (
    <>
      <h1>{t('audit.title')}</h1>
      <form className="card" role="search" onSubmit={(event) => {
        event.preventDefault();
        setAsked(queryOf(search));
      }}>
        <div className="form-grid">
          <TextField label={t('audit.who')} value={search.who} onText={set('who')} />
          <TextField label={t('audit.what')} value={search.what} onText={set('what')} />
          <TextField label={t('audit.about')} value={search.about} onText={set('about')} />
          <TextField label={t('audit.from')} type="date" value={search.from} onText={set('from')} />
          <TextField label={t('audit.to')} type="date" value={search.to} onText={set('to')} />
          <SelectField label={t('audit.allowed')} value={search.allowed} onText={set('allowed')}
                       choices={[{ value: '', label: t('audit.all') }, { value: 'true', label: t('audit.yes') }, { value: 'false', label: t('audit.no') }]} />
        </div>
        <div className="row">
          <Button look="primary" type="submit" busy={work.busy}>{t('do.search')}</Button>
          <Button onClick={() => save('csv')}>{t('audit.csv')}</Button>
          <Button onClick={() => save('jsonl')}>{t('audit.jsonl')}</Button>
          <Button onClick={() => save('syslog')}>{t('audit.syslog')}</Button>
        </div>
      </form>
      <div className="apart">
        <Trouble error={work.error} />
        {entries?.length === 0 && <p role="status">{t('audit.none')}</p>}
        {entries && entries.length > 0 && (
          <Table label={t('audit.title')} fits head={[t('audit.number'), t('audit.time'), t('audit.who'), t('audit.what'), t('audit.about'), t('audit.status'), t('audit.address')]}>
            {entries.map((one) => (
              <tr key={one.number}>
                <td className="number">{one.number}</td>
                <td className="when">{whenText(one.time)}</td>
                <td>{one.who}</td>
                <td className="breaks"><code>{one.what}</code></td>
                <td className="breaks"><About text={one.about} /></td>
                <td className="when">{one.status} <span className="tag">{t(one.allowed ? 'audit.yes' : 'audit.no')}</span></td>
                <td>{one.address}</td>
              </tr>
            ))}
          </Table>
        )}
        {next !== undefined && <Button busy={work.busy} onClick={() => void work.run(() => load(asked, next))}>{t('do.more')}</Button>}
        {head && <p className="hint">{t('audit.head')}: <code>{head}</code></p>}
      </div>
    </>
  );
}
