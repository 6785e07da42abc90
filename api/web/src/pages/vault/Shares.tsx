// Shares that partners granted us, whose documents are opened and looked at here, and shares that we granted.
import { useState } from 'react';
import { call } from '../../api/client';
import type { Agreement, Project, Share, VaultDocument } from '../../api/vault';
import { useT, whenText } from '../../i18n';
import { Ask } from '../../ui/Ask';
import { Button, Check, Confirm, Dialog, Notice, SelectField, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { endOfDay } from './days';
import { PassedTable, PassOn } from './Passed';
import type { Viewed } from './Viewer';

interface Opened {
  complete: boolean;
  have: number;
  of: number;
}

// What the owner's node shows now. Looking asks it for the key: the receipt.
function Held({ of, onView, onClose }: { of: Share; onView: (of: Viewed) => void; onClose: () => void }) {
  const t = useT();
  const [documents, setDocuments] = useState<VaultDocument[] | null>(null);
  const [parts, setParts] = useState<Opened | null>(null);
  const work = useWork();
  const look = (one: VaultDocument, version: number) => work.run(async () => {
    for (;;) {
      const opened = await call<Opened>('POST', `/v1/vault/shares/${of.share}/open`, { body: { document: one.document, version }, patient: true });
      setParts(opened);
      if (opened.complete) break;
    }
    onView({ path: `/v1/vault/shares/${of.share}/documents/${one.document}/versions/${version}`, name: `${one.name}, ${t('vault.version')} ${version}` });
  });
  return (
    <Dialog title={`${of.owner}: ${of.project}`} onClose={onClose} wide>
      <p>{t('vault.held.text', { owner: of.owner })}</p>
      {!documents && (
        <Button look="primary" busy={work.busy} onClick={() => void work.run(async () => {
          setDocuments((await call<{ documents: VaultDocument[] }>('GET', `/v1/vault/shares/${of.share}/documents`)).documents);
        })}>{t('vault.held.ask')}</Button>
      )}
      {documents?.length === 0 && <Notice live title={t('vault.held.none')} />}
      {documents && documents.length > 0 && (
        <Table label={t('vault.documents')} head={[t('vault.document'), t('vault.version'), t('vault.made'), t('do.actions')]}>
          {documents.flatMap((one) => one.versions.map((version) => (
            <tr key={`${one.document}/${version.version}`}>
              <td><strong>{one.name}</strong></td>
              <td className="number">{version.version}</td>
              <td>{whenText(version.made)}</td>
              <td><Button look="quiet" busy={work.busy} aria-label={`${t('vault.open')}: ${one.name} ${version.version}`} onClick={() => void look(one, version.version)}>{t('vault.open')}</Button></td>
            </tr>
          )))}
        </Table>
      )}
      {work.busy && parts && <progress value={parts.have} max={Math.max(parts.of, 1)} aria-label={t('vault.open.progress')} />}
      <Trouble error={work.error} />
      <div className="row end"><Button onClick={onClose}>{t('do.close')}</Button></div>
    </Dialog>
  );
}

function Grant({ projects, documents, agreements, onGranted }: {
  projects: Project[]; documents: VaultDocument[]; agreements: Agreement[]; onGranted: () => void;
}) {
  const t = useT();
  const [given, setGiven] = useState({ project: '', document: '', recipient: '', role: '', purpose: '', columns: '', mode: 'view', end: '', agreement: '' });
  const [marked, setMarked] = useState(false);
  const set = (name: keyof typeof given) => (text: string) => setGiven((now) => ({ ...now, [name]: text }));
  const project = given.project || projects[0]?.name || '';
  const columns = given.columns.split(',').map((one) => one.trim()).filter(Boolean);
  const work = useWork();
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => {
        const body: Record<string, unknown> = {
          project, recipient: given.recipient.trim(), purpose: given.purpose.trim(), mode: given.mode, end: endOfDay(given.end),
        };
        for (const name of ['document', 'role', 'agreement'] as const) if (given[name].trim()) body[name] = given[name].trim();
        if (columns.length > 0) Object.assign(body, { columns, marked });
        await call('POST', '/v1/vault/shares', { body });
        setGiven((now) => ({ ...now, purpose: '' }));
        onGranted();
      });
    }}>
      <h3>{t('vault.share.add')}</h3>
      <SelectField label={t('vault.project')} value={project} onText={set('project')} choices={projects.map((one) => ({ value: one.name, label: one.name }))} />
      <SelectField label={t('vault.document')} value={given.document} onText={set('document')}
                   choices={[{ value: '', label: t('vault.document.all') }, ...documents.filter((one) => one.project === project).map((one) => ({ value: one.document, label: one.name }))]} />
      <TextField label={t('vault.recipient')} hint={t('vault.recipient.hint')} value={given.recipient} onText={set('recipient')} required autoComplete="off" />
      <TextField label={t('vault.role')} hint={t('vault.role.hint')} value={given.role} onText={set('role')} autoComplete="off" />
      <TextField label={t('vault.purpose')} value={given.purpose} onText={set('purpose')} required autoComplete="off" />
      <SelectField label={t('vault.mode')} value={given.mode} onText={set('mode')}
                   choices={[{ value: 'view', label: t('vault.mode.view') }, { value: 'download', label: t('vault.mode.download') }]} />
      <TextField label={t('vault.columns')} hint={t('vault.columns.hint')} value={given.columns} onText={set('columns')} autoComplete="off" />
      {columns.length > 0 && <Check label={t('vault.marked')} checked={marked} onCheck={setMarked} />}
      <TextField label={t('vault.end')} type="date" value={given.end} onText={set('end')} required />
      <SelectField label={t('vault.agreement')} value={given.agreement} onText={set('agreement')}
                   choices={[{ value: '', label: t('vault.agreement.none') }, ...agreements.filter((one) => one.state === 'in force').map((one) => ({ value: one.agreement, label: one.scope }))]} />
      <Trouble error={work.error} />
      <Button look="primary" type="submit" busy={work.busy}>{t('vault.share.add')}</Button>
    </form>
  );
}

export function Shares({ org, shares, projects, documents, agreements, manages, onView, onChanged }: {
  org: string; shares: Share[]; projects: Project[]; documents: VaultDocument[]; agreements: Agreement[]; manages: boolean;
  onView: (of: Viewed) => void; onChanged: () => void;
}) {
  const t = useT();
  const [open, setOpen] = useState<Share | null>(null);
  const [ending, setEnding] = useState<Share | null>(null);
  const [passing, setPassing] = useState<Share | null>(null);
  const [destroying, setDestroying] = useState<Share | null>(null);
  const work = useWork();
  const held = shares.filter((one) => one.owner !== org);
  const given = shares.filter((one) => one.owner === org);
  const name = (one: Share) => documents.find((document) => document.document === one.document)?.name ?? (one.document ? t('vault.document.one') : t('vault.document.all'));
  const whom = (one: Share) => [one.recipient, one.role, one.person].filter(Boolean).join(', ');
  const state = (one: Share) => {
    if (one.destroyed) return <span className="tag bad">{t('vault.destroyed')}</span>;
    if (one.ended || one.end * 1000 < Date.now()) return <span className="tag">{t('vault.share.over')}</span>;
    return t('vault.until', { until: whenText(one.end) });
  };
  const live = (one: Share) => !one.ended && !one.destroyed && one.end * 1000 > Date.now();
  const what = (one: Share) => (
    <>
      {one.purpose}
      <p>{t(one.mode === 'view' ? 'vault.mode.view' : 'vault.mode.download')}{one.columns && `; ${one.columns.join(', ')}`}{one.marked && `; ${t('vault.is-marked')}`}</p>
    </>
  );
  return (
    <section aria-labelledby="vault-shares">
      <h2 id="vault-shares">{t('vault.held')}</h2>
      <Trouble error={work.error} />
      {held.length === 0 ? <Notice title={t('vault.held.nothing')} /> : (
        <Table label={t('vault.held')} head={[t('vault.owner'), t('vault.project'), t('vault.purpose'), t('vault.state'), t('do.actions')]}>
          {held.map((one) => (
            <tr key={one.share}>
              <td><strong>{one.owner}</strong></td>
              <td>{one.project}</td>
              <td>{what(one)}</td>
              <td>{state(one)}</td>
              <td>
                <div className="row">
                  {live(one) && <Button look="quiet" aria-label={`${t('vault.held.show')}: ${one.owner}, ${one.purpose}`} onClick={() => setOpen(one)}>{t('vault.held.show')}</Button>}
                  {manages && live(one) && !one.person && <Button look="quiet" aria-label={`${t('vault.pass')}: ${one.owner}, ${one.purpose}`} onClick={() => setPassing(one)}>{t('vault.pass')}</Button>}
                  {manages && !one.destroyed && <Button look="quiet" aria-label={`${t('vault.destroy')}: ${one.owner}, ${one.purpose}`} onClick={() => setDestroying(one)}>{t('vault.destroy')}</Button>}
                </div>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {manages && (
        <>
          <h2>{t('vault.given')}</h2>
          {given.length === 0 ? <Notice title={t('vault.given.nothing')} /> : (
            <Table label={t('vault.given')} head={[t('vault.recipient'), t('vault.document'), t('vault.purpose'), t('vault.state'), t('do.actions')]}>
              {given.map((one) => (
                <tr key={one.share}>
                  <td><strong>{whom(one)}</strong></td>
                  <td>{one.project}<p>{name(one)}</p></td>
                  <td>{what(one)}</td>
                  <td>{state(one)}</td>
                  <td>{live(one) && <Button look="quiet" aria-label={`${t('vault.share.end')}: ${whom(one)}, ${one.purpose}`} onClick={() => setEnding(one)}>{t('vault.share.end')}</Button>}</td>
                </tr>
              ))}
            </Table>
          )}
          <PassedTable shares={shares} />
          {projects.length > 0 && <div className="columns"><Grant projects={projects} documents={documents} agreements={agreements} onGranted={onChanged} /></div>}
        </>
      )}
      {open && <Held of={open} onView={onView} onClose={() => setOpen(null)} />}
      {passing && (
        <PassOn of={passing} agreements={agreements} onClose={() => setPassing(null)} onPassed={() => {
          setPassing(null);
          onChanged();
        }} />
      )}
      {destroying && (
        <Ask title={t('vault.destroy.sure', { owner: destroying.owner })} label={t('vault.destroy.reason')} onNo={() => setDestroying(null)} onYes={(reason) => {
          const { share } = destroying;
          setDestroying(null);
          void work.run(async () => {
            await call('POST', `/v1/vault/shares/${share}/destroy`, { body: { reason } });
            onChanged();
          });
        }}>
          <p>{t('vault.destroy.text', { owner: destroying.owner })}</p>
        </Ask>
      )}
      {ending && (
        <Confirm text={t('vault.share.end.sure', { whom: whom(ending) })} onNo={() => setEnding(null)} onYes={() => {
          const share = ending.share;
          setEnding(null);
          void work.run(async () => {
            await call('POST', `/v1/vault/shares/${share}/end`, { body: { reason: t('vault.share.end.reason') } });
            onChanged();
          });
        }}>
          <p>{t('vault.share.end.text')}</p>
        </Confirm>
      )}
    </section>
  );
}
