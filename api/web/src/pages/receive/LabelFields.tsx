import { useState } from 'react';
import type { Fields, Reading } from '../../api/types';
import { useT, wordFor } from '../../i18n';
import { CORRECTABLE } from '../../scan/subject';
import { Button, Dialog, Notice, SelectField, TextField } from '../../ui/parts';
import type { Correction } from './scans';

const FIRST = ['mpn', 'manufacturer', 'quantity', 'lot', 'date_code', 'country', 'customer_pn', 'serial', 'msl', 'expiry'];
const HIDDEN = new Set(['date_code_kind', 'item']);

function ordered(fields: Fields): string[] {
  const names = Object.keys(fields).filter((name) => !HIDDEN.has(name));
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

// `field`: nothing where the person says which one is missing.
function CorrectDialog({ field: given, missing, value, onValue, onClose }: {
  field?: string; missing: string[]; value: string; onValue: (field: string, value: string) => boolean; onClose: () => void;
}) {
  const t = useT();
  const [field, setField] = useState(given ?? missing[0] ?? '');
  const [text, setText] = useState(value);
  const [refused, setRefused] = useState(false);
  return (
    <Dialog title={given ? t('receive.correct.title', { field: wordFor('field', field) }) : t('receive.add')} onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        if (onValue(field, text.trim())) onClose();
        else setRefused(true);
      }}>
        <p>{t('receive.correct.text')}</p>
        {!given && (
          <SelectField label={t('receive.add.which')} value={field} onText={setField}
                       choices={missing.map((one) => ({ value: one, label: wordFor('field', one) }))} />
        )}
        <TextField label={wordFor('field', field)} value={text} onText={setText} required maxLength={100} pattern="[^\x00-\x1f]+" />
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
  const [editing, setEditing] = useState<{ field?: string } | null>(null);
  const all: Fields = { ...reading?.fields, ...fields };
  const missing = CORRECTABLE.filter((name) => all[name] === undefined);
  const sourceOf = (name: string): string => {
    const byHand = corrections.find((one) => one.field === name);
    if (byHand) return byHand.was ? t('receive.source.hand', { was: byHand.was }) : t('receive.source.hand.new');
    const symbols = [...new Set(reading?.sources[name]?.map((one) => one.symbol) ?? [])];
    const print = reading?.text?.fields.find((one) => one.field === name)?.state;
    const told = symbols.map((one) => {
      const kind = reading?.symbols[one]?.symbology;
      const symbol = t('receive.source.symbol', { n: one + 1 });
      return kind ? `${symbol} (${kind})` : symbol;
    });
    if (print === 'agreed' || print === 'differs') told.push(t(`receive.source.print.${print}`));
    return told.join(', ');
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
            {onCorrect && CORRECTABLE.includes(name) && (
              <Button look="quiet" aria-label={`${t('receive.correct')}: ${wordFor('field', name)}`}
                      onClick={() => setEditing({ field: name })}>{t('receive.correct')}</Button>
            )}
          </li>
        ))}
      </ul>
      {onCorrect && missing.length > 0 && <Button look="quiet" onClick={() => setEditing({})}>{t('receive.add')}</Button>}
      {editing && onCorrect && (
        <CorrectDialog field={editing.field} missing={missing} value={editing.field ? String(all[editing.field] ?? '') : ''}
                       onClose={() => setEditing(null)} onValue={onCorrect} />
      )}
    </section>
  );
}
