// Incidents with documents: reported, contained, told within their clocks, and closed.
import { useCallback, useEffect, useState } from 'react';
import { call } from '../../api/client';
import type { Incident, Project } from '../../api/vault';
import { useT, whenText, wordFor } from '../../i18n';
import { Due } from '../../ui/Due';
import { Button, Check, Field, Notice, SelectField, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { OneIncident } from './OneIncident';

const KINDS = ['leak', 'access', 'loss', 'other'];

function Report({ projects, onReported }: { projects: Project[]; onReported: (incident: string) => void }) {
  const t = useT();
  const [given, setGiven] = useState({ kind: 'leak', text: '', partner: '', project: '', known: '' });
  const [drill, setDrill] = useState(false);
  const set = (name: keyof typeof given) => (text: string) => setGiven((now) => ({ ...now, [name]: text }));
  const work = useWork();
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => {
        const body: Record<string, unknown> = { kind: given.kind, text: given.text.trim(), drill };
        for (const name of ['partner', 'project'] as const) if (given[name].trim()) body[name] = given[name].trim();
        if (given.known) body.known = Math.floor(new Date(given.known).getTime() / 1000);
        onReported((await call<Incident>('POST', '/v1/vault/incidents', { body })).incident);
      });
    }}>
      <h2>{t('incident.open')}</h2>
      <SelectField label={t('incident.kind')} value={given.kind} onText={set('kind')} choices={KINDS.map((value) => ({ value, label: wordFor('incident.kind', value) }))} />
      <Field label={t('incident.what')}>
        {(ids) => <textarea {...ids} rows={3} required value={given.text} onChange={(event) => set('text')(event.target.value)} />}
      </Field>
      <TextField label={t('vault.partner')} hint={t('incident.partner.hint')} value={given.partner} onText={set('partner')} autoComplete="off" />
      <SelectField label={t('vault.project')} value={given.project} onText={set('project')}
                   choices={[{ value: '', label: t('incident.project.none') }, ...projects.map((one) => ({ value: one.name, label: one.name }))]} />
      <TextField label={t('incident.known')} hint={t('incident.known.hint')} type="datetime-local" value={given.known} onText={set('known')} />
      <Check label={t('incident.drill')} checked={drill} onCheck={setDrill} />
      <Trouble error={work.error} />
      <Button look="primary" type="submit" busy={work.busy}>{t('incident.open')}</Button>
    </form>
  );
}

export default function Incidents() {
  const t = useT();
  const [incidents, setIncidents] = useState<Incident[] | null>(null);
  const [projects, setProjects] = useState<Project[]>([]);
  const [open, setOpen] = useState('');
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => {
    setIncidents((await call<{ incidents: Incident[] }>('GET', '/v1/vault/incidents')).incidents);
    setProjects((await call<{ projects: Project[] }>('GET', '/v1/vault/projects')).projects);
  }, []);
  useEffect(() => void run(load), [load]);
  const changed = () => void run(load);
  if (open)
    return <OneIncident id={open} onBack={() => {
      setOpen('');
      changed();
    }} />;
  return (
    <>
      <div className="row">
        <h1>{t('incident.title')}</h1>
        <Button look="quiet" busy={work.busy} onClick={changed}>{t('do.refresh')}</Button>
      </div>
      <p>{t('incident.text')}</p>
      <Trouble error={work.error} />
      {incidents?.length === 0 && <Notice title={t('incident.none')} />}
      {incidents && incidents.length > 0 && (
        <Table label={t('incident.title')} head={[t('incident.known'), t('incident.kind'), t('incident.what'), t('incident.about'), t('incident.clocks'), t('do.actions')]}>
          {incidents.map((one) => {
            const next = one.clocks.find((clock) => !clock.done);
            return (
              <tr key={one.incident}>
                <td className="when">{whenText(one.known)}</td>
                <td>{wordFor('incident.kind', one.kind)}{one.drill && <p><span className="tag">{t('incident.drill.tag')}</span></p>}</td>
                <td>{one.text.split('\n')[0]}</td>
                <td>{[one.partner, one.project].filter(Boolean).join(', ') || '–'}{one.frozen.length > 0 && <p><span className="tag bad">{t('incident.frozen', { n: one.frozen.length })}</span></p>}</td>
                <td>{one.closed ? <span className="tag">{t('incident.closed')}</span> : next ? <Due at={next.due} /> : <span className="tag">{t('incident.is-open')}</span>}</td>
                <td><Button look="quiet" aria-label={`${t('bom.open')}: ${one.text.split('\n')[0]}`} onClick={() => setOpen(one.incident)}>{t('bom.open')}</Button></td>
              </tr>
            );
          })}
        </Table>
      )}
      <div className="columns"><Report projects={projects} onReported={setOpen} /></div>
    </>
  );
}
