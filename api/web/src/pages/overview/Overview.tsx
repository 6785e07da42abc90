import { useState } from 'react';
import { session } from '../../api/client';
import { useLive } from '../../api/live';
import { useT } from '../../i18n';
import { useStore } from '../../store';
import { Button } from '../../ui/parts';
import { Recalls } from '../trace/Recalls';
import { Ages, FloorLives, Parts } from './Stock';
import { Verdicts } from './Verdicts';

export default function Overview() {
  const t = useT();
  const { who } = useStore(session);
  // What is shown is as of its version; what happened since is counted, and shown when asked for.
  const [version, setVersion] = useState(0);
  const [since, setSince] = useState(0);
  const more = () => setSince((now) => now + 1);
  useLive({ verdict: more, event: more });
  const may = (access: string) => who?.accesses.includes(access) ?? false;
  return (
    <>
      <div className="row">
        <h1>{t('overview.title')}</h1>
        <Button look="quiet" onClick={() => {
          setVersion(version + 1);
          setSince(0);
        }}>{t('do.refresh')}</Button>
        <span role="status">{since > 0 && <span className="tag">{t('live.since', { n: since })}</span>}</span>
      </div>
      {may('trace') && <Verdicts version={version} />}
      {may('stock') && (
        <>
          <FloorLives version={version} />
          <Ages version={version} />
          <Parts version={version} />
        </>
      )}
      {may('trace') && <Recalls key={version} />}
    </>
  );
}
