import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { findSession, session } from './api/client';
import { startLanguage, useT } from './i18n';
import { SetUp } from './pages/SetUp';
import { SignIn } from './pages/SignIn';
import { startTheme } from './shell/preferences';
import { usePath } from './shell/routes';
import { Announcer, NetworkBanner } from './shell/Frame';
import { Shell } from './shell/Shell';
import { useStore } from './store';
import './styles/base.css';
import './styles/parts.css';
import './styles/pages.css';

function App() {
  const t = useT();
  const { phase, who } = useStore(session);
  const path = usePath();
  let shown;
  if (path === '/setup') shown = <SetUp />;
  else if (phase === 'unknown') shown = <><NetworkBanner /><p className="loading" role="status">{t('app.loading')}</p></>;
  else if (!who) shown = <SignIn />;
  else shown = <Shell who={who} />;
  return <>{shown}<Announcer /></>;
}

startTheme();
void startLanguage().then(() => {
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<StrictMode><App /></StrictMode>);
});
void findSession();
