// What is passed on to sub-tiers: the form that does it, and who holds what behind the one whom it was shared with.
import { useEffect, useState } from 'react';
import { call } from '../../api/client';
import type { Agreement, HeldTable, Share, VaultDocument } from '../../api/vault';
import { countText, useT, whenText } from '../../i18n';
import { Button, Checks, Dialog, SelectField, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { dayOf, endOfDay } from './days';

// Columns are compared as the node does it, without case.
function inAll([first = [], ...others]: string[][]): string[] {
  const folded = others.map((columns) => new Set(columns.map((one) => one.trim().toLowerCase())));
  return first.filter((one) => folded.every((columns) => columns.has(one.trim().toLowerCase())));
}

export function PassOn({ of, agreements, onPassed, onClose }: { of: Share; agreements: Agreement[]; onPassed: () => void; onClose: () => void }) {
  const t = useT();
  const [given, setGiven] = useState({ recipient: '', document: of.document ?? '', role: of.role ?? '', purpose: '', mode: 'view', end: dayOf(of.end), agreement: '' });
  const [documents, setDocuments] = useState<VaultDocument[]>([]);
  const [tables, setTables] = useState<HeldTable[]>([]);
  const [without, setWithout] = useState<string[]>([]);
  // Of a share of all columns those that each of the tables has that were read here: a table that lacks one is not passed on.
  const had = of.columns ?? inAll(tables.filter((one) => !given.document || one.document === given.document).map((one) => one.columns));
  const chosen = had.filter((one) => !without.includes(one));
  const set = (name: keyof typeof given) => (text: string) => setGiven((now) => ({ ...now, [name]: text }));
  const work = useWork();
  const { run } = work;
  const { share } = of;
  useEffect(() => void run(async () => {
    setTables((await call<{ tables: HeldTable[] }>('GET', `/v1/vault/shares/${share}/tables`)).tables);
    setDocuments((await call<{ documents: VaultDocument[] }>('GET', `/v1/vault/shares/${share}/documents`)).documents);
  }), [share]);
  return (
    <Dialog title={t('vault.pass.title', { owner: of.owner, purpose: of.purpose })} onClose={onClose} wide>
      <form onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          const body: Record<string, unknown> = {
            of: share, recipient: given.recipient.trim(), purpose: given.purpose.trim(), mode: given.mode, end: Math.min(endOfDay(given.end), of.end),
          };
          for (const name of ['document', 'role', 'agreement'] as const) if (given[name].trim()) body[name] = given[name].trim();
          if (chosen.length < had.length) body.columns = chosen;
          await call('POST', '/v1/vault/shares', { body });
          onPassed();
        });
      }}>
        <p>{t('vault.pass.text', { owner: of.owner })}</p>
        <div className="form-grid">
          <TextField label={t('vault.recipient')} hint={t('vault.pass.recipient.hint')} value={given.recipient} onText={set('recipient')} required autoComplete="off" />
          <SelectField label={t('vault.document')} value={given.document} onText={(text) => { set('document')(text); setWithout([]); }}
                       choices={[...(of.document ? [] : [{ value: '', label: t('vault.pass.all') }]), ...documents.map((one) => ({ value: one.document, label: one.name }))]} />
          <TextField label={t('vault.role')} hint={t('vault.role.hint')} value={given.role} onText={set('role')} autoComplete="off" />
          <TextField label={t('vault.purpose')} value={given.purpose} onText={set('purpose')} required autoComplete="off" />
          <SelectField label={t('vault.mode')} value={given.mode} onText={set('mode')}
                       choices={[{ value: 'view', label: t('vault.mode.view') }, ...(of.mode === 'download' ? [{ value: 'download', label: t('vault.mode.download') }] : [])]} />
          <TextField label={t('vault.end')} type="date" max={dayOf(of.end)} value={given.end} onText={set('end')} required />
          <SelectField label={t('vault.agreement')} value={given.agreement} onText={set('agreement')}
                       choices={[{ value: '', label: t('vault.agreement.none') }, ...agreements
                         .filter((one) => one.state === 'in force' && one.drafter !== of.owner && one.partner !== of.owner)
                         .map((one) => ({ value: one.agreement, label: one.scope }))]} />
        </div>
        {had.length > 1 && (
          <>
            <Checks label={t('vault.columns')} all={had} chosen={chosen} word={(name) => name}
                    onChosen={(now) => setWithout(had.filter((one) => !now.includes(one)))} />
            <p className="hint">{t('vault.pass.columns.hint', { owner: of.owner })}</p>
          </>
        )}
        <Trouble error={work.error} />
        <div className="row end">
          <Button onClick={onClose}>{t('do.close')}</Button>
          <Button look="primary" type="submit" busy={work.busy} disabled={had.length > 0 && chosen.length === 0}>{t('vault.pass')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

export function PassedTable({ shares }: { shares: Share[] }) {
  const t = useT();
  // What was passed on twice is told of with each share that it stands on.
  const all = new Map(shares.flatMap((share) => (share.passed ?? []).map((one) => [one.share, { ...one, project: share.project, from: share.recipient }] as const)));
  if (all.size === 0) return null;
  return (
    <>
      <h2>{t('vault.passed')}</h2>
      <p>{t('vault.passed.text')}</p>
      <Table label={t('vault.passed')} head={[t('vault.passed.holder'), t('vault.passed.by'), t('vault.passed.depth'), t('vault.purpose'), t('vault.passed.files')]}>
        {[...all.values()].map((one) => (
          <tr key={one.share}>
            <td><strong>{one.recipient}</strong>{one.vouched && <p><span className="tag">{t('vault.passed.vouched', { partner: one.from })}</span></p>}</td>
            <td>{one.owner}<p>{one.project}</p></td>
            <td className="number">{countText(one.depth)}</td>
            <td>{one.purpose}<p>{t(one.mode === 'view' ? 'vault.mode.view' : 'vault.mode.download')}; {t('vault.until', { until: whenText(one.end) })}{one.columns && `; ${one.columns.join(', ')}`}</p></td>
            <td>
              {one.released.length === 0 ? t('vault.passed.nothing') : (
                <ul className="plain">
                  {one.released.map((file) => (
                    <li key={`${file.body} ${file.at}`}>
                      {file.name}, {t('vault.version')} {file.version}{' '}
                      {file.destroyed && <span className="tag">{t('vault.destroyed')}</span>}
                      <p>{whenText(file.destroyed ?? file.at)}</p>
                    </li>
                  ))}
                </ul>
              )}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}
