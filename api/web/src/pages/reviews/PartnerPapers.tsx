// All that is kept about one partner: stewards, questionnaire, what it may read and holds, what on-boarding still lacks, and
// the audit package.
import { useCallback, useEffect, useState } from 'react';
import { call, send } from '../../api/client';
import type { PartnerRecord } from '../../api/vault';
import { countText, useT, whenText, wordFor } from '../../i18n';
import { saveFile } from '../../ui/files';
import { Button, Dialog, Facts, Notice, SelectField, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { Rows, type Row } from '../../ui/Rows';

function Survey({ of, onDone, onClose }: { of: PartnerRecord; onDone: (now: PartnerRecord) => void; onClose: () => void }) {
  const t = useT();
  const [rows, setRows] = useState<Row[]>(of.survey.length > 0 ? of.survey.map((one) => ({ ...one, points: String(one.points), of: String(one.of) })) : [{}]);
  const work = useWork();
  return (
    <Dialog wide title={t('paper.survey.title', { partner: of.partner })} onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => {
          const answers = rows.map((row) => ({
            question: (row.question ?? '').trim(), answer: (row.answer ?? '').trim(), evidence: (row.evidence ?? '').trim(), points: Number(row.points ?? 0), of: Number(row.of ?? 0),
          }));
          onDone(await call<PartnerRecord>('POST', `/v1/vault/partners/${encodeURIComponent(of.partner)}/survey`, { body: { answers } }));
        });
      }}>
        <Rows label={t('paper.question')} rows={rows} onRows={setRows} columns={[
          { name: 'question', label: t('paper.question'), required: true }, { name: 'answer', label: t('paper.answer'), required: true },
          { name: 'evidence', label: t('paper.evidence') }, { name: 'points', label: t('paper.points'), required: true, number: true }, { name: 'of', label: t('paper.of'), required: true, number: true },
        ]} />
        <Trouble error={work.error} />
        <div className="row end">
          <Button look="quiet" onClick={onClose}>{t('do.cancel')}</Button>
          <Button look="primary" type="submit" disabled={rows.length === 0} busy={work.busy}>{t('do.save')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function Stewards({ of, onDone }: { of: PartnerRecord; onDone: (now: PartnerRecord) => void }) {
  const t = useT();
  const [ours, setOurs] = useState(of.steward);
  const [theirs, setTheirs] = useState(of.their_steward);
  const work = useWork();
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => onDone(await call<PartnerRecord>('POST', `/v1/vault/partners/${encodeURIComponent(of.partner)}/stewards`, { body: { steward: ours.trim(), their_steward: theirs.trim() } })));
    }}>
      <div className="form-grid">
        <TextField label={t('paper.steward.ours')} value={ours} onText={setOurs} required autoComplete="off" />
        <TextField label={t('paper.steward.theirs')} value={theirs} onText={setTheirs} required autoComplete="off" />
      </div>
      <Trouble error={work.error} />
      <div className="row"><Button type="submit" busy={work.busy}>{t('paper.steward.save')}</Button></div>
    </form>
  );
}

export function PartnerPapers({ partners, version, onChanged }: { partners: string[]; version: number; onChanged: () => void }) {
  const t = useT();
  const [chosen, setChosen] = useState('');
  const partner = chosen || partners[0] || '';
  const [record, setRecord] = useState<PartnerRecord | null>(null);
  const [asking, setAsking] = useState(false);
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => {
    if (partner) setRecord(await call<PartnerRecord>('GET', `/v1/vault/partners/${encodeURIComponent(partner)}`));
  }, [partner]);
  useEffect(() => void run(load), [load, version]);
  const done = (now: PartnerRecord) => {
    setRecord(now);
    setAsking(false);
    onChanged();
  };
  return (
    <section className="card apart" aria-label={t('paper.partner')}>
      <h2>{t('paper.partner')}</h2>
      {partners.length === 0 && <Notice title={t('paper.partner.none')} />}
      {partners.length > 0 && <SelectField label={t('vault.partner')} value={partner} onText={setChosen} choices={partners.map((value) => ({ value, label: value }))} />}
      <Trouble error={work.error} />
      {record && record.partner === partner && (
        <>
          {record.open.length === 0 ? <Notice tone="good" title={t('paper.ready')} />
            : <Notice tone="warning" title={t('paper.lacks', { n: record.open.length })}><ul lang="en">{record.open.map((one) => <li key={one}>{one}</li>)}</ul></Notice>}
          {record.lacks.length > 0 && <Notice tone="bad" title={t('paper.refused')}><ul>{record.lacks.map((one) => <li key={one.classification}>{wordFor('vault.class', one.classification)}: <span lang="en">{one.reason}</span></li>)}</ul></Notice>}
          <Facts of={[
            [t('paper.score'), record.of > 0 ? `${countText(record.points)} / ${countText(record.of)}` : '–'],
            [t('paper.surveyed'), record.surveyed ? `${record.surveyed_by ?? ''}, ${whenText(record.surveyed)}` : '–'],
            [t('paper.may-read'), countText(record.shares.length)],
            [t('paper.holds'), countText(record.held.length)],
          ]} />
          <Stewards key={`${record.partner} ${record.steward} ${record.their_steward}`} of={record} onDone={done} />
          {record.survey.length > 0 && (
            <Table label={t('paper.survey')} head={[t('paper.question'), t('paper.answer'), t('paper.evidence'), t('paper.points')]}>
              {record.survey.map((one) => (
                <tr key={one.question}><td>{one.question}</td><td>{one.answer}</td><td>{one.evidence || '–'}</td><td className="number">{one.points} / {one.of}</td></tr>
              ))}
            </Table>
          )}
          {record.held.length > 0 && (
            <details>
              <summary>{t('paper.held', { n: countText(record.held.length) })}</summary>
              <Table short label={t('paper.holds')} head={[t('vault.document'), t('vault.version'), t('vault.reader'), t('vault.read.when')]}>
                {record.held.map((one, at) => <tr key={at}><td>{one.name}</td><td className="number">{one.version}</td><td>{one.reader}</td><td className="when">{whenText(one.asked)}</td></tr>)}
              </Table>
            </details>
          )}
          <div className="row">
            <Button onClick={() => setAsking(true)}>{t('paper.survey')}</Button>
            <Button busy={work.busy} onClick={() => void run(async () => {
              const packed = await send('GET', `/v1/vault/partners/${encodeURIComponent(partner)}/audit-package`);
              saveFile(`audit-${partner}.json`, 'application/json', await packed.blob());
            })}>{t('paper.package')}</Button>
          </div>
          <p className="hint">{t('paper.package.hint')}</p>
        </>
      )}
      {asking && record && <Survey of={record} onDone={done} onClose={() => setAsking(false)} />}
    </section>
  );
}
