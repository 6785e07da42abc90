// Whom this organisation trusts, and for what: partners with their keys, and the policy with its versions. What an
// administrator changes here holds from the node's next start on.
import { useCallback, useEffect, useState } from 'react';
import { call } from '../../api/client';
import type { Partner, PolicyState } from '../../api/types';
import { useT, whenText } from '../../i18n';
import { Button, Confirm, Facts, Notice, Table, Trouble, useWork } from '../../ui/parts';
import { AddPartner } from './AddPartner';
import { Guests } from './Guests';
import { Policy } from './Policy';

function listed(texts: string[]): string {
  return texts.length === 0 ? '*' : texts.join(', ');
}

function OnePartner({ of, onRemove }: { of: Partner; onRemove: () => void }) {
  const t = useT();
  return (
    <section className="card apart" aria-label={of.org}>
      <h2>
        {of.org} {of.guest && <span className="tag">{t('partners.guest')}</span>} {!of.known && <span className="tag">{t('partners.unknown')}</span>}
        {of.from_next_start && <> <span className="tag">{t(`partners.next.${of.from_next_start}`)}</span></>}
      </h2>
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
      {!of.guest && of.from_next_start !== 'removed' && (
        <Button look="quiet" aria-label={`${t('partners.remove')}: ${of.org}`} onClick={onRemove}>{t('partners.remove')}</Button>
      )}
    </section>
  );
}

export default function Partners() {
  const t = useT();
  const [partners, setPartners] = useState<Partner[] | null>(null);
  const [policy, setPolicy] = useState<PolicyState | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const [warnings, setWarnings] = useState<string[]>([]);
  const [trouble, setTrouble] = useState('');
  const work = useWork();
  const { run } = work;
  const load = useCallback(async () => {
    const told = await call<{ partners: Partner[]; trouble?: string }>('GET', '/v1/partners');
    setPartners(told.partners);
    setTrouble(told.trouble ?? '');
    setPolicy(await call<PolicyState>('GET', '/v1/policy'));
  }, []);
  useEffect(() => void run(load), [load]);
  const waiting = partners?.some((one) => one.from_next_start) || policy?.file?.in_force === false;
  return (
    <>
      <h1>{t('partners.title')}</h1>
      <Trouble error={work.error} />
      {trouble && <Notice tone="bad" title={t('partners.trouble')}><p lang="en">{trouble}</p></Notice>}
      {waiting && <Notice live tone="warning" title={t('partners.waiting')} />}
      {warnings.length > 0 && <Notice live tone="warning" title={t('partners.also')}>{warnings.map((one) => <p key={one} lang="en">{one}</p>)}</Notice>}
      {partners?.length === 0 && <Notice title={t('node.partners.none')} />}
      {partners && partners.length > 0 && <p>{t('partners.text')}</p>}
      {partners?.map((one) => <OnePartner key={one.org} of={one} onRemove={() => setRemoving(one.org)} />)}
      {partners && <AddPartner known={partners.map((one) => one.org)} onAdded={() => void run(load)} />}
      <Guests />
      {policy && <Policy of={policy} onChanged={setPolicy} />}
      {removing && (
        <Confirm text={t('partners.remove.sure', { org: removing })} onNo={() => setRemoving(null)} onYes={() => {
          const org = removing;
          setRemoving(null);
          void run(async () => {
            setWarnings((await call<{ warnings: string[] }>('DELETE', `/v1/partners/${encodeURIComponent(org)}`)).warnings);
            await load();
          });
        }}>
          <p>{t('partners.remove.text')}</p>
        </Confirm>
      )}
    </>
  );
}
