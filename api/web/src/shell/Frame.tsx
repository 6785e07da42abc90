// What stands around pages, signed in or not: the language, the network, what a screen reader is told.
import { useEffect } from 'react';
import { network, session } from '../api/client';
import { chooseLanguage, useLanguage, useT } from '../i18n';
import { useStore } from '../store';
import { announced } from '../ui/announce';

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

export function roleWord(t: ReturnType<typeof useT>, role: string): string {
  switch (role) {
    case 'warehouse': case 'line': case 'quality': case 'supplier': case 'auditor': case 'administrator':
      return t(`role.${role}`);
    default:
      return role;
  }
}
