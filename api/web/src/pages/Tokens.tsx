import { useCallback, useEffect, useState } from 'react';
import { call, send } from '../api/client';
import type { Grant, Token } from '../api/types';
import { useT, whenText } from '../i18n';
import { Button, Checks, Confirm, CopyButton, Dialog, Table, TextField, Trouble, useWork } from '../ui/parts';

interface Made {
  name: string;
  token: string;
}

function Make({ scopes, onMade }: { scopes: string[]; onMade: (made: Made) => void }) {
  const t = useT();
  const [name, setName] = useState('');
  const [until, setUntil] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const work = useWork();
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => {
        if (chosen.length === 0) throw new Error(t('tokens.one-scope'));
        // The end of that day where the person is.
        const end = until ? Math.floor(new Date(`${until}T23:59:59`).getTime() / 1000) : undefined;
        const made = await call<Made>('POST', '/v1/tokens', { body: { name: name.trim(), scopes: chosen, ...(end && { until: end }) } });
        setName('');
        setUntil('');
        setChosen([]);
        onMade(made);
      });
    }}>
      <h2>{t('tokens.make')}</h2>
      <TextField label={t('tokens.name')} value={name} onText={setName} required maxLength={64} autoComplete="off" />
      <TextField label={t('tokens.until')} type="date" value={until} onText={setUntil} />
      <Checks label={t('tokens.scopes')} all={scopes} chosen={chosen} word={(one) => one} onChosen={setChosen} />
      <Trouble error={work.error} />
      <Button look="primary" type="submit" busy={work.busy}>{t('tokens.make')}</Button>
    </form>
  );
}

export default function Tokens() {
  const t = useT();
  const [tokens, setTokens] = useState<Token[]>([]);
  const [scopes, setScopes] = useState<string[]>([]);
  const [made, setMade] = useState<Made | null>(null);
  const [revoking, setRevoking] = useState<string | null>(null);
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => {
    const all = await call<{ tokens: Token[]; scopes: Grant[] }>('GET', '/v1/tokens');
    setTokens(all.tokens);
    setScopes(all.scopes.map((one) => one.name));
  }, []);
  useEffect(() => void run(load), [load]);
  return (
    <>
      <h1>{t('tokens.title')}</h1>
      <p>{t('tokens.text')}</p>
      <Trouble error={work.error} />
      <Table label={t('tokens.title')} head={[t('tokens.name'), t('tokens.scopes'), t('tokens.until'), t('tokens.used'), t('tokens.by'), t('do.actions')]}>
        {tokens.map((one) => (
          <tr key={one.name}>
            <td><strong>{one.name}</strong></td>
            <td>{one.scopes.join(', ')}</td>
            <td>{one.until ? whenText(one.until) : t('tokens.until.none')} {one.expired && <span className="tag">{t('tokens.expired')}</span>}</td>
            <td>{one.used ? whenText(one.used) : '–'}</td>
            <td>{one.configured ? t('tokens.configured') : one.by}</td>
            <td>
              {!one.configured && !one.expired && (
                <Button look="quiet" aria-label={`${t('tokens.revoke')}: ${one.name}`} onClick={() => setRevoking(one.name)}>{t('tokens.revoke')}</Button>
              )}
            </td>
          </tr>
        ))}
      </Table>
      <div className="columns">
        <Make scopes={scopes} onMade={(token) => {
          setMade(token);
          void work.run(load);
        }} />
      </div>
      {made && (
        <Dialog title={t('tokens.shown', { name: made.name })} onClose={() => setMade(null)}>
          <p><code className="secret">{made.token}</code></p>
          <p>{t('tokens.shown.text')}</p>
          <div className="row end">
            <CopyButton text={made.token} />
            <Button look="primary" onClick={() => setMade(null)}>{t('do.close')}</Button>
          </div>
        </Dialog>
      )}
      {revoking && (
        <Confirm text={t('tokens.revoke.sure', { name: revoking })} onNo={() => setRevoking(null)} onYes={() => {
          const name = revoking;
          setRevoking(null);
          void work.run(async () => {
            await send('DELETE', `/v1/tokens/${encodeURIComponent(name)}`);
            await load();
          });
        }} />
      )}
    </>
  );
}
