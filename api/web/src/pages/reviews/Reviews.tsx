// What has to be looked at again and again: duties, the access log by quarter, who answers for what, partners' papers.
import { useCallback, useEffect, useState } from 'react';
import { call, session } from '../../api/client';
import type { Agreement, Certificate, Duty, Project, Raci, Share } from '../../api/vault';
import { useT, wordFor } from '../../i18n';
import { useStore } from '../../store';
import { Due } from '../../ui/Due';
import { Button, Notice, Table, Trouble, useWork } from '../../ui/parts';
import { AccessReviews } from './AccessReviews';
import { Certificates } from './Certificates';
import { PartnerPapers } from './PartnerPapers';
import { RaciTables } from './RaciTables';

function Duties({ all }: { all: Duty[] }) {
  const t = useT();
  return (
    <section className="card apart" aria-label={t('review.duties')}>
      <h2>{t('review.duties')}</h2>
      {all.length === 0 ? <Notice title={t('review.duties.none')} /> : (
        <Table short label={t('review.duties')} head={[t('due.due'), t('review.duty'), t('review.about'), t('trace.details')]}>
          {all.map((one, at) => (
            <tr key={at}>
              <td><Due at={one.due} /></td>
              <td>{wordFor('review.duty', one.kind)}</td>
              <td>{one.about}</td>
              <td lang="en">{one.text}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

interface All {
  duties: Duty[];
  racis: Raci[];
  projects: Project[];
  shares: Share[];
  certificates: Certificate[];
  agreements: Agreement[];
}

export default function Reviews() {
  const t = useT();
  const org = useStore(session).who?.org ?? '';
  const [all, setAll] = useState<All | null>(null);
  const [version, setVersion] = useState(0);
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => {
    const list = async <T,>(path: string, name: string) => (await call<Record<string, T[]>>('GET', `/v1/vault/${path}`))[name] ?? [];
    setAll({
      duties: await list('duties', 'duties'), racis: await list('raci', 'projects'), projects: await list('projects', 'projects'),
      shares: await list('shares', 'shares'), certificates: await list('certificates', 'certificates'), agreements: await list('agreements', 'agreements'),
    });
    setVersion((now) => now + 1);
  }, []);
  useEffect(() => void run(load), [load]);
  const changed = () => void run(load);
  const partners = all ? [...new Set([
    ...all.agreements.map((one) => (one.drafter === org ? one.partner : one.drafter)),
    ...all.shares.flatMap((one) => [one.owner, one.recipient]),
    ...all.certificates.map((one) => one.partner),
  ])].filter((one) => one !== org).sort() : [];
  return (
    <>
      <div className="row">
        <h1>{t('review.title')}</h1>
        <Button look="quiet" busy={work.busy} onClick={changed}>{t('do.refresh')}</Button>
      </div>
      <Trouble error={work.error} />
      {all && (
        <>
          <Duties all={all.duties} />
          <AccessReviews shares={all.shares.filter((one) => one.owner === org && !one.ended && one.end * 1000 > Date.now())} version={version} onChanged={changed} />
          <RaciTables all={all.racis} projects={all.projects} onChanged={changed} />
          <Certificates all={all.certificates} partners={partners} onChanged={changed} />
          <PartnerPapers partners={partners} version={version} onChanged={changed} />
        </>
      )}
    </>
  );
}
