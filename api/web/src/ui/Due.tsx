// By when something is to be done, and how long there is until then.
import { locale, useT, whenText } from '../i18n';

const MINUTE = 60, HOUR = 3600, DAY = 24 * HOUR;

// "in 36 hours", "2 days ago", in the language of the page.
export function leftText(at: number): string {
  const left = at - Date.now() / 1000;
  const [unit, of] = Math.abs(left) < 2 * HOUR ? ['minute', MINUTE] as const
    : Math.abs(left) < 3 * DAY ? ['hour', HOUR] as const : ['day', DAY] as const;
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'always' }).format(Math.trunc(left / of), unit);
}

export function Due({ at, done }: { at: number; done?: boolean }) {
  const t = useT();
  if (done) return <span className="tag">{t('due.done')}</span>;
  const late = at * 1000 < Date.now();
  return (
    <>
      <span className={late ? 'tag bad' : 'tag'}>{late ? t('due.late') : leftText(at)}</span>
      <p>{whenText(at)}</p>
    </>
  );
}
