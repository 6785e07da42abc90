// Around every page: who is signed in, where one can go, and whether the node answers.
import { Component, useEffect, useRef, useState, type ComponentType, type ReactNode } from 'react';
import { session } from '../api/client';
import { useLive } from '../api/live';
import type { Session } from '../api/types';
import { useT } from '../i18n';
import Account from '../pages/Account';
import Audit from '../pages/Audit';
import Boms from '../pages/bom/Boms';
import Changes from '../pages/changes/Changes';
import Exits from '../pages/exits/Exits';
import Incidents from '../pages/incidents/Incidents';
import Line from '../pages/line/Line';
import Node from '../pages/Node';
import Overview from '../pages/overview/Overview';
import Partners from '../pages/partners/Partners';
import Production from '../pages/production/Production';
import Receive from '../pages/receive/Receive';
import Reviews from '../pages/reviews/Reviews';
import Ship from '../pages/ship/Ship';
import { SignInAgain, signOut } from '../pages/SignIn';
import Tokens from '../pages/Tokens';
import Trace from '../pages/trace/Trace';
import Users from '../pages/Users';
import Vault from '../pages/vault/Vault';
import { useStore } from '../store';
import { Icon } from '../ui/icons';
import { Button, Notice, Trouble, useWork } from '../ui/parts';
import { LanguageButton, NetworkBanner, roleWord } from './Frame';
import { firstPage, go, opens, PAGES, usePath, type Page } from './routes';

const SHOWN: Record<Page['name'], ComponentType> = {
  receive: Receive, line: Line, trace: Trace, overview: Overview, ship: Ship, vault: Vault, boms: Boms, changes: Changes, incidents: Incidents, reviews: Reviews, exits: Exits, production: Production,
  users: Users, tokens: Tokens, partners: Partners, node: Node, audit: Audit, account: Account,
};

class Guard extends Component<{ children: ReactNode; title: string; text: string; again: string }, { broken: boolean }> {
  state = { broken: false };
  static getDerivedStateFromError() {
    return { broken: true };
  }
  render() {
    if (!this.state.broken) return this.props.children;
    return (
      <Notice live tone="bad" title={this.props.title}>
        <p>{this.props.text}</p>
        <Button onClick={() => location.reload()}>{this.props.again}</Button>
      </Notice>
    );
  }
}

function Content({ who }: { who: Session }) {
  const t = useT();
  const path = usePath();
  const page = PAGES.find((one) => one.path === path);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (path === '/' || path === '/setup') go(firstPage(who.roles), true);
  }, [path, who.roles]);
  useEffect(() => {
    document.title = page ? `${t(`nav.${page.name}`)} – Reelproof` : 'Reelproof';
    if (first.current) first.current = false;
    else main.current?.focus();
  }, [page, t]);
  const Shown = page && opens(page, who.accesses) ? SHOWN[page.name] : null;
  return (
    <main id="page" ref={main} tabIndex={-1}>
      {Shown ? (
        <Guard key={path} title={t('app.broken')} text={t('app.broken.text')} again={t('app.reload')}>
          <Shown />
        </Guard>
      ) : path !== '/' && path !== '/setup' && (
        <>
          <h1>{page ? t('app.no-right') : t('app.no-page')}</h1>
          {page && <p>{t('app.no-right.text')}</p>}
        </>
      )}
    </main>
  );
}

// Told wherever one is, to who looks after the node.
function Alarm() {
  const t = useT();
  const path = usePath();
  const [status, setStatus] = useState<'ok' | 'alarm' | 'refusing'>('ok');
  useLive({ alarm: (now) => setStatus(now.status) });
  return (
    <div role="status">
      {status !== 'ok' && path !== '/node' && (
        <p className="banner">
          {t(`node.status.${status}`)} <a href="/node" onClick={(event) => {
            event.preventDefault();
            go('/node');
          }}>{t('nav.node')}</a>
        </p>
      )}
    </div>
  );
}

const FIT_A_PHONE = 5;

function Navigation({ who }: { who: Session }) {
  const t = useT();
  const path = usePath();
  const leaving = useWork();
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  const pages = PAGES.filter((page) => opens(page, who.accesses));
  // On a phone those that don't fit are behind a button: nothing is scrolled out of sight.
  const fold = pages.length + 1 > FIT_A_PHONE;
  return (
    <nav aria-label={t('nav.main')} className={fold ? (open ? 'folding open' : 'folding') : undefined}>
      <ul>
        {pages.map((page) => (
          <li key={page.path}>
            <a href={page.path} aria-current={page.path === path ? 'page' : undefined}
               onClick={(event) => {
                 if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                 event.preventDefault();
                 go(page.path);
               }}>
              <Icon name={page.name} />
              <span>{t(`nav.${page.name}`)}</span>
            </a>
          </li>
        ))}
        <li>
          <button type="button" className="sign-out" disabled={leaving.busy} onClick={() => void leaving.run(signOut)}>
            <Icon name="leave" />
            <span>{t('sign.out')}</span>
          </button>
        </li>
        {fold && (
          <li className="more">
            <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
              <Icon name="more" />
              <span>{t('nav.more')}</span>
            </button>
          </li>
        )}
      </ul>
      <Trouble error={leaving.error} />
      <p className="who"><strong>{who.name || who.user}</strong><br />{who.roles.map((role) => roleWord(t, role)).join(', ')}</p>
    </nav>
  );
}

export function Shell({ who }: { who: Session }) {
  const t = useT();
  const { phase } = useStore(session);
  return (
    <>
      <a className="skip" href="#page">{t('app.skip')}</a>
      <div className="shell">
        <header>
          <div className="brand">
            <img src="/favicon.svg" alt="" width="28" height="28" />
            <span>Reelproof</span>
            <span className="org">{who.org}</span>
          </div>
          <LanguageButton />
        </header>
        <Navigation who={who} />
        <div className="content">
          <NetworkBanner />
          {who.accesses.includes('health') && <Alarm />}
          <Content who={who} />
        </div>
      </div>
      {phase === 'lost' && <SignInAgain who={who} />}
    </>
  );
}
