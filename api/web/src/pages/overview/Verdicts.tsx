// What the checks came to, by day and by supplier.
import { useEffect, useState, type ReactNode } from 'react';
import { call } from '../../api/client';
import type { Counts, DayOfVerdicts, SupplierVerdicts, Word } from '../../api/types';
import { countText, locale, useT, wordFor } from '../../i18n';
import { Chart } from '../../ui/Chart';
import { SelectField, Table, Trouble, useWork } from '../../ui/parts';

const WORDS: Word[] = ['ACCEPT', 'HOLD', 'REJECT'];
const PERIODS = ['7', '30', '90', '365'] as const;
const DAY = 86_400_000;

function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

// Days without a check are there, too.
function allDays(days: DayOfVerdicts[], from: string, to: string): DayOfVerdicts[] {
  const known = new Map(days.map((one) => [one.day, one]));
  const out: DayOfVerdicts[] = [];
  for (let time = Date.parse(from); time <= Date.parse(to); time += DAY) {
    const day = isoDay(time);
    out.push(known.get(day) ?? { day, ACCEPT: 0, HOLD: 0, REJECT: 0, rules: {} });
  }
  return out;
}

function rulesText(of: Counts): string {
  return Object.entries(of.rules).sort((a, b) => b[1] - a[1]).slice(0, 4)
    .map(([rule, count]) => `${wordFor('finding', rule)} (${countText(count)})`).join(', ');
}

function dayText(day: string): string {
  return new Date(`${day}T00:00:00`).toLocaleDateString(locale(), { day: 'numeric', month: 'short' });
}

function CountsTable({ label, first, rows }: {
  label: string; first: string; rows: { key: string; name: ReactNode; look?: string; of: Counts }[];
}) {
  const t = useT();
  return (
    <Table label={label} head={[first, ...WORDS.map((word) => t(`verdict.${word}`)), t('overview.rules')]} short fits>
      {rows.map(({ key, name, look, of }) => (
        <tr key={key}>
          <td className={look}>{name}</td>
          {WORDS.map((word) => <td key={word} className="number">{countText(of[word])}</td>)}
          <td>{rulesText(of)}</td>
        </tr>
      ))}
    </Table>
  );
}

export function Verdicts({ version }: { version: number }) {
  const t = useT();
  const [period, setPeriod] = useState<(typeof PERIODS)[number]>('30');
  const [days, setDays] = useState<DayOfVerdicts[] | null>(null);
  const [suppliers, setSuppliers] = useState<SupplierVerdicts[]>([]);
  const { error, run } = useWork();
  useEffect(() => void run(async () => {
    const to = isoDay(Date.now()), from = isoDay(Date.now() - (Number(period) - 1) * DAY);
    const query = { from, to };
    setDays(allDays((await call<{ days: DayOfVerdicts[] }>('GET', '/v1/insight/verdicts', { query })).days, from, to));
    setSuppliers((await call<{ suppliers: SupplierVerdicts[] }>('GET', '/v1/insight/suppliers', { query })).suppliers);
  }), [period, version]);
  const sum = (word: Word) => days?.reduce((all, one) => all + one[word], 0) ?? 0;
  const told = days?.filter((one) => WORDS.some((word) => one[word] > 0)).reverse() ?? [];
  return (
    <>
      <section className="card apart" aria-label={t('overview.verdicts')}>
        <h2>{t('overview.verdicts')}</h2>
        <div className="form-grid">
          <SelectField label={t('overview.period')} value={period} onText={(now) => setPeriod(now as (typeof PERIODS)[number])}
                       choices={PERIODS.map((value) => ({ value, label: t('overview.days', { n: value }) }))} />
        </div>
        <Trouble error={error} />
        {days && (
          <div className="columns">
            <Chart label={t('overview.verdicts.label', { accept: sum('ACCEPT'), hold: sum('HOLD'), reject: sum('REJECT') })}
                   series={WORDS.map((word) => ({ name: t(`verdict.${word}`), look: word.toLowerCase() }))}
                   bars={days.map((one) => ({ label: dayText(one.day), parts: WORDS.map((word) => one[word]) }))} />
            {told.length === 0 ? <p>{t('overview.verdicts.none')}</p> : (
              <CountsTable label={t('overview.verdicts')} first={t('overview.day')}
                           rows={told.map((one) => ({ key: one.day, name: dayText(one.day), look: 'when', of: one }))} />
            )}
          </div>
        )}
      </section>
      {suppliers.length > 0 && (
        <section className="card apart" aria-label={t('overview.suppliers')}>
          <h2>{t('overview.suppliers')}</h2>
          <div className="columns">
            <Chart label={t('overview.suppliers')} series={WORDS.map((word) => ({ name: t(`verdict.${word}`), look: word.toLowerCase() }))}
                   bars={suppliers.slice(0, 8).map((one) => ({ label: (one.org || t('overview.nobody')).split('.')[0] ?? '', parts: WORDS.map((word) => one[word]) }))} />
            <CountsTable label={t('overview.suppliers')} first={t('search.supplier')}
                         rows={suppliers.map((one) => ({ key: one.org, name: <strong>{one.org || t('overview.nobody')}</strong>, of: one }))} />
          </div>
        </section>
      )}
    </>
  );
}
