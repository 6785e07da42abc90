// Bills of materials, ours and partners'; what is in one, and who uses a part.
import { useCallback, useEffect, useState } from 'react';
import { call, session } from '../../api/client';
import type { Bom, BomUsed } from '../../api/bom';
import type { Project } from '../../api/vault';
import { countText, useT, whenText } from '../../i18n';
import { store, useStore } from '../../store';
import { Button, Notice, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { Import } from './Import';
import { OneBom } from './OneBom';

// Which one is open; kept while other pages are looked at.
const opened = store('');

function WhereUsed({ onOpen }: { onOpen: (bom: string) => void }) {
  const t = useT();
  const [part, setPart] = useState('');
  const [used, setUsed] = useState<BomUsed[] | null>(null);
  const work = useWork();
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => setUsed((await call<{ used: BomUsed[] }>('GET', '/v1/where-used', { query: { part: part.trim() } })).used));
    }}>
      <h2>{t('bom.where-used')}</h2>
      <TextField label={t('bom.part')} hint={t('bom.where-used.hint')} value={part} onText={setPart} required autoComplete="off" />
      <Trouble error={work.error} />
      <Button type="submit" busy={work.busy}>{t('do.search')}</Button>
      {used?.length === 0 && <Notice live title={t('bom.where-used.none')} />}
      {used && used.length > 0 && (
        <Table label={t('bom.where-used')} head={[t('bom.title.one'), t('bom.revision'), t('bom.field.designators'), t('bom.field.quantity'), t('bom.used-as')]}>
          {used.map((one) => (
            <tr key={`${one.bom} ${one.line}`}>
              <td><button type="button" className="link" onClick={() => onOpen(one.bom)}>{one.project}/{one.name}</button></td>
              <td>{one.revision === 'draft' ? t('bom.draft') : one.revision}</td>
              <td>{one.designators}</td>
              <td className="number">{one.quantity}</td>
              <td>{t(one.as === 'part' ? 'bom.used-as.part' : 'bom.used-as.second')}</td>
            </tr>
          ))}
        </Table>
      )}
    </form>
  );
}

export default function Boms() {
  const t = useT();
  const who = useStore(session).who;
  const manages = who?.accesses.includes('vault') ?? false;
  const [boms, setBoms] = useState<Bom[] | null>(null);
  const [projects, setProjects] = useState<Project[]>([]);
  const chosen = useStore(opened);
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => {
    setBoms((await call<{ boms: Bom[] }>('GET', '/v1/boms')).boms);
    if (manages) setProjects((await call<{ projects: Project[] }>('GET', '/v1/vault/projects')).projects);
  }, [manages]);
  useEffect(() => void run(load), [load]);
  const changed = () => void run(load);
  const bom = boms?.find((one) => one.bom === chosen);
  if (bom)
    return <OneBom key={bom.bom} of={bom} ours={bom.owner === who?.org} manages={manages} onChanged={changed} onBack={() => opened.set('')} />;
  return (
    <>
      <div className="row">
        <h1>{t('bom.title')}</h1>
        <Button look="quiet" busy={work.busy} onClick={changed}>{t('do.refresh')}</Button>
      </div>
      <p>{t('bom.text')}</p>
      <Trouble error={work.error} />
      {boms?.length === 0 && <Notice title={t('bom.none')} />}
      {boms && boms.length > 0 && (
        <Table label={t('bom.title')} head={[t('bom.title.one'), t('vault.owner'), t('bom.revision'), t('bom.draft'), t('do.actions')]}>
          {boms.map((one) => {
            const newest = one.revisions.at(-1);
            return (
              <tr key={one.bom}>
                <td><strong>{one.project}/{one.name}</strong></td>
                <td>{one.owner}</td>
                <td>{newest ? <>{newest.revision}<p>{whenText(newest.at)}</p></> : '–'}</td>
                <td>
                  {one.draft ? t('bom.lines', { n: countText(one.draft.lines) }) : '–'}
                  {one.draft && one.draft.unreleased > 0 && <p><span className="tag">{t('bom.unreleased', { n: countText(one.draft.unreleased) })}</span></p>}
                </td>
                <td><Button look="quiet" aria-label={`${t('bom.open')}: ${one.project}/${one.name}`} onClick={() => opened.set(one.bom)}>{t('bom.open')}</Button></td>
              </tr>
            );
          })}
        </Table>
      )}
      <div className="columns">
        {manages && projects.length > 0 && <Import boms={boms ?? []} projects={projects} org={who?.org ?? ''} onTaken={(id) => {
          changed();
          opened.set(id);
        }} />}
        {manages && boms && projects.length === 0 && <Notice title={t('bom.no-project')} />}
        <WhereUsed onOpen={(id) => opened.set(id)} />
      </div>
    </>
  );
}
