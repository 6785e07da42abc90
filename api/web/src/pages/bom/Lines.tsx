// Lines of a draft or a revision: as many columns as are used, a hundred lines at a time, narrowed by a text.
import { useState, type ReactNode } from 'react';
import { FIELDS, type BomField, type BomLine } from '../../api/bom';
import { countText, useT, wordFor } from '../../i18n';
import { Button, Notice, Table, TextField } from '../../ui/parts';

const PAGE = 100;
const ALWAYS: BomField[] = ['designators', 'quantity', 'mpn'];

export function Lines<L extends BomLine>({ label, lines, cell, actions }: {
  label: string; lines: L[]; cell?: (line: L, field: BomField) => ReactNode; actions?: (line: L) => ReactNode;
}) {
  const t = useT();
  const [wanted, setWanted] = useState('');
  const [shown, setShown] = useState(PAGE);
  const used = FIELDS.filter((field) => ALWAYS.includes(field) || lines.some((line) => line[field] && !(field === 'fitted' && line[field] === 'yes')));
  const word = wanted.trim().toLowerCase();
  const fitting = word ? lines.filter((line) => FIELDS.some((field) => line[field]?.toLowerCase().includes(word))) : lines;
  return (
    <>
      {lines.length > 10 && <TextField label={t('bom.narrow')} value={wanted} onText={setWanted} autoComplete="off" type="search" />}
      {fitting.length === 0 ? <Notice title={t('bom.lines.none')} /> : (
        <Table label={label} head={[t('bom.line'), ...(actions ? [t('do.actions')] : []), ...used.map((field) => wordFor('bom.field', field))]}>
          {fitting.slice(0, shown).map((line) => (
            <tr key={line.line}>
              <td className="number">{line.line}</td>
              {actions && <td>{actions(line)}</td>}
              {used.map((field) => <td key={field}>{cell ? cell(line, field) : line[field] ?? ''}</td>)}
            </tr>
          ))}
        </Table>
      )}
      {fitting.length > shown && <Button onClick={() => setShown(shown + PAGE)}>{t('bom.lines.more', { n: countText(fitting.length - shown) })}</Button>}
    </>
  );
}
