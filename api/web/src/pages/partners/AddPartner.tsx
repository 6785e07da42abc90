// A new partner: nothing is trusted before a person has compared its root key.
import { useState } from 'react';
import { call } from '../../api/client';
import { useT } from '../../i18n';
import { Button, Check, Confirm, Notice, TextField, Trouble, useWork } from '../../ui/parts';

const NOBODY = { org: '', root: '', url: '', unreachable: false, push: false, gzip: false };

export function AddPartner({ known, onAdded }: { known: string[]; onAdded: () => void }) {
  const t = useT();
  const [wanted, setWanted] = useState(NOBODY);
  const [comparing, setComparing] = useState(false);
  const [added, setAdded] = useState('');
  const work = useWork();
  const set = (change: Partial<typeof NOBODY>) => {
    setAdded('');
    setWanted({ ...wanted, ...change });
  };
  const root = wanted.root.replace(/\s/g, '');
  const add = () => work.run(async () => {
    const { org, url, unreachable, push, gzip } = wanted;
    await call('POST', '/v1/partners', {
      body: { org: org.trim(), root, ...(unreachable ? { unreachable } : { url: url.trim(), push, gzip }) },
    });
    setAdded(org.trim());
    setWanted(NOBODY);
    onAdded();
  });
  return (
    <form className="card apart" aria-label={t('partners.add')} onSubmit={(event) => {
      event.preventDefault();
      setComparing(true);
    }}>
      <h2>{t('partners.add')}</h2>
      <div className="form-grid">
        <TextField label={t('partners.org')} value={wanted.org} onText={(org) => set({ org })} required maxLength={253} autoComplete="off" hint="nordlicht-semi.example" />
        <TextField label={t('partners.root')} value={wanted.root} onText={(text) => set({ root: text })} required autoComplete="off" hint={t('partners.root.hint')} />
        {!wanted.unreachable && (
          <TextField label={t('partners.url')} type="url" value={wanted.url} onText={(url) => set({ url })} required autoComplete="off" hint="https://ledger.nordlicht-semi.example:8443" />
        )}
      </div>
      <div className="checks">
        <Check label={t('partners.unreachable')} checked={wanted.unreachable} onCheck={(unreachable) => set({ unreachable })} />
        {!wanted.unreachable && (
          <>
            <Check label={t('partners.push')} checked={wanted.push} onCheck={(push) => set({ push })} />
            <Check label={t('partners.gzip')} checked={wanted.gzip} onCheck={(gzip) => set({ gzip })} />
          </>
        )}
      </div>
      <Trouble error={work.error} />
      {known.includes(added) && <Notice live tone="good" title={t('partners.added', { org: added })} />}
      <Button look="primary" type="submit" busy={work.busy}>{t('partners.add')}</Button>
      {comparing && (
        <Confirm text={t('partners.compare', { org: wanted.org.trim() })} onNo={() => setComparing(false)} onYes={() => {
          setComparing(false);
          void add();
        }}>
          <p><code className="secret">{root.match(/.{1,8}/g)?.join(' ') ?? ''}</code></p>
          <p>{t('partners.compare.text')}</p>
        </Confirm>
      )}
    </form>
  );
}
