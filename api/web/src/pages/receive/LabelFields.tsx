import { useState } from 'react';
import type { Fields, Reading } from '../../api/types';
import { useT, wordFor } from '../../i18n';
import { isCorrectable } from '../../scan/subject';
import { Button, Dialog, Notice, TextField } from '../../ui/parts';
import type { Correction } from './scans';

const FIRST = ['mpn', 'manufacturer', 'quantity', 'lot', 'date_code', 'country', 'customer_pn', 'serial', 'msl', 'expiry'];
const HIDDEN = new Set(['date_code_kind', 'item']);

function ordered(fields: Fields): string[] {
  const names = Object.keys(fields).filter((name) => !HIDDEN.has(name));
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

function CorrectDialog({ field, value, onValue, onClose }: {
  field: string; value: string; onValue: (value: string) => boolean; onClose: () => void;
}) {
  const t = useT();
  const [text, setText] = useState(value);
  const [refused, setRefused] = useState(false);
  return (
    <Dialog title={t('receive.correct.title', { field: wordFor('field', field) })} onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        if (onValue(text.trim())) onClose();
        else setRefused(true);
      }}>
        <p>{t('receive.correct.text')}</p>
        <TextField label={wordFor('field', field)} value={text} onText={setText} autoFocus required maxLength={100}
                   pattern="[^\x00-\x1f]+" />
        {refused && <Notice live tone="warning" title={t('receive.correct.cannot')} />}
        <div className="row end">
          <Button look="quiet" onClick={onClose}>{t('do.cancel')}</Button>
          <Button look="primary" type="submit">{t('scan.check')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

export function LabelFields({ fields, reading, corrections, onCorrect }: {
  fields: Fields; reading?: Reading; corrections: Correction[]; onCorrect?: (field: string, value: string) => boolean;
}) {
  const t = useT();
  const [editing, setEditing] = useState<string | null>(null);
  const all: Fields = { ...reading?.fields, ...fields };
  const sourceOf = (name: string): string => {
    const byHand = corrections.find((one) => one.field === name);
    if (byHand) return t('receive.source.hand', { was: byHand.was });
    const symbols = [...new Set(reading?.sources[name]?.map((one) => one.symbol) ?? [])];
    return symbols.map((one) => {
      const kind = reading?.symbols[one]?.symbology;
      const symbol = t('receive.source.symbol', { n: one + 1 });
      return kind ? `${symbol} (${kind})` : symbol;
    }).join(', ');
  };
  return (
    <section className="card" aria-label={t('receive.fields')}>
      <h2>{t('receive.fields')}</h2>
      {reading?.conflicts.map((conflict) => (
        <Notice key={conflict.field} tone="warning" title={wordFor('field', conflict.field)}>
          <p>{t('receive.conflict', { values: conflict.sources.map((one) => String(one.value)).join(' ≠ ') })}</p>
        </Notice>
      ))}
      {reading?.warnings.map((warning) => <p key={warning.code + warning.text} className="hint" lang="en">{warning.text}</p>)}
      <ul className="label-fields">
        {ordered(all).map((name) => (
          <li key={name}>
            <span className="field-name">{wordFor('field', name)}</span>
            <strong className="field-value">{String(all[name])}</strong>
            <span className="hint">{sourceOf(name)}</span>
            {onCorrect && isCorrectable(name) && (
              <Button look="quiet" aria-label={`${t('receive.correct')}: ${wordFor('field', name)}`}
                      onClick={() => setEditing(name)}>{t('receive.correct')}</Button>
            )}
          </li>
        ))}
      </ul>
      {editing && onCorrect && (
        <CorrectDialog field={editing} value={String(all[editing] ?? '')} onClose={() => setEditing(null)}
                       onValue={(value) => onCorrect(editing, value)} />
      )}
    </section>
  );
}
