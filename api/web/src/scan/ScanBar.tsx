// All ways to give a label to a page: handheld, camera, photograph, by hand.
import { Suspense, useState } from 'react';
import { useT, wordFor } from '../i18n';
import { announce } from '../ui/announce';
import { later } from '../ui/later';
import { Button, Dialog, Field, FileButton, Notice, TextField } from '../ui/parts';
import type { Scan } from './burst';
import type { Subject, Typed } from './subject';
import { useWedge } from './wedge';

const Camera = later(() => import('./Camera'));

const PRINTED = ['mpn', 'manufacturer', 'quantity', 'lot', 'date_code', 'customer_pn'];

type OnSubject = (subject: Subject, typed?: Typed) => void;
type ByHand = (typed: Typed) => void;

// By its symbols' text; or, where the page takes that, by what a person reads on a label that nothing else can read.
function TypeIn({ byHand, onSubject, onClose }: { byHand?: ByHand; onSubject: OnSubject; onClose: () => void }) {
  const t = useT();
  const [text, setText] = useState('');
  const [fields, setFields] = useState<Typed>({});
  const symbols = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const typed = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
  const some = Object.keys(typed).length > 0;
  return (
    <Dialog title={t('scan.type')} onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        if (symbols.length > 0) onSubject({ symbols }, typed);
        else if (some) byHand?.(typed);
      }}>
        <Field label={t('scan.type.label')} hint={t('scan.type.hint')}>
          {(ids) => (
            <textarea {...ids} rows={4} spellCheck={false} autoCapitalize="none" data-raw=""
                      value={text} onChange={(event) => setText(event.target.value)} />
          )}
        </Field>
        {byHand && (
          <details>
            <summary>{t('scan.type.fields')}</summary>
            <div className="form-grid">
              {PRINTED.map((name) => (
                <TextField key={name} label={wordFor('field', name)} value={fields[name] ?? ''} maxLength={100}
                           pattern="[^\x00-\x1f]*" onText={(value) => setFields({ ...fields, [name]: value })} />
              ))}
            </div>
          </details>
        )}
        <div className="row end">
          <Button look="quiet" onClick={onClose}>{t('do.cancel')}</Button>
          <Button look="primary" type="submit" disabled={symbols.length === 0 && !some}>{t('scan.check')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

// `byHand`: the page takes what a person reads on the label.
export function ScanBar({ onSubject, ready, pictures = true, byHand }: {
  onSubject: OnSubject; ready?: string; pictures?: boolean; byHand?: ByHand;
}) {
  const t = useT();
  const [open, setOpen] = useState<'camera' | 'type' | null>(null);
  const [note, setNote] = useState<Scan['note']>();
  const give: OnSubject = (subject, typed) => {
    setOpen(null);
    onSubject(subject, typed);
  };
  const busy = useWedge((scan) => {
    setNote(scan.note);
    if (scan.note) announce(t(`scan.${scan.note}`));
    if (scan.texts.length > 0) give({ symbols: scan.texts });
  });
  return (
    <section className="scan-bar" aria-label={t('scan.title')}>
      <p className={busy ? 'scan-state busy' : 'scan-state'} role="status">{busy ? t('scan.reading') : ready ?? t('scan.ready')}</p>
      <div className="row">
        <Button icon="camera" onClick={() => setOpen('camera')}>{t('scan.camera')}</Button>
        {pictures && (
          <FileButton icon="photo" accept="image/*" onFile={(picture) => give({ picture })}>{t('scan.photo')}</FileButton>
        )}
        <Button icon="type" onClick={() => setOpen('type')}>{t('scan.type')}</Button>
      </div>
      {note && <Notice tone="warning" title={t(`scan.${note}`)} />}
      {open === 'camera' && (
        <Suspense fallback={null}>
          <Camera onTexts={(symbols) => give({ symbols })} onPicture={(picture) => give({ picture })}
                  onClose={() => setOpen(null)} />
        </Suspense>
      )}
      {open === 'type' && <TypeIn byHand={byHand && ((typed) => {
        setOpen(null);
        byHand(typed);
      })} onSubject={give} onClose={() => setOpen(null)} />}
    </section>
  );
}
