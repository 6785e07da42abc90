// Documents, who was given them, and what was agreed about them.
import { useCallback, useEffect, useState } from 'react';
import { call, session } from '../../api/client';
import type { Agreement, Project, Reading, Share, VaultDocument } from '../../api/vault';
import { useT, whenText } from '../../i18n';
import { useStore } from '../../store';
import { Button, Notice, Table, Trouble, useWork } from '../../ui/parts';
import { Agreements } from './Agreements';
import { Documents } from './Documents';
import { Shares } from './Shares';
import Viewer, { type Viewed } from './Viewer';

function Readings({ all }: { all: Reading[] }) {
  const t = useT();
  return (
    <section aria-labelledby="vault-readings">
      <h2 id="vault-readings">{t('vault.readings')}</h2>
      <p>{t('vault.readings.text')}</p>
      {all.length === 0 ? <Notice title={t('vault.readings.none')} /> : (
        <Table short label={t('vault.readings')} head={[t('vault.read.when'), t('vault.partner'), t('vault.reader'), t('vault.document'), t('vault.version'), t('vault.body')]}>
          {[...all].sort((a, b) => b.asked - a.asked).map((one) => (
            <tr key={`${one.share}/${one.document}/${one.version}/${one.reader}/${one.asked}`}>
              <td className="when">{whenText(one.asked)}</td>
              <td>{one.partner}</td>
              <td>{one.reader}</td>
              <td>{one.name ?? '–'}</td>
              <td className="number">{one.version}</td>
              <td><code>{one.body?.slice(0, 16) ?? '–'}</code></td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

interface All {
  projects: Project[];
  documents: VaultDocument[];
  shares: Share[];
  agreements: Agreement[];
  readings: Reading[];
}

export default function Vault() {
  const t = useT();
  const who = useStore(session).who;
  const manages = who?.accesses.includes('vault') ?? false;
  const [all, setAll] = useState<All | null>(null);
  const [viewed, setViewed] = useState<Viewed | null>(null);
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => {
    const list = async <T,>(name: string) => (await call<Record<string, T[]>>('GET', `/v1/vault/${name}`))[name] ?? [];
    setAll({
      documents: await list('documents'),
      shares: await list('shares'),
      projects: manages ? await list('projects') : [],
      agreements: manages ? await list('agreements') : [],
      readings: manages ? await list('readings') : [],
    });
  }, [manages]);
  useEffect(() => void run(load), [load]);
  const changed = () => void run(load);
  return (
    <>
      <div className="row">
        <h1>{t('vault.title')}</h1>
        <Button look="quiet" busy={work.busy} onClick={changed}>{t('do.refresh')}</Button>
      </div>
      <p>{t(manages ? 'vault.text' : 'vault.text.reader')}</p>
      <Trouble error={work.error} />
      {all && (
        <>
          <Documents projects={all.projects} documents={all.documents} manages={manages} onView={setViewed} onChanged={changed} />
          <Shares org={who?.org ?? ''} shares={all.shares} projects={all.projects} documents={all.documents} agreements={all.agreements}
                  manages={manages} onView={setViewed} onChanged={changed} />
          {manages && <Agreements all={all.agreements} onChanged={changed} />}
          {manages && <Readings all={all.readings} />}
        </>
      )}
      {viewed && <Viewer of={viewed} onClose={() => {
        setViewed(null);
        changed();
      }} />}
    </>
  );
}
