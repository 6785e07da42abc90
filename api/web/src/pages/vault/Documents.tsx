// Projects and their documents, and putting in new versions.
import { useState } from 'react';
import { call } from '../../api/client';
import { upload, type Project, type VaultDocument } from '../../api/vault';
import { countText, useT, whenText, wordFor } from '../../i18n';
import { Button, FileButton, Notice, SelectField, Table, TextField, Trouble, useWork } from '../../ui/parts';
import type { Viewed } from './Viewer';

export const CLASSES = ['public', 'internal', 'confidential', 'restricted'];

export function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${countText(Math.ceil(bytes / 1e3))} kB`;
  return `${countText(Math.ceil(bytes / 1e6))} MB`;
}

function AddProject({ onAdded }: { onAdded: () => void }) {
  const t = useT();
  const [name, setName] = useState('');
  const [steward, setSteward] = useState('');
  const [classification, setClassification] = useState('confidential');
  const work = useWork();
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => {
        await call('POST', '/v1/vault/projects', { body: { name: name.trim(), steward: steward.trim(), classification } });
        setName('');
        onAdded();
      });
    }}>
      <h3>{t('vault.project.add')}</h3>
      <TextField label={t('vault.project')} value={name} onText={setName} required maxLength={200} autoComplete="off" />
      <TextField label={t('vault.steward')} hint={t('vault.steward.hint')} value={steward} onText={setSteward} required autoComplete="off" />
      <SelectField label={t('vault.class')} value={classification} onText={setClassification}
                   choices={CLASSES.map((value) => ({ value, label: wordFor('vault.class', value) }))} />
      <Trouble error={work.error} />
      <Button look="primary" type="submit" busy={work.busy}>{t('vault.project.add')}</Button>
    </form>
  );
}

function PutDocument({ projects, onPut }: { projects: Project[]; onPut: () => void }) {
  const t = useT();
  const [chosen, setProject] = useState('');
  const project = chosen || projects[0]?.name || '';
  const [note, setNote] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [taken, setTaken] = useState(0);
  const [done, setDone] = useState('');
  const work = useWork();
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      if (!file) return;
      setTaken(0);
      setDone('');
      void work.run(async () => {
        await upload(file, project, note.trim(), setTaken);
        setDone(file.name);
        setFile(null);
        setNote('');
        onPut();
      });
    }}>
      <h3>{t('vault.put')}</h3>
      <SelectField label={t('vault.project')} value={project} onText={setProject}
                   choices={projects.map((one) => ({ value: one.name, label: one.name }))} />
      <TextField label={t('vault.note')} hint={t('vault.note.hint')} value={note} onText={setNote} autoComplete="off" />
      <div className="row">
        <FileButton accept="" onFile={setFile}>{t('vault.file')}</FileButton>
        {file && <span>{file.name}, {sizeText(file.size)}</span>}
      </div>
      {work.busy && file && (
        <p>
          <progress value={taken} max={Math.max(file.size, 1)} aria-label={t('vault.put.progress')} />
          {' '}{t('vault.put.taken', { taken: sizeText(taken), of: sizeText(file.size) })}
        </p>
      )}
      {done && <Notice live tone="good" title={t('vault.put.done', { name: done })} />}
      <Trouble error={work.error} />
      <Button look="primary" type="submit" disabled={!file} busy={work.busy}>{t('vault.put')}</Button>
    </form>
  );
}

export function Documents({ projects, documents, manages, onView, onChanged }: {
  projects: Project[]; documents: VaultDocument[]; manages: boolean; onView: (of: Viewed) => void; onChanged: () => void;
}) {
  const t = useT();
  return (
    <section aria-labelledby="vault-documents">
      <h2 id="vault-documents">{t('vault.documents')}</h2>
      {documents.length === 0 ? <Notice title={t('vault.documents.none')} /> : (
        <Table label={t('vault.documents')} head={[t('vault.document'), t('vault.project'), t('vault.class'), t('vault.version'), t('vault.made'), t('do.actions')]}>
          {documents.flatMap((one) => [...one.versions].reverse().map((version, at) => (
            <tr key={`${one.document}/${version.version}`}>
              <td>{at === 0 ? <strong>{one.name}</strong> : one.name}{version.note && <p>{version.note}</p>}</td>
              <td>{one.project}</td>
              <td><span className={one.classification === 'restricted' ? 'tag bad' : 'tag'}>{wordFor('vault.class', one.classification)}</span></td>
              <td className="number">{version.version}</td>
              <td>{whenText(version.made)}, {sizeText(version.size)}<p>{version.by}</p></td>
              <td>
                {version.destroyed ? <span className="tag bad">{t('vault.destroyed')}</span> : (
                  <Button look="quiet" aria-label={`${t('vault.view')}: ${one.name} ${version.version}`}
                          onClick={() => onView({ path: `/v1/vault/documents/${one.document}/versions/${version.version}`, name: `${one.name}, ${t('vault.version')} ${version.version}` })}>
                    {t('vault.view')}
                  </Button>
                )}
              </td>
            </tr>
          )))}
        </Table>
      )}
      {manages && (
        <div className="columns">
          {projects.length > 0 && <PutDocument projects={projects} onPut={onChanged} />}
          <AddProject onAdded={onChanged} />
        </div>
      )}
    </section>
  );
}
