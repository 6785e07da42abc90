// The verdict, to be seen at arm's length: colour, shape and word; its reasons, and what to do next.
import { translate, useT, wordFor, type Key } from '../i18n';
import type { Finding, Verdict, Word } from '../api/types';

const SHAPES: Record<Word, string> = {
  ACCEPT: 'M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20Zm-5 10.5 3.5 3.5L17.5 9',
  HOLD: 'M12 2.5 22.5 21h-21ZM12 9v6m0 2.6v.2',
  REJECT: 'M8 2h8l6 6v8l-6 6H8l-6-6V8ZM8.5 8.5l7 7m0-7-7 7',
};

export function VerdictMark({ word }: { word: Word }) {
  return (
    <svg className={`verdict-mark ${word.toLowerCase()}`} viewBox="0 0 24 24" aria-hidden="true"><path d={SHAPES[word]} /></svg>
  );
}

export function VerdictBanner({ word, detail }: { word: Word | null; detail?: string }) {
  const t = useT();
  if (!word) return <div className="verdict waiting"><p className="verdict-word">{detail ?? t('verdict.none')}</p></div>;
  return (
    <div className={`verdict ${word.toLowerCase()}`} data-verdict={word}>
      <VerdictMark word={word} />
      <div>
        <p className="verdict-word">{t(`verdict.${word}`)}</p>
        {detail && <p className="verdict-detail">{detail}</p>}
      </div>
    </div>
  );
}

// The family of a rule that this page knows, as 'custody' of 'custody.elsewhere'.
function familyOf(rule: string): string {
  const family = rule.split('.')[0] ?? '';
  return wordFor('rule', family, '') ? family : 'other';
}

export function Findings({ findings }: { findings: Finding[] }) {
  const t = useT();
  if (findings.length === 0) return <p>{t('verdict.no-reasons')}</p>;
  return (
    <ul className="findings">
      {findings.map((finding, at) => {
        const family = familyOf(finding.rule);
        return (
          <li key={at} className={finding.severity}>
            <p className="finding-head">
              <strong>{wordFor('finding', finding.rule, t(`rule.${family}` as Key))}</strong> <span className="tag">{wordFor('severity', finding.severity)}</span>{' '}
              <code>{finding.rule}</code>
            </p>
            <p lang="en">{finding.text}</p>
            <p className="hint">{wordFor('finding', `${finding.rule}.next`, t(`rule.${family}.next` as Key))}</p>
            {finding.evidence.length > 0 && (
              <details>
                <summary>{t('verdict.evidence')}</summary>
                <ul>
                  {finding.evidence.map((one, which) => (
                    <li key={which}>{t('verdict.evidence.one', { org: one.org, what: wordFor('event', one.what), index: one.index })}</li>
                  ))}
                </ul>
              </details>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function nextText(of: Verdict, at: 'receive' | 'line'): string {
  if (of.next !== 'put-back') return translate(`next.${at}.${of.next}`);
  const positions = of.belongs?.join(', ');
  return positions ? translate('next.put-back', { positions }) : translate('next.put-back.nowhere');
}

export function Reasons({ of, at }: { of: Verdict; at: 'receive' | 'line' }) {
  const t = useT();
  return (
    <>
      <p className="next"><strong>{t('verdict.next')}:</strong> {nextText(of, at)}</p>
      <h2>{t('verdict.reasons')}</h2>
      <Findings findings={of.findings} />
      <details>
        <summary>{t('verdict.sources')}</summary>
        <ul>
          {of.sources?.map((source) => (
            <li key={source.origin}>
              {t('verdict.source.age', { org: source.org, size: source.size, age: source.age_seconds })}
              {(source.frozen ?? source.alarm) && <> <span className="error" lang="en">{source.frozen ?? source.alarm}</span></>}
            </li>
          ))}
        </ul>
        <p className="hint">{t('verdict.time', { ms: Math.round(of.ms), policy: of.policy })}</p>
      </details>
    </>
  );
}
