// Whom this organisation trusts, and for what: partners with their keys, and the policy with its versions.
import { useCallback, useEffect, useState } from 'react';
import { call } from '../api/client';
import type { Partner, PolicyVersion } from '../api/types';
import { useT, whenText } from '../i18n';
import { Facts, Notice, Table, Trouble, useWork } from '../ui/parts';
import { changed } from './diff';
import { Guests } from './Guests';

function listed(texts: string[]): string {
  return texts.length === 0 ? '*' : texts.join(', ');
}

function OnePartner({ of }: { of: Partner }) {
  const t = useT();
  return (
    <section className="card apart" aria-label={of.org}>
      <h2>{of.org} {of.guest && <span className="tag">{t('partners.guest')}</span>} {!of.known && <span className="tag">{t('partners.unknown')}</span>}</h2>
      <Facts of={[
        [t('partners.root'), <code key="root">{of.root}</code>],
        [t('partners.url'), of.url || t(of.guest ? 'partners.url.guest' : 'partners.url.none')],
        [t('partners.makes'), of.makes.length === 0 ? t('partners.makes.none')
          : of.makes.map((one) => `${listed(one.mpns)}${one.names.length > 0 ? ` (${one.names.join(', ')})` : ''}`).join('; ')],
        [t('partners.authorised'), of.authorised.length === 0 ? t('partners.authorised.none')
          : of.authorised.map((one) => `${one.org}: ${listed(one.mpns)}${one.not_after ? `, ${t('partners.until', { until: whenText(one.not_after) })}` : ''}`).join('; ')],
        [t('partners.recalls'), of.recalls],
      ]} />
      {of.keys.length > 0 && (
        <details>
          <summary>{t('partners.keys', { n: of.keys.length })}</summary>
          <Table label={`${of.org}: ${t('partners.key')}`} head={[t('partners.key'), t('partners.key.role'), t('partners.key.may'), t('partners.key.times'), t('users.state')]}>
            {of.keys.map((key) => (
              <tr key={key.key}>
                <td><code>{key.key}</code></td>
                <td>{key.role}</td>
                <td>{listed(key.may)}</td>
                <td>{key.not_before ? whenText(key.not_before) : '–'} … {key.not_after ? whenText(key.not_after) : '–'}</td>
                <td><span className="tag">{t(key.revoked ? 'partners.key.revoked' : 'partners.key.good')}</span></td>
              </tr>
            ))}
          </Table>
        </details>
      )}
    </section>
  );
}

function Policy({ versions }: { versions: PolicyVersion[] }) {
  const t = useT();
  return (
    <section className="card apart" aria-label={t('policy.title')}>
      <h2>{t('policy.title')}</h2>
      <p>{t('policy.text')}</p>
      {versions.map((one, at) => (
        <details key={one.number}>
          <summary>
            {t('policy.version', { version: one.version, since: whenText(one.since) })}
            {at === 0 && <> <span className="tag">{t('policy.now')}</span></>}
          </summary>
          <pre className="policy" role="region" tabIndex={0} aria-label={t('policy.version', { version: one.version, since: whenText(one.since) })}>
            {changed(versions[at + 1]?.text, one.text).map((line, which) => (
              <code key={which} className={line.kind}>{{ same: '  ', added: '+ ', gone: '− ' }[line.kind]}{line.text}{'\n'}</code>
            ))}
          </pre>
        </details>
      ))}
    </section>
  );
}

export default function Partners() {
  const t = useT();
  const [partners, setPartners] = useState<Partner[] | null>(null);
  const [versions, setVersions] = useState<PolicyVersion[]>([]);
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => {
    setPartners((await call<{ partners: Partner[] }>('GET', '/v1/partners')).partners);
    setVersions((await call<{ versions: PolicyVersion[] }>('GET', '/v1/policy')).versions);
  }, []);
  useEffect(() => void run(load), [load]);
  return (
    <>
      <h1>{t('partners.title')}</h1>
      <Trouble error={work.error} />
      {partners?.length === 0 && <Notice title={t('node.partners.none')} />}
      {partners && partners.length > 0 && <p>{t('partners.text')}</p>}
      {partners?.map((one) => <OnePartner key={one.org} of={one} />)}
      <Guests />
      {versions.length > 0 && <Policy versions={versions} />}
    </>
  );
}
