import { useEffect, useRef, useState, type ReactNode } from 'react';
import { call, Problem, send, session } from '../api/client';
import type { Session } from '../api/types';
import { useT } from '../i18n';
import { LanguageButton, NetworkBanner } from '../shell/Frame';
import { forgetPerson } from '../store';
import { Button, Dialog, TextField, Trouble, useWork } from '../ui/parts';

export function Gate({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} – Reelproof`;
  }, [title]);
  return (
    <div className="gate">
      <header>
        <div className="brand">
          <img src="/favicon.svg" alt="" width="28" height="28" /><span>Reelproof</span>
        </div>
        <LanguageButton />
      </header>
      <main>
        <NetworkBanner />
        <h1>{title}</h1>
        {children}
      </main>
    </div>
  );
}

export async function signOut(): Promise<void> {
  try {
    await send('DELETE', '/v1/session', { signing: true });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  forgetPerson();
  session.set({ phase: 'out', who: null });
}

function SignInForm({ fixedUser, onSession }: { fixedUser?: string; onSession: (who: Session) => void }) {
  const t = useT();
  const [user, setUser] = useState(fixedUser ?? '');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [needsCode, setNeedsCode] = useState(false);
  const codeField = useRef<HTMLDivElement>(null);
  const work = useWork();
  useEffect(() => {
    if (needsCode) codeField.current?.querySelector('input')?.focus();
  }, [needsCode]);
  const submit = () => work.run(async () => {
    try {
      const who = await call<Session>('POST', '/v1/session', {
        signing: true,
        body: { user, password, ...(code && { code: code.replace(/\s/g, '') }) },
      });
      setPassword('');
      setCode('');
      onSession(who);
    } catch (error) {
      if (!(error instanceof Problem) || !error.is('code-needed')) {
        setCode('');
        throw error;
      }
      setNeedsCode(true);
    }
  });
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      void submit();
    }}>
      <TextField label={t('sign.user')} value={user} onText={setUser} autoComplete="username" required
                 readOnly={fixedUser !== undefined || needsCode} autoFocus={fixedUser === undefined} />
      {!needsCode && (
        <TextField label={t('sign.password')} type="password" value={password} onText={setPassword} required
                   autoComplete="current-password" autoFocus={fixedUser !== undefined} />
      )}
      {needsCode && (
        <div ref={codeField}>
          <p role="status">{t('sign.code.needed')}</p>
          <TextField label={t('sign.code')} hint={t('sign.code.hint')} value={code} onText={setCode} required
                     autoComplete="one-time-code" className="code" />
        </div>
      )}
      <Trouble error={work.error} />
      <div className="row">
        <Button look="primary" type="submit" busy={work.busy}>{t('sign.in')}</Button>
        {needsCode && fixedUser === undefined && (
          <Button look="quiet" onClick={() => {
            setNeedsCode(false);
            setPassword('');
            setCode('');
            work.clear();
          }}>{t('sign.back')}</Button>
        )}
      </div>
    </form>
  );
}

export function SignIn() {
  const t = useT();
  return (
    <Gate title={t('sign.in')}>
      <SignInForm onSession={(who) => session.set({ phase: 'in', who })} />
    </Gate>
  );
}

// Over the page, which stays as it is.
export function SignInAgain({ who }: { who: Session }) {
  const t = useT();
  return (
    <Dialog title={t('sign.again')} onClose={() => undefined} closable={false}>
      <p>{t('sign.again.text')}</p>
      <SignInForm fixedUser={who.user} onSession={(now) => session.set({ phase: 'in', who: now })} />
      <div className="row"><Button look="quiet" onClick={() => location.assign('/')}>{t('sign.back')}</Button></div>
    </Dialog>
  );
}
