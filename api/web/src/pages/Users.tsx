import { useCallback, useEffect, useState } from 'react';
import { call, send } from '../api/client';
import type { Grant, User } from '../api/types';
import { useT, whenText } from '../i18n';
import { roleWord } from '../shell/Frame';
import { Button, Checks, Confirm, CopyButton, Dialog, Table, TextField, Trouble, useWork } from '../ui/parts';

interface Link {
  user: string;
  link: string;
  link_until?: number;
}

// In this page's memory until it is closed.
function LinkDialog({ of, onClose }: { of: Link; onClose: () => void }) {
  const t = useT();
  return (
    <Dialog title={t('users.link', { user: of.user })} onClose={onClose}>
      <p><code className="secret">{of.link}</code></p>
      {of.link_until !== undefined && <p>{t('users.link.text', { until: whenText(of.link_until) })}</p>}
      <div className="row end">
        <CopyButton text={of.link} />
        <Button look="primary" onClick={onClose}>{t('do.close')}</Button>
      </div>
    </Dialog>
  );
}

function Invite({ roles, onInvited }: { roles: string[]; onInvited: (link: Link) => void }) {
  const t = useT();
  const [user, setUser] = useState('');
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const work = useWork();
  return (
    <form className="card" onSubmit={(event) => {
      event.preventDefault();
      void work.run(async () => {
        if (chosen.length === 0) throw new Error(t('users.one-role'));
        const link = await call<Link>('POST', '/v1/users', { body: { user: user.trim(), name: name.trim(), roles: chosen } });
        setUser('');
        setName('');
        setChosen([]);
        onInvited(link);
      });
    }}>
      <h2>{t('users.invite')}</h2>
      <TextField label={t('sign.user')} value={user} onText={setUser} required maxLength={64} autoComplete="off" />
      <TextField label={t('users.name')} value={name} onText={setName} required maxLength={100} autoComplete="off" autoCapitalize="words" />
      <Checks label={t('users.roles')} all={roles} chosen={chosen} word={(role) => roleWord(t, role)} onChosen={setChosen} />
      <Trouble error={work.error} />
      <Button look="primary" type="submit" busy={work.busy}>{t('users.invite')}</Button>
    </form>
  );
}

function RolesDialog({ of, roles, onDone, onClose }: { of: User; roles: string[]; onDone: () => void; onClose: () => void }) {
  const t = useT();
  const [chosen, setChosen] = useState(of.roles);
  const work = useWork();
  return (
    <Dialog title={`${t('users.change')}: ${of.user}`} onClose={onClose}>
      <Checks label={t('users.roles')} all={roles} chosen={chosen} word={(role) => roleWord(t, role)} onChosen={setChosen} />
      <Trouble error={work.error} />
      <div className="row end">
        <Button look="quiet" onClick={onClose}>{t('do.cancel')}</Button>
        <Button look="primary" busy={work.busy} disabled={chosen.length === 0} onClick={() => void work.run(async () => {
          await call('PATCH', `/v1/users/${encodeURIComponent(of.user)}`, { body: { roles: chosen } });
          onDone();
        })}>{t('do.save')}</Button>
      </div>
    </Dialog>
  );
}

export default function Users() {
  const t = useT();
  const [users, setUsers] = useState<User[]>([]);
  const [roles, setRoles] = useState<string[]>([]);
  const [link, setLink] = useState<Link | null>(null);
  const [changing, setChanging] = useState<User | null>(null);
  const [sure, setSure] = useState<{ user: string; what: 'again' | 'delete' } | null>(null);
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => {
    const all = await call<{ users: User[]; roles: Grant[] }>('GET', '/v1/users');
    setUsers(all.users);
    setRoles(all.roles.map((one) => one.name));
  }, []);
  useEffect(() => void run(load), [load]);
  const path = (user: string) => `/v1/users/${encodeURIComponent(user)}`;
  const confirmed = (user: string, what: 'again' | 'delete') => work.run(async () => {
    if (what === 'delete') await send('DELETE', path(user));
    else setLink(await call<Link>('POST', `${path(user)}/invite`, { body: {} }));
    await load();
  });
  return (
    <>
      <h1>{t('users.title')}</h1>
      <Trouble error={work.error} />
      <Table label={t('users.title')} head={[t('sign.user'), t('users.name'), t('users.roles'), t('users.state'), t('do.actions')]}>
        {users.map((one) => {
          const state = one.disabled ? 'disabled' : one.enrolled ? 'active' : 'invited';
          return (
            <tr key={one.user}>
              <td><strong>{one.user}</strong></td>
              <td>{one.name}</td>
              <td>{one.roles.map((role) => roleWord(t, role)).join(', ')}</td>
              <td><span className="tag">{t(`users.state.${state}`)}</span></td>
              <td>
                <div className="row">
                  <Button look="quiet" aria-label={`${t('users.change')}: ${one.user}`} onClick={() => setChanging(one)}>{t('users.change')}</Button>
                  <Button look="quiet" aria-label={`${t('users.again')}: ${one.user}`} onClick={() => setSure({ user: one.user, what: 'again' })}>{t('users.again')}</Button>
                  <Button look="quiet" aria-label={`${t(one.disabled ? 'users.enable' : 'users.disable')}: ${one.user}`}
                          onClick={() => void work.run(async () => {
                            await call('PATCH', path(one.user), { body: { disabled: !one.disabled } });
                            await load();
                          })}>{t(one.disabled ? 'users.enable' : 'users.disable')}</Button>
                  <Button look="quiet" aria-label={`${t('users.delete')}: ${one.user}`} onClick={() => setSure({ user: one.user, what: 'delete' })}>{t('users.delete')}</Button>
                </div>
              </td>
            </tr>
          );
        })}
      </Table>
      <div className="columns">
        <Invite roles={roles} onInvited={(made) => {
          setLink(made);
          void work.run(load);
        }} />
      </div>
      {link && <LinkDialog of={link} onClose={() => setLink(null)} />}
      {changing && (
        <RolesDialog of={changing} roles={roles} onClose={() => setChanging(null)} onDone={() => {
          setChanging(null);
          void work.run(load);
        }} />
      )}
      {sure && (
        <Confirm text={t(sure.what === 'again' ? 'users.again.sure' : 'users.delete.sure', { user: sure.user })}
                 onNo={() => setSure(null)} onYes={() => {
                   setSure(null);
                   void confirmed(sure.user, sure.what);
                 }} />
      )}
    </>
  );
}
