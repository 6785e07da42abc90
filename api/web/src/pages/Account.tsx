import { useState } from 'react';
import { call, findSession, send, session } from '../api/client';
import { useT, whenText } from '../i18n';
import { chooseSound, chooseTheme, preferences, type Theme } from '../shell/preferences';
import { LanguageButton, roleWord } from '../shell/Frame';
import { useStore } from '../store';
import { Button, Check, Facts, Notice, SelectField, TextField, Trouble, useWork } from '../ui/parts';
import { Codes } from './Codes';
import { signOut } from './SignIn';

function ChangePassword() {
  const t = useT();
  const [old, setOld] = useState('');
  const [code, setCode] = useState('');
  const [fresh, setFresh] = useState('');
  const [done, setDone] = useState(false);
  const work = useWork();
  const short = 12 - [...fresh].length;
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      setDone(false);
      void work.run(async () => {
        await send('POST', '/v1/session/password', { signing: true, body: { password: old, code, new_password: fresh } });
        setOld('');
        setCode('');
        setFresh('');
        setDone(true);
      });
    }}>
      <h2>{t('account.password')}</h2>
      <TextField label={t('account.password.old')} type="password" autoComplete="current-password" required
                 value={old} onText={setOld} />
      <TextField label={t('account.password.new')} type="password" autoComplete="new-password" required
                 hint={t('setup.password.hint')} value={fresh} onText={setFresh}
                 error={fresh && short > 0 ? t('setup.password.short', { n: short }) : undefined} />
      <TextField label={t('sign.code')} hint={t('sign.code.hint')} autoComplete="one-time-code" required
                 value={code} onText={setCode} />
      <Trouble error={work.error} />
      {done && <Notice live tone="good" title={t('account.password.done')} />}
      <Button type="submit" busy={work.busy} disabled={short > 0}>{t('do.save')}</Button>
    </form>
  );
}

function NewCodes() {
  const t = useT();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [codes, setCodes] = useState<string[] | null>(null);
  const work = useWork();
  if (codes)
    return (
      <div className="card">
        <Codes codes={codes} onDone={() => {
          setCodes(null);
          void findSession();
        }} />
      </div>
    );
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => {
        const made = await call<{ recovery_codes: string[] }>('POST', '/v1/session/recovery-codes', {
          signing: true, body: { password, code },
        });
        setPassword('');
        setCode('');
        setCodes(made.recovery_codes);
      });
    }}>
      <h2>{t('account.codes')}</h2>
      <p>{t('account.codes.text')}</p>
      <TextField label={t('sign.password')} type="password" autoComplete="current-password" required
                 value={password} onText={setPassword} />
      <TextField label={t('sign.code')} hint={t('sign.code.hint')} autoComplete="one-time-code" required
                 value={code} onText={setCode} />
      <Trouble error={work.error} />
      <Button type="submit" busy={work.busy}>{t('account.codes.make')}</Button>
    </form>
  );
}

export default function Account() {
  const t = useT();
  const { who } = useStore(session);
  const { theme, sound } = useStore(preferences);
  const leaving = useWork();
  if (!who) return null;
  return (
    <>
      <h1>{t('account.title')}</h1>
      {who.recovery_codes_left < 4 && <Notice tone="warning" title={t('codes.few', { n: who.recovery_codes_left })} />}
      <div className="columns">
        <section className="card">
          <h2>{who.name || who.user}</h2>
          <Facts of={[
            [t('sign.user'), who.user],
            [t('account.roles'), who.roles.map((role) => roleWord(t, role)).join(', ')],
            [t('account.until'), whenText(who.until)],
            [t('account.codes-left'), who.recovery_codes_left],
          ]} />
          <Trouble error={leaving.error} />
          <Button look="danger" busy={leaving.busy} onClick={() => void leaving.run(signOut)}>{t('sign.out')}</Button>
        </section>
        <section className="card">
          <h2>{t('account.this-device')}</h2>
          <SelectField label={t('app.theme')} value={theme} onText={(now) => chooseTheme(now as Theme)}
                       choices={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`app.theme.${value}`) }))} />
          <Check label={t('app.sound')} checked={sound} onCheck={chooseSound} />
          <LanguageButton />
        </section>
        <ChangePassword />
        <NewCodes />
      </div>
    </>
  );
}
