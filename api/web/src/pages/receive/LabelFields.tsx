import { useState } from 'react';
import type { Fields, Reading } from '../../api/types';
import { useT, wordFor } from '../../i18n';
import { TYPEABLE, type Typed } from '../../scan/subject';
import { Button, Dialog, Notice, SelectField, TextField, Trouble, useWork } from '../../ui/parts';

const FIRST = ['mpn', 'manufacturer', 'quantity', 'lot', 'date_code', 'country', 'customer_pn', 'serial', 'msl', 'expiry'];
const HIDDEN = new Set(['date_code_kind', 'item']);

function ordered(fields: Fields): string[] {
  const names = Object.keys(fields).filter((name) => !HIDDEN.has(name));
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

type OnType = (field: string, text: string) => Promise<void>;

// `field`: nothing where the person says which one is missing.
function TypeDialog({ field: given, missing, value, isTyped, onType, onClose }: {
  field?: string; missing: string[]; value: string; isTyped: boolean; onType: OnType; onClose: () => void;
}) {
  const t = useT();
  const [field, setField] = useState(given ?? missing[0] ?? '');
  const [text, setText] = useState(value);
  const work = useWork();
  const give = (now: string) => work.run(async () => {
    await onType(field, now);
    onClose();
  });
  return (
    <Dialog title={given ? t('receive.correct.title', { field: wordFor('field', field) }) : t('receive.add')} onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        void give(text.trim());
      }}>
        <p>{t('receive.correct.text')}</p>
        {!given && (
          <SelectField label={t('receive.add.which')} value={field} onText={setField}
                       choices={missing.map((one) => ({ value: one, label: wordFor('field', one) }))} />
        )}
        <TextField label={wordFor('field', field)} value={text} onText={setText} required maxLength={100} pattern="[^\x00-\x1f]+"
                   inputMode={field === 'quantity' ? 'numeric' : undefined} />
        <Trouble error={work.error} />
        <div className="row end">
          {isTyped && <Button look="quiet" busy={work.busy} onClick={() => void give('')}>{t('receive.correct.back')}</Button>}
          <Button look="quiet" onClick={onClose}>{t('do.cancel')}</Button>
          <Button look="primary" type="submit" busy={work.busy}>{t('scan.check')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

export function LabelFields({ fields, reading, typed, onType }: {
  fields: Fields; reading?: Reading; typed: Typed; onType?: OnType;
}) {
  const t = useT();
  const [editing, setEditing] = useState<{ field?: string } | null>(null);
  const all: Fields = { ...typed, ...reading?.fields, ...fields };
  const missing = TYPEABLE.filter((name) => all[name] === undefined);
  const sourceOf = (name: string): string => {
    const symbols = [...new Set(reading?.sources[name]?.map((one) => one.symbol) ?? [])];
    const print = reading?.text?.fields.find((one) => one.field === name)?.state;
    const told = symbols.map((one) => {
      const kind = reading?.symbols[one]?.symbology;
      const symbol = t('receive.source.symbol', { n: one + 1 });
      return kind ? `${symbol} (${kind})` : symbol;
    });
    if (print === 'agreed' || print === 'differs') told.push(t(`receive.source.print.${print}`));
    const byHand = typed[name];
    if (byHand !== undefined)
      told.push(String(all[name]) === byHand ? t('receive.source.hand') : t('receive.source.hand.other', { value: byHand }));
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
            {onType && TYPEABLE.includes(name) && (
              <Button look="quiet" aria-label={`${t('receive.correct')}: ${wordFor('field', name)}`}
                      onClick={() => setEditing({ field: name })}>{t('receive.correct')}</Button>
            )}
          </li>
        ))}
      </ul>
      {onType && missing.length > 0 && <Button look="quiet" onClick={() => setEditing({})}>{t('receive.add')}</Button>}
      {editing && onType && (
        <TypeDialog field={editing.field} missing={missing} isTyped={editing.field !== undefined && typed[editing.field] !== undefined}
                    value={editing.field ? typed[editing.field] ?? String(all[editing.field] ?? '') : ''}
                    onClose={() => setEditing(null)} onType={onType} />
      )}
    </section>
  );
}
