// Around every page: who is signed in, where one can go, and whether the node answers.
import { Component, lazy, Suspense, useEffect, useRef, type ReactNode } from 'react';
import { network, session } from '../api/client';
import type { Session } from '../api/types';
import { chooseLanguage, useLanguage, useT } from '../i18n';
import { SignInAgain } from '../pages/SignIn';
import { useStore } from '../store';
import { announced } from '../ui/announce';
import { Icon } from '../ui/icons';
import { Button, Notice } from '../ui/parts';
import { firstPage, go, opens, PAGES, usePath } from './routes';

const SHOWN = {
  receive: lazy(() => import('../pages/receive/Receive')),
  line: lazy(() => import('../pages/line/Line')),
  trace: lazy(() => import('../pages/trace/Trace')),
  ship: lazy(() => import('../pages/ship/Ship')),
  users: lazy(() => import('../pages/Users')),
  tokens: lazy(() => import('../pages/Tokens')),
  node: lazy(() => import('../pages/Node')),
  audit: lazy(() => import('../pages/Audit')),
  account: lazy(() => import('../pages/Account')),
};

export function LanguageButton() {
  const t = useT();
  const language = useLanguage();
  const other = language === 'en' ? 'zh' : 'en';
  return (
    <button type="button" className="button quiet" lang={other === 'zh' ? 'zh-Hans' : 'en'}
            aria-label={`${t('app.language')} – ${t('app.language.label')}`}
            onClick={() => void chooseLanguage(other)}>
      {t('app.language')}
    </button>
  );
}

export function NetworkBanner() {
  const t = useT();
  const { reachable, waiting } = useStore(network);
  const { phase } = useStore(session);
  useEffect(() => {
    if (waiting === 0) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [waiting]);
  useEffect(() => {
    const lost = () => network.set((now) => ({ ...now, reachable: false }));
    addEventListener('offline', lost);
    return () => removeEventListener('offline', lost);
  }, []);
  useEffect(() => {
    if (reachable) return;
    // Nothing may be waiting that would find out.
    const timer = setInterval(() => {
      if (navigator.onLine)
        void fetch('/healthz', { cache: 'no-store' }).then(
          () => network.set((now) => ({ ...now, reachable: true })), () => undefined);
    }, 3000);
    return () => clearInterval(timer);
  }, [reachable]);
  return (
    <div role="status" className="banner-place">
      {(!reachable || (waiting > 0 && phase === 'in')) && (
        <p className="banner">
          {!reachable && t('net.offline')} {waiting > 0 && t('net.waiting', { n: waiting })}
        </p>
      )}
    </div>
  );
}

export function Announcer() {
  const { calm, urgent } = useStore(announced);
  return (
    <>
      <div className="unseen" role="status">{calm}</div>
      <div className="unseen" role="alert">{urgent}</div>
    </>
  );
}

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
          <Suspense fallback={<p className="loading" role="status">{t('app.loading')}</p>}><Shown /></Suspense>
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

export function Shell({ who }: { who: Session }) {
  const t = useT();
  const path = usePath();
  const { phase } = useStore(session);
  const pages = PAGES.filter((page) => opens(page, who.accesses));
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
        <nav aria-label={t('nav.main')}>
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
          </ul>
          <p className="who"><strong>{who.name || who.user}</strong><br />{who.roles.map((role) => roleWord(t, role)).join(', ')}</p>
        </nav>
        <div className="content">
          <NetworkBanner />
          <Content who={who} />
        </div>
      </div>
      {phase === 'lost' && <SignInAgain who={who} />}
    </>
  );
}

export function roleWord(t: ReturnType<typeof useT>, role: string): string {
  switch (role) {
    case 'warehouse': case 'line': case 'quality': case 'supplier': case 'auditor': case 'administrator':
      return t(`role.${role}`);
    default:
      return role;
  }
}
