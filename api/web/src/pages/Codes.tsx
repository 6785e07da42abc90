import { useId, useState } from 'react';
import { useT } from '../i18n';
import { Button, Check, CopyButton } from '../ui/parts';

// Recovery codes, in this page's memory only.
export function Codes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const t = useT();
  const [kept, setKept] = useState(false);
  const id = useId();
  return (
    <section aria-labelledby={id} className="codes">
      <h2 id={id}>{t('codes.title')}</h2>
      <p>{t('codes.text')}</p>
      <ol>{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ol>
      <div className="row no-print">
        <Button onClick={() => print()}>{t('do.print')}</Button>
        <CopyButton text={codes.join('\n')} />
      </div>
      <div className="no-print">
        <Check label={t('codes.kept')} checked={kept} onCheck={setKept} />
        <Button look="primary" disabled={!kept} onClick={onDone}>{t('codes.go')}</Button>
      </div>
    </section>
  );
}
