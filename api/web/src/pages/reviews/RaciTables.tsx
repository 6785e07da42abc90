// Who does, answers for, is asked and is told of each task of a project.
import { useState } from 'react';
import { call } from '../../api/client';
import type { Project, Raci, RaciReview, RaciRow } from '../../api/vault';
import { useT, whenText } from '../../i18n';
import { Due } from '../../ui/Due';
import { Button, Dialog, Field, Notice, Table, Trouble, useWork } from '../../ui/parts';
import { Rows, type Row } from '../../ui/Rows';

const PARTS = ['task', 'responsible', 'accountable', 'consulted', 'informed'] as const;

function Edit({ project, rows, onDone, onClose }: { project: Project; rows: RaciRow[]; onDone: () => void; onClose: () => void }) {
  const t = useT();
  const [now, setNow] = useState<Row[]>(rows.length > 0 ? rows.map((one) => ({ ...one })) : [{}]);
  const work = useWork();
  return (
    <Dialog wide title={t('raci.edit.title', { project: project.name })} onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => {
          const told = now.map((row) => Object.fromEntries(PARTS.map((part) => [part, (row[part] ?? '').trim()])));
          await call('POST', `/v1/vault/projects/${project.project}/raci`, { body: { rows: told } });
          onDone();
        });
      }}>
        <p>{t('raci.edit.text')}</p>
        <Rows label={t('raci.task')} rows={now} onRows={setNow}
              columns={PARTS.map((name) => ({ name, label: t(`raci.${name}`), required: name === 'task' || name === 'responsible' || name === 'accountable' }))} />
        <Trouble error={work.error} />
        <div className="row end">
          <Button look="quiet" onClick={onClose}>{t('do.cancel')}</Button>
          <Button look="primary" type="submit" disabled={now.length === 0} busy={work.busy}>{t('do.save')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function Lines({ label, rows }: { label: string; rows: RaciRow[] }) {
  const t = useT();
  return (
    <Table label={label} head={PARTS.map((part) => t(`raci.${part}`))}>
      {rows.map((row) => (
        <tr key={row.task}>{PARTS.map((part) => <td key={part}>{part === 'task' ? <strong>{row.task}</strong> : row[part] || '–'}</td>)}</tr>
      ))}
    </Table>
  );
}

// Signs what it shows: the node refuses where the table is another by then.
function Sign({ project, of, onSigned, onClose }: { project: string; of: RaciReview; onSigned: () => void; onClose: () => void }) {
  const t = useT();
  const [remark, setRemark] = useState('');
  const work = useWork();
  return (
    <Dialog wide title={t('raci.sign.title', { project: of.report.name })} onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => {
          await call('POST', `/v1/vault/projects/${project}/raci/sign`, { body: { digest: of.digest, remark: remark.trim() } });
          onSigned();
        });
      }}>
        <Lines label={t('raci.sign.title', { project: of.report.name })} rows={of.report.rows} />
        <Field label={t('review.remark')}>
          {(ids) => <textarea {...ids} rows={2} required maxLength={300} value={remark} onChange={(event) => setRemark(event.target.value)} />}
        </Field>
        <Notice tone="warning" title={t('raci.sign.text')} />
        <Trouble error={work.error} />
        <div className="row end">
          <Button look="quiet" onClick={onClose}>{t('do.cancel')}</Button>
          <Button look="danger" type="submit" busy={work.busy}>{t('review.sign')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

export function RaciTables({ all, projects, onChanged }: { all: Raci[]; projects: Project[]; onChanged: () => void }) {
  const t = useT();
  const [editing, setEditing] = useState<Project | null>(null);
  const [signing, setSigning] = useState<{ project: string; of: RaciReview } | null>(null);
  const work = useWork();
  return (
    <section className="card apart" aria-label={t('raci.title')}>
      <h2>{t('raci.title')}</h2>
      <p>{t('raci.text')}</p>
      <Trouble error={work.error} />
      {projects.length === 0 && <Notice title={t('raci.no-project')} />}
      {projects.map((project) => {
        const raci = all.find((one) => one.project === project.project);
        return (
          <section key={project.project} aria-label={`${t('raci.title')}: ${project.name}`}>
            <h3>{project.name}</h3>
            {!raci && <p>{t('raci.none')}</p>}
            {raci && (
              <>
                <Lines label={`${t('raci.title')}: ${project.name}`} rows={raci.rows} />
                <div><strong>{t('raci.due')}</strong> <Due at={raci.due} /></div>
                <p className="hint">
                  {t('raci.set', { by: raci.set_by, when: whenText(raci.set) })}
                  {raci.reviewed && <> {t('raci.reviewed', { by: raci.reviewed_by ?? '', when: whenText(raci.reviewed) })}</>}
                </p>
              </>
            )}
            <div className="row">
              {raci && (
                <Button aria-label={`${t('raci.go-sign')}: ${project.name}`} onClick={() => void work.run(async () => {
                  setSigning({ project: project.project, of: await call<RaciReview>('GET', `/v1/vault/projects/${project.project}/raci`) });
                })}>{t('raci.go-sign')}</Button>
              )}
              <Button look="quiet" aria-label={`${t('raci.edit')}: ${project.name}`} onClick={() => setEditing(project)}>{t('raci.edit')}</Button>
            </div>
          </section>
        );
      })}
      {editing && <Edit project={editing} rows={all.find((one) => one.project === editing.project)?.rows ?? []} onClose={() => setEditing(null)} onDone={() => {
        setEditing(null);
        onChanged();
      }} />}
      {signing && <Sign {...signing} onClose={() => setSigning(null)} onSigned={() => {
        setSigning(null);
        onChanged();
      }} />}
    </section>
  );
}
