// Asks before something that can't be taken back: what will happen, and why it is done, which is kept.
import { useState, type ReactNode } from 'react';
import { useT } from '../i18n';
import { Button, Dialog, Field } from './parts';

export function Ask({ title, label, optional, first = '', rows = 2, danger = true, children, onYes, onNo }: {
  title: string; label: string; optional?: boolean; first?: string; rows?: number; danger?: boolean; children?: ReactNode;
  onYes: (text: string) => void; onNo: () => void;
}) {
  const t = useT();
  const [text, setText] = useState(first);
  return (
    <Dialog title={title} onClose={onNo} wide={rows > 4}>
      <form onSubmit={(event) => {
        event.preventDefault();
        onYes(text.trim());
      }}>
        {children}
        <Field label={label}>
          {(ids) => <textarea {...ids} rows={rows} required={!optional} value={text} onChange={(event) => setText(event.target.value)} />}
        </Field>
        <div className="row end">
          <Button look="quiet" onClick={onNo}>{t('do.cancel')}</Button>
          <Button look={danger ? 'danger' : 'primary'} type="submit">{t('do.confirm')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
