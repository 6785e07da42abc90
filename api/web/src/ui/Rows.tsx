// A table that is typed: one group of fields a row.
import { useT } from '../i18n';
import { Button, TextField } from './parts';

export interface Column {
  name: string;
  label: string;
  required?: boolean;
  number?: boolean;
}
export type Row = Record<string, string>;

export function Rows({ label, columns, rows, onRows }: { label: string; columns: Column[]; rows: Row[]; onRows: (now: Row[]) => void }) {
  const t = useT();
  const named = (at: number) => `${label} ${at + 1}`;
  return (
    <>
      {rows.map((row, at) => (
        <fieldset className="checks" key={at}>
          <legend>{named(at)}</legend>
          <div className="form-grid">
            {columns.map((one) => (
              <TextField key={one.name} label={one.label} value={row[one.name] ?? ''} required={one.required} autoComplete="off"
                         {...(one.number && { type: 'number', min: '0' })}
                         onText={(text) => onRows(rows.map((old, which) => (which === at ? { ...old, [one.name]: text } : old)))} />
            ))}
          </div>
          <Button look="quiet" aria-label={`${t('do.remove')}: ${named(at)}`} onClick={() => onRows(rows.filter((_, which) => which !== at))}>{t('do.remove')}</Button>
        </fieldset>
      ))}
      <div className="row"><Button onClick={() => onRows([...rows, {}])}>{t('rows.add')}</Button></div>
    </>
  );
}
