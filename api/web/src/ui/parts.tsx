// Parts of pages, on the browser's own elements: these bring keyboard and screen reader along.
import { useEffect, useId, useLayoutEffect, useRef, useState, type ComponentProps, type ReactNode } from 'react';
import { Problem as ApiProblem, Unreachable } from '../api/client';
import { useT, wordFor } from '../i18n';
import { Icon, type IconName } from './icons';

interface ButtonProps extends ComponentProps<'button'> {
  look?: 'primary' | 'plain' | 'danger' | 'quiet';
  icon?: IconName;
  busy?: boolean;
}

export function Button({ look = 'plain', icon, busy, children, className = '', ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={`button ${look} ${className}`} disabled={rest.disabled || busy}
            aria-busy={busy || undefined}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

interface FieldProps {
  label: string;
  hint?: string;
  error?: string;
  children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode;
}

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {hint && <p className="hint" id={`${id}-hint`}>{hint}</p>}
      {error && <p className="error" id={`${id}-error`}>{error}</p>}
    </div>
  );
}

interface TextProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value'> {
  label: string;
  hint?: string;
  error?: string;
  value: string;
  onText: (text: string) => void;
}

export function TextField({ label, hint, error, value, onText, ...rest }: TextProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <input type="text" spellCheck={false} autoCapitalize="none" {...rest} {...ids} value={value}
               onChange={(event) => onText(event.target.value)} />
      )}
    </Field>
  );
}

interface Choice {
  value: string;
  label: string;
}

export function SelectField({ label, value, choices, onText }: {
  label: string; value: string; choices: Choice[]; onText: (text: string) => void;
}) {
  return (
    <Field label={label}>
      {(ids) => (
        <select {...ids} value={value} onChange={(event) => onText(event.target.value)}>
          {choices.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
        </select>
      )}
    </Field>
  );
}

export function Check({ label, checked, onCheck, ...rest }: Omit<ComponentProps<'input'>, 'onChange'> & {
  label: ReactNode; checked: boolean; onCheck: (now: boolean) => void;
}) {
  return (
    <label className="check">
      <input type="checkbox" {...rest} checked={checked} onChange={(event) => onCheck(event.target.checked)} />
      <span>{label}</span>
    </label>
  );
}

export function Checks({ label, all, chosen, word, onChosen }: {
  label: string; all: string[]; chosen: string[]; word: (name: string) => string; onChosen: (now: string[]) => void;
}) {
  return (
    <fieldset className="checks">
      <legend>{label}</legend>
      {all.map((name) => (
        <Check key={name} label={word(name)} checked={chosen.includes(name)}
               onCheck={(on) => onChosen(on ? [...chosen, name] : chosen.filter((one) => one !== name))} />
      ))}
    </fieldset>
  );
}

// A file that the button below asks for; the same file may be chosen twice in a row.
export function FileButton({ accept, icon, look, onFile, children }: {
  accept: string; icon?: IconName; look?: ButtonProps['look']; onFile: (file: File) => void; children: ReactNode;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button icon={icon} look={look} onClick={() => input.current?.click()}>{children}</Button>
      <input ref={input} type="file" accept={accept} hidden
             onChange={(event) => {
               const file = event.target.files?.[0];
               event.target.value = '';
               if (file) onFile(file);
             }} />
    </>
  );
}

type Tone = 'plain' | 'good' | 'warning' | 'bad';

export function Notice({ tone = 'plain', title, children, live }: {
  tone?: Tone; title?: string; children?: ReactNode; live?: boolean;
}) {
  return (
    <div className={`notice ${tone}`} role={live ? (tone === 'bad' ? 'alert' : 'status') : undefined}>
      {title && <p className="notice-title">{title}</p>}
      {children}
    </div>
  );
}

// What is wrong in a list that was read, row by row.
export function Problems({ all }: { all: string[] }) {
  if (all.length === 0) return null;
  return <Notice live tone="bad"><ul className="plain">{all.map((one) => <li key={one}>{one}</li>)}</ul></Notice>;
}

// What went wrong, in the node's words.
export function Trouble({ error }: { error: unknown }) {
  const t = useT();
  if (!error) return null;
  if (error instanceof Unreachable)
    return <Notice live tone="bad" title={t('net.unreachable')}><p>{t('net.unreachable.text')}</p></Notice>;
  if (error instanceof ApiProblem) {
    if (error.status === 404 && error.detail === '')
      return <Notice live tone="warning" title={t('net.not-here')}><p>{t('net.not-here.text')}</p></Notice>;
    return (
      <Notice live tone="bad" title={wordFor('problem', error.type.split(':').at(-1) ?? '', error.title)}>{error.detail && <p lang="en">{error.detail}</p>}</Notice>
    );
  }
  return <Notice live tone="bad" title={error instanceof Error ? error.message : String(error)} />;
}

export function Dialog({ title, children, onClose, closable = true, wide }: {
  title: string; children: ReactNode; onClose: () => void; closable?: boolean; wide?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed while it is still on the page, so that the browser gives the focus back to where it was.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element || element.open) return;
    element.showModal();
    element.querySelector<HTMLElement>('input:not([readonly]), textarea, select')?.focus();
    return () => element.close();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} className={wide ? 'wide' : undefined}
            onCancel={(event) => {
              event.preventDefault();
              if (closable) onClose();
            }}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

export function Confirm({ text, onYes, onNo, children }: {
  text: string; onYes: () => void; onNo: () => void; children?: ReactNode;
}) {
  const t = useT();
  return (
    <Dialog title={text} onClose={onNo}>
      {children}
      <div className="row end">
        <Button look="quiet" onClick={onNo}>{t('do.cancel')}</Button>
        <Button look="danger" onClick={onYes}>{t('do.confirm')}</Button>
      </div>
    </Dialog>
  );
}

export function CopyButton({ text }: { text: string }) {
  const t = useT();
  const [done, setDone] = useState(false);
  return (
    <Button onClick={() => void navigator.clipboard.writeText(text).then(() => setDone(true))}>
      {done ? t('do.copied') : t('do.copy')}
    </Button>
  );
}

// A table that scrolls by itself when it is wider than the page, by keyboard too. On a phone each row is a card whose
// cells say which column they are of; the roles say that it is a table all the same.
// `short`: scrolls where it has many rows. `fits`: its words break, so that all columns are seen.
export function Table({ label, head, children, short, fits }: {
  label: string; head: string[]; children: ReactNode; short?: boolean; fits?: boolean;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  useEffect(() => {
    for (const row of body.current?.rows ?? [])
      for (const cell of row.cells) {
        row.setAttribute('role', 'row');
        cell.setAttribute('role', 'cell');
        cell.dataset.column = head[cell.cellIndex] ?? '';
        // A heading stands where its numbers do.
        body.current?.parentElement?.querySelectorAll('th')[cell.cellIndex]?.classList.toggle('number', cell.classList.contains('number'));
      }
  });
  return (
    <div className={`table${short ? ' short' : ''}${fits ? ' fits' : ''}`} role="group" aria-label={label} tabIndex={0}>
      <table role="table">
        <thead role="rowgroup"><tr role="row">{head.map((one, at) => <th key={at} scope="col" role="columnheader">{one}</th>)}</tr></thead>
        <tbody ref={body} role="rowgroup">{children}</tbody>
      </table>
    </div>
  );
}

export function Facts({ of }: { of: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {of.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}

// A button's work: whether it goes on, and what went wrong with it.
export function useWork(): { busy: boolean; error: unknown; run: (work: () => Promise<void>) => Promise<void>; clear: () => void } {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, run, clear: () => setError(null) };
}
