// One BOM: its revisions and their lines, its draft where it is ours, and what can be asked about it.
import { useState } from 'react';
import { call } from '../../api/client';
import { openRevision, type Bom, type BomLine, type BomRevision } from '../../api/bom';
import { countText, useT, whenText, wordFor } from '../../i18n';
import { Button, Dialog, Notice, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { Draft } from './Draft';
import { Lines } from './Lines';
import { Consumption, Difference, Parts } from './Views';

interface Shown {
  revision: string;
  hidden: string[];
  lines: BomLine[];
}

function Give({ of, revision, onClose }: { of: Bom; revision: BomRevision; onClose: () => void }) {
  const t = useT();
  const [to, setTo] = useState('');
  const [done, setDone] = useState('');
  const work = useWork();
  return (
    <Dialog title={t('bom.give.title', { revision: revision.revision })} onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => {
          await call('POST', `/v1/boms/${of.bom}/give`, { body: { number: revision.number, to: to.trim() } });
          setDone(to.trim());
        });
      }}>
        <p>{t('bom.give.text')}</p>
        <TextField label={t('vault.partner')} value={to} onText={setTo} required autoComplete="off" />
        <Trouble error={work.error} />
        {done && <Notice live tone="good" title={t('bom.given', { to: done })} />}
        <div className="row end">
          <Button onClick={onClose}>{t('do.close')}</Button>
          <Button look="primary" type="submit" busy={work.busy}>{t('bom.give')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

export function OneBom({ of: whole, ours, manages, onChanged, onBack }: { of: Bom; ours: boolean; manages: boolean; onChanged: () => void; onBack: () => void }) {
  const t = useT();
  // The draft is for who may edit it.
  const { draft, ...released } = whole;
  const of: Bom = manages && draft ? whole : released;
  const [shown, setShown] = useState<Shown | null>(null);
  const [giving, setGiving] = useState<BomRevision | null>(null);
  const work = useWork();
  const show = (one: BomRevision) => work.run(async () => {
    if (!ours) await openRevision(of.bom, one.number);
    setShown(await call<Shown>('GET', `/v1/boms/${of.bom}/revisions/${one.number}`));
  });
  return (
    <>
      <div className="row">
        <h1>{of.project}/{of.name}</h1>
        <Button look="quiet" onClick={onBack}>{t('bom.all')}</Button>
      </div>
      <p>{t('bom.of', { owner: of.owner })}</p>
      <section className="card apart" aria-label={t('bom.revisions')}>
        <h2>{t('bom.revisions')}</h2>
        <Trouble error={work.error} />
        {of.revisions.length === 0 ? <Notice title={t('bom.revisions.none')} /> : (
          <Table label={t('bom.revisions')} head={[t('bom.revision'), t('bom.released'), t('bom.lines.head'), t('vault.body'), t('do.actions')]}>
            {[...of.revisions].reverse().map((one) => (
              <tr key={one.number}>
                <td><strong>{one.revision}</strong></td>
                <td>{whenText(one.at)}<p>{one.by ?? of.owner}</p></td>
                <td className="number">{countText(one.lines)}</td>
                <td><code>{one.content.slice(0, 16)}</code></td>
                <td>
                  <div className="row">
                    <Button look="quiet" busy={work.busy} aria-label={`${t('bom.lines.show')}: ${one.revision}`} onClick={() => void show(one)}>{t('bom.lines.show')}</Button>
                    {ours && manages && <Button look="quiet" aria-label={`${t('bom.give')}: ${one.revision}`} onClick={() => setGiving(one)}>{t('bom.give')}</Button>}
                  </div>
                </td>
              </tr>
            ))}
          </Table>
        )}
        {!ours && <p className="hint">{t('bom.theirs', { owner: of.owner })}</p>}
        {shown && (
          <>
            <div className="row">
              <h3>{t('bom.revision.lines', { revision: shown.revision })}</h3>
              <Button look="quiet" onClick={() => setShown(null)}>{t('do.close')}</Button>
            </div>
            {shown.hidden.length > 0 && <p className="hint">{t('bom.hidden', { fields: shown.hidden.map((one) => wordFor('bom.field', one)).join(', ') })}</p>}
            <Lines label={t('bom.revision.lines', { revision: shown.revision })} lines={shown.lines} />
          </>
        )}
      </section>
      {ours && of.draft && <Draft of={of} onChanged={onChanged} />}
      <Difference key={`difference ${of.revisions.length}`} of={of} />
      <Parts key={`parts ${of.revisions.length}`} of={of} />
      <Consumption key={`consumption ${of.revisions.length}`} of={of} />
      {giving && <Give of={of} revision={giving} onClose={() => setGiving(null)} />}
    </>
  );
}
