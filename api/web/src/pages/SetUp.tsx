// The first steps of somebody who was invited. The link's secret is taken out of the address at once; it
// stays in this entry of the tab's history, so that loading anew does not lose it.
import { useEffect, useMemo, useState } from 'react';
import { encode } from 'uqr';
import { call, session } from '../api/client';
import type { Session, Setup } from '../api/types';
import { useT } from '../i18n';
import { go } from '../shell/routes';
import { roleWord } from '../shell/Frame';
import { Button, CopyButton, Notice, TextField, Trouble, useWork } from '../ui/parts';
import { Codes } from './Codes';
import { Gate } from './SignIn';

const SHORTEST = 12;

function linkOfPage(): string {
  const given = location.hash.slice(1);
  if (given) history.replaceState({ link: given }, '', '/setup');
  const kept: unknown = history.state?.link;
  return typeof kept === 'string' ? kept : '';
}

export function Qr({ text, label }: { text: string; label: string }) {
  const { data, size } = useMemo(() => encode(text, { border: 4 }), [text]);
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" /><path d={path} fill="#000" />
    </svg>
  );
}

function PasswordStep({ onPassword }: { onPassword: (password: string) => void }) {
  const t = useT();
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const short = SHORTEST - [...password].length;
  const differ = again !== '' && again !== password;
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      if (short <= 0 && password === again) onPassword(password);
    }}>
      <h2>{t('setup.password')}</h2>
      <TextField label={t('sign.password')} hint={t('setup.password.hint')} type="password" required autoFocus
                 autoComplete="new-password" value={password} onText={setPassword}
                 error={password && short > 0 ? t('setup.password.short', { n: short }) : undefined} />
      <TextField label={t('setup.password.again')} type="password" required autoComplete="new-password"
                 value={again} onText={setAgain} error={differ ? t('setup.password.differ') : undefined} />
      <Button look="primary" type="submit" disabled={short > 0 || password !== again}>{t('do.next')}</Button>
    </form>
  );
}

export function SetUp() {
  const t = useT();
  const [link] = useState(linkOfPage);
  const [setup, setSetup] = useState<Setup | null>(null);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [done, setDone] = useState<Session | null>(null);
  const opening = useWork();
  const finishing = useWork();
  const open = opening.run;
  useEffect(() => {
    if (link) void open(async () => setSetup(await call<Setup>('POST', '/v1/setup', { body: { link }, signing: true })));
    // Once for a link.
  }, [link]);
  const finish = () => finishing.run(async () => {
    const who = await call<Session>('POST', '/v1/setup/finish', {
      signing: true, body: { link, password, code: code.replace(/\s/g, '') },
    });
    history.replaceState(null, '', '/setup');
    setPassword('');
    setDone(who);
  });
  if (!link)
    return <Gate title={t('setup.title')}><Notice title={t('setup.no-link')}><p>{t('setup.no-link.text')}</p></Notice></Gate>;
  const step = done ? 3 : password ? 2 : 1;
  return (
    <Gate title={t('setup.title')}>
      <Trouble error={opening.error} />
      {setup && <p>{t('setup.hello', { name: setup.name || setup.user, org: setup.org, roles: setup.roles.map((role) => roleWord(t, role)).join(', ') })}</p>}
      {setup && <p className="hint" role="status">{t('setup.step', { n: step })}</p>}
      {setup && step === 1 && <PasswordStep onPassword={setPassword} />}
      {setup && step === 2 && (
        <form onSubmit={(event) => {
          event.preventDefault();
          void finish();
        }}>
          <h2>{t('setup.app')}</h2>
          <p>{t('setup.app.text')}</p>
          <Qr text={setup.uri} label={t('setup.app.qr')} />
          <p>{t('setup.app.secret')}</p>
          <p className="row"><code className="secret">{setup.secret}</code><CopyButton text={setup.secret} /></p>
          <TextField label={t('sign.code')} value={code} onText={setCode} required autoFocus inputMode="numeric"
                     autoComplete="one-time-code" className="code" />
          <Trouble error={finishing.error} />
          <Button look="primary" type="submit" busy={finishing.busy}>{t('setup.finish')}</Button>
        </form>
      )}
      {done && (
        <Codes codes={done.recovery_codes ?? []} onDone={() => {
          const { recovery_codes: _, ...who } = done;
          session.set({ phase: 'in', who });
          go('/', true);
        }} />
      )}
    </Gate>
  );
}
