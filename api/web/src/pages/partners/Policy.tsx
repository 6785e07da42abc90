// The policy: its versions with what changed in each, and a change, which is looked at before it is kept.
import { useState } from 'react';
import { call } from '../../api/client';
import type { PolicyFile, PolicyState } from '../../api/types';
import { useT, whenText } from '../../i18n';
import { Button, Dialog, Field, Notice, Trouble, useWork } from '../../ui/parts';
import { changed } from './diff';

function Difference({ before, after, label }: { before: string | undefined; after: string; label: string }) {
  return (
    <pre className="policy" role="region" tabIndex={0} aria-label={label}>
      {changed(before, after).map((line, which) => (
        <code key={which} className={line.kind}>{{ same: '  ', added: '+ ', gone: '− ' }[line.kind]}{line.text}{'\n'}</code>
      ))}
    </pre>
  );
}

function Change({ from, onChanged }: { from: PolicyFile; onChanged: (now: PolicyState) => void }) {
  const t = useT();
  const [text, setText] = useState(from.text);
  const [looked, setLooked] = useState<PolicyFile | null>(null);
  const [kept, setKept] = useState(false);
  const work = useWork();
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      setKept(false);
      void work.run(async () => setLooked((await call<{ file: PolicyFile }>('POST', '/v1/policy', { body: { text, check: true } })).file));
    }}>
      <Field label={t('policy.file')} hint={t('policy.file.hint')}>
        {(ids) => <textarea {...ids} rows={16} spellCheck={false} data-raw="" value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
      <Trouble error={work.error} />
      {kept && <Notice live tone="good" title={t('policy.kept')} />}
      <Button type="submit" busy={work.busy} disabled={text === from.text}>{t('policy.look')}</Button>
      {looked && (
        <Dialog wide title={t('policy.sure', { version: looked.version })} onClose={() => setLooked(null)}>
          {looked.softened.length > 0 && (
            <Notice tone="warning" title={t('policy.softened')}>
              <ul lang="en">{looked.softened.map((one) => <li key={one}>{one}</li>)}</ul>
            </Notice>
          )}
          <Difference before={from.text} after={looked.text} label={t('policy.difference')} />
          <p>{t('policy.sure.text')}</p>
          <div className="row end">
            <Button look="quiet" onClick={() => setLooked(null)}>{t('do.cancel')}</Button>
            <Button look="danger" onClick={() => {
              setLooked(null);
              void work.run(async () => {
                onChanged(await call<PolicyState>('POST', '/v1/policy', { body: { text: looked.text, before: from.text } }));
                setKept(true);
              });
            }}>{t('policy.keep')}</Button>
          </div>
        </Dialog>
      )}
    </form>
  );
}

export function Policy({ of, onChanged }: { of: PolicyState; onChanged: (now: PolicyState) => void }) {
  const t = useT();
  return (
    <section className="card apart" aria-label={t('policy.title')}>
      <h2>{t('policy.title')}</h2>
      <p>{t('policy.text')}</p>
      {of.trouble && <Notice tone="bad" title={t('policy.trouble')}><p lang="en">{of.trouble}</p></Notice>}
      {of.versions.map((one, at) => {
        const name = t('policy.version', { version: one.version, since: whenText(one.since) });
        return (
          <details key={one.number}>
            <summary>
              {name}{one.by && <>, {one.by}</>}
              {one.in_force && <> <span className="tag">{t('policy.now')}</span></>}
              {at === 0 && !one.in_force && <> <span className="tag">{t('policy.next')}</span></>}
            </summary>
            <Difference before={of.versions[at + 1]?.text} after={one.text} label={name} />
          </details>
        );
      })}
      {of.file && (
        <details>
          <summary>{t('policy.change')}</summary>
          <Change from={of.file} onChanged={onChanged} />
        </details>
      )}
    </section>
  );
}
