import { useEffect, useState } from 'react';
import { session } from '../../api/client';
import type { Verdict } from '../../api/types';
import { locale, translate, useT, whenText, wordFor } from '../../i18n';
import { ScanBar } from '../../scan/ScanBar';
import { useStore } from '../../store';
import { Button, Check, Notice, SelectField, TextField, Trouble } from '../../ui/parts';
import { saveMade } from '../../ui/files';
import { Reasons, VerdictBanner, VerdictMark } from '../../ui/Verdict';
import { Expected } from './Expected';
import { LabelFields } from './LabelFields';
import { again, continuous, discard, partOf, receive, receiveDue, scans, shown, take, takeUnderOurLabel, type, type GoodsIn } from './scans';

// Renders anew each second while something is due.
function useSecond(active: boolean): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => {
      receiveDue();
      setTick((tick) => tick + 1);
    }, 500);
    return () => clearInterval(timer);
  }, [active]);
}

function UnderOurLabel({ scan }: { scan: GoodsIn }) {
  const t = useT();
  const [reason, setReason] = useState('');
  const [format, setFormat] = useState<'pdf' | 'zpl'>('pdf');
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      void takeUnderOurLabel(scan.id, format, reason.trim());
    }}>
      <Notice title={t('receive.lot')}><p>{t('receive.lot.text')}</p></Notice>
      <TextField label={t('receive.reason')} value={reason} onText={setReason} maxLength={500} autoCapitalize="sentences"
                 required={scan.verdict?.verdict === 'HOLD'} />
      {!scan.ourLabel && (
        <SelectField label={t('ship.print.format')} value={format} onText={(now) => setFormat(now === 'zpl' ? 'zpl' : 'pdf')}
                     choices={[{ value: 'pdf', label: t('ship.print.pdf') }, { value: 'zpl', label: t('ship.print.zpl') }]} />
      )}
      <PrintAgain scan={scan} />
      <Button look="primary" className="big" type="submit">{t(scan.ourLabel ? 'receive.lot.record' : 'receive.lot.do')}</Button>
    </form>
  );
}

function PrintAgain({ scan }: { scan: GoodsIn }) {
  const t = useT();
  const file = scan.ourLabel?.file;
  return file && <Button onClick={() => saveMade(file)}>{t('ship.print.again')}</Button>;
}

function Actions({ scan }: { scan: GoodsIn }) {
  const t = useT();
  const { who } = useStore(session);
  const [reason, setReason] = useState('');
  const word = scan.verdict?.verdict;
  if (scan.phase === 'received')
    return (
      <Notice live tone="good" title={t(scan.already ? 'receive.already' : 'receive.done')}>
        <PrintAgain scan={scan} />
      </Notice>
    );
  if (scan.phase === 'receiving') return <p role="status">{t('receive.sending')}</p>;
  const mayReceive = scan.phase === 'checked' && word !== 'REJECT';
  const mayRelease = who?.accesses.includes('release') === true;
  const isLot = scan.verdict?.lot_level === true;
  const left = scan.due === undefined ? 0 : Math.max(0, Math.ceil((scan.due - Date.now()) / 1000));
  return (
    <>
      {word && !mayReceive && scan.phase === 'checked' && <p>{t('receive.reject.never')}</p>}
      {mayReceive && isLot && <UnderOurLabel scan={scan} />}
      {mayReceive && !isLot && word === 'HOLD' && !mayRelease && <p>{t('receive.hold.who')}</p>}
      {mayReceive && !isLot && word === 'HOLD' && mayRelease && (
        <TextField label={t('receive.reason')} value={reason} onText={setReason} maxLength={500} autoCapitalize="sentences" />
      )}
      <div className="row">
        {scan.due !== undefined && <p className="due" role="timer">{t('receive.auto.soon', { n: left })}</p>}
        {mayReceive && !isLot && word === 'ACCEPT' && (
          <Button look="primary" className="big" icon="receive" onClick={() => void receive(scan.id)}>{t('receive.do')}</Button>
        )}
        {mayReceive && !isLot && word === 'HOLD' && mayRelease && (
          <Button look="danger" className="big" disabled={reason.trim() === ''} onClick={() => void receive(scan.id, reason.trim())}>
            {t('receive.despite')}
          </Button>
        )}
        {scan.phase === 'failed' && <Button className="big" onClick={() => again(scan.id)}>{t('do.retry')}</Button>}
        <Button className="big" onClick={() => discard(scan.id)}>
          {t(scan.due === undefined ? 'receive.discard' : 'receive.undo')}
        </Button>
      </div>
    </>
  );
}

// Who shipped it, and under which numbers: what stands on the delivery note.
function shipmentText({ from, at, ...numbers }: NonNullable<Verdict['shipment']>): string {
  const told = Object.entries(numbers).map(([name, value]) => `${wordFor('field', name)} ${value}`);
  return [translate('receive.shipment', { from, at: whenText(at) }), ...told].join(' · ');
}

function Shown({ scan }: { scan: GoodsIn }) {
  const t = useT();
  const { verdict } = scan;
  return (
    <>
      <VerdictBanner word={scan.phase === 'checking' ? null : verdict?.verdict ?? null}
                     detail={scan.phase === 'checking' ? t('verdict.checking') : verdict ? partOf(scan) : t('verdict.failed')} />
      <div className="columns">
        <section className="card" aria-label={t('verdict.next')}>
          {scan.error !== undefined && <Trouble error={scan.error} />}
          <Actions key={scan.id} scan={scan} />
          {verdict?.shipment && <p>{shipmentText(verdict.shipment)}</p>}
          {verdict && <Reasons at="receive" of={verdict} />}
        </section>
        {(verdict || scan.reading || scan.phase === 'failed') && (
          <LabelFields fields={verdict?.fields ?? {}} reading={scan.reading} typed={scan.typed}
                       onType={scan.phase === 'checked' || scan.phase === 'failed' ? (field, text) => type(scan.id, field, text) : undefined} />
        )}
      </div>
    </>
  );
}

// What tells five reels of one part apart.
function tellingOf(scan: GoodsIn): string {
  const { lot, quantity } = { ...scan.reading?.fields, ...scan.verdict?.fields };
  const parts = [
    lot !== undefined && `${wordFor('field', 'lot')} ${lot}`,
    quantity !== undefined && `${wordFor('field', 'quantity')} ${Number(quantity).toLocaleString(locale())}`,
    scan.verdict && `…${scan.verdict.item.slice(-4)}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

function LastScans({ all }: { all: GoodsIn[] }) {
  const t = useT();
  return (
    <section className="card" aria-label={t('receive.last')}>
      <h2>{t('receive.last')}</h2>
      {all.length === 0 && <p className="hint">{t('receive.last.none')}</p>}
      <ul className="last">
        {all.map((scan) => (
          <li key={scan.id}>
            {scan.verdict ? <VerdictMark word={scan.verdict.verdict} /> : <span className="verdict-mark" />}
            <button type="button" className="link" onClick={() => shown.set(scan.id)}>
              {partOf(scan) || t(`receive.last.state.${scan.phase}`)}
              {scan.verdict && <span className="unseen"> {t(`verdict.${scan.verdict.verdict}`)}</span>}
            </button>
            <span className="telling">{tellingOf(scan)}</span>
            <span className="hint">
              {scan.at.toLocaleTimeString(locale(), { timeStyle: 'short' })} · {t(`receive.last.state.${scan.phase}`)}
            </span>
            {(scan.phase === 'checked' || scan.phase === 'failed') && (
              <Button look="quiet" aria-label={`${t('receive.undo')}: ${partOf(scan)} ${tellingOf(scan)}`} onClick={() => discard(scan.id)}>
                {t('receive.undo')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function Receive() {
  const t = useT();
  const all = useStore(scans);
  const current = useStore(shown);
  const auto = useStore(continuous);
  const scan = all.find((one) => one.id === current);
  useSecond(all.some((one) => one.due !== undefined));
  return (
    <>
      <h1>{t('receive.title')}</h1>
      <ScanBar onSubject={take} byHand={(typed) => take({ byHand: true }, typed)} />
      {scan ? <Shown scan={scan} /> : <VerdictBanner word={null} />}
      <Check label={t('receive.auto')} checked={auto} onCheck={(on) => continuous.set(on)} />
      <div className="columns">
        <LastScans all={all} />
        <Expected />
      </div>
    </>
  );
}
