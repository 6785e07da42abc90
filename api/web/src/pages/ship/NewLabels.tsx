import { useState } from 'react';
import { call } from '../../api/client';
import type { IssuedLabels } from '../../api/types';
import { useT, wordFor } from '../../i18n';
import { bytesOfBase64, saveMade, type MadeFile } from '../../ui/files';
import { Button, Notice, SelectField, TextField, Trouble, useWork } from '../../ui/parts';
import { add, order } from './list';

const FIELDS = ['mpn', 'manufacturer', 'lot', 'date_code', 'country', 'customer_pn', 'msl'] as const;

// New labels, each with a secret of its own: drawn by the node, printed here, and put on the list.
export function NewLabels() {
  const t = useT();
  const [fields, setFields] = useState<Record<string, string>>({});
  const [quantity, setQuantity] = useState('');
  const [count, setCount] = useState('1');
  const [format, setFormat] = useState('pdf');
  const [made, setMade] = useState<{ labels: number; file: MadeFile } | null>(null);
  const work = useWork();
  const submit = () => work.run(async () => {
    setMade(null);
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim() !== ''));
    const answer = await call<IssuedLabels>('POST', '/v1/labels', {
      body: { ...given, ...(quantity && { quantity: Number(quantity) }), count: Number(count), format },
    });
    const file = { name: `labels-${answer.labels[0]?.item}.${format}`, type: answer.type, data: bytesOfBase64(answer.file) };
    saveMade(file);
    for (const label of answer.labels) add(label.symbols);
    order.set((now) => ({ ...now, isNew: true }));
    setMade({ labels: answer.labels.length, file });
  });
  return (
    <details className="card">
      <summary><h2>{t('ship.print')}</h2></summary>
      <form onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}>
        <div className="form-grid">
          {FIELDS.map((name) => (
            <TextField key={name} label={wordFor('field', name)} value={fields[name] ?? ''} required={name === 'mpn'} maxLength={100}
                       onText={(text) => setFields({ ...fields, [name]: text })} />
          ))}
          <TextField label={t('field.quantity')} type="number" min={1} value={quantity} onText={setQuantity} />
          <TextField label={t('ship.print.count')} type="number" min={1} max={50} required value={count} onText={setCount} />
          <SelectField label={t('ship.print.format')} value={format} onText={setFormat}
                       choices={[{ value: 'pdf', label: t('ship.print.pdf') }, { value: 'zpl', label: t('ship.print.zpl') }]} />
        </div>
        <Trouble error={work.error} />
        {made && (
          <Notice live tone="good">
            <p>{t('ship.print.done', { n: made.labels })}</p>
            <Button onClick={() => saveMade(made.file)}>{t('ship.print.again')}</Button>
          </Notice>
        )}
        <Button type="submit" busy={work.busy}>{t('ship.print.do')}</Button>
      </form>
    </details>
  );
}
