// What is here: how old it is, which floor lives run out, which parts are short or obsolete.
import { useEffect, useState } from 'react';
import { call, Problem, send, session } from '../../api/client';
import type { FloorClock, Stock as StockNow, StockPart } from '../../api/types';
import { countText, useT, whenText, wordFor } from '../../i18n';
import { useStore } from '../../store';
import { Chart } from '../../ui/Chart';
import { FileButton, Notice, Problems, Table, Trouble, useWork } from '../../ui/parts';

const HOUR = 3600;

function partText(fields: Record<string, unknown>): string {
  return String(fields.mpn ?? fields.customer_pn ?? '');
}

export function Ages({ version }: { version: number }) {
  const t = useT();
  const [stock, setStock] = useState<StockNow | null>(null);
  const { error, run } = useWork();
  useEffect(() => void run(async () => setStock(await call<StockNow>('GET', '/v1/stock', { query: { limit: '20' } }))), [version]);
  let from = 0;
  const bars = stock?.in_all.ages.map((one) => {
    const label = one.up_to_days === null ? t('stock.older', { n: from }) : t('stock.up-to', { n: one.up_to_days });
    from = one.up_to_days ?? from;
    return { label, parts: [one.items], of: one };
  });
  return (
    <section className="card apart" aria-label={t('stock.ages')}>
      <h2>{t('stock.ages')}</h2>
      <Trouble error={error} />
      {stock && bars && (
        <>
          <p>{t('stock.in-all', { items: countText(stock.in_all.items), parts: countText(stock.in_all.parts) })}</p>
          {stock.in_all.items > 0 && (
            <>
              <div className="columns">
                <Chart label={t('stock.ages')} series={[{ name: t('stock.items'), look: 'plain' }]} bars={bars} />
                <Table label={t('stock.ages')} head={[t('stock.age'), t('stock.items'), t('stock.parts')]}>
                  {bars.map((one) => (
                    <tr key={one.label}>
                      <td>{one.label}</td><td className="number">{countText(one.of.items)}</td><td className="number">{countText(one.of.parts)}</td>
                    </tr>
                  ))}
                </Table>
              </div>
              <h3>{t('stock.oldest')}</h3>
              <Table label={t('stock.oldest')} head={[t('ship.part'), t('field.lot'), t('stock.days'), t('stock.days-left')]} short>
                {stock.items.map((one) => (
                  <tr key={one.item}>
                    <td>{partText(one.fields)}</td>
                    <td>{one.fields.lot}</td>
                    <td className="number">{countText(one.days)}</td>
                    <td className="number">{one.days_left === undefined ? '–' : one.days_left < 0 ? <strong className="error">{t('stock.over')}</strong> : countText(one.days_left)}</td>
                  </tr>
                ))}
              </Table>
            </>
          )}
        </>
      )}
    </section>
  );
}

export function FloorLives({ version }: { version: number }) {
  const t = useT();
  const [clocks, setClocks] = useState<FloorClock[] | null>(null);
  const { error, run } = useWork();
  useEffect(() => void run(async () => setClocks((await call<{ clocks: FloorClock[] }>('GET', '/v1/stock/floor-lives')).clocks)), [version]);
  return (
    <section className="card apart" aria-label={t('floor.title')}>
      <h2>{t('floor.title')}</h2>
      <Trouble error={error} />
      {clocks?.length === 0 && <p>{t('floor.none')}</p>}
      {clocks && clocks.length > 0 && (
        <Table label={t('floor.title')} head={[t('ship.part'), t('field.lot'), t('field.msl'), t('trace.feeder'), t('line.state'), t('floor.left')]}>
          {clocks.map((one) => {
            const left = one.left_seconds / HOUR;
            const told = left <= 0 ? t('floor.over') : t('floor.hours', { left: left.toFixed(1), all: Math.round(one.of_seconds / HOUR) });
            return (
              <tr key={one.item}>
                <td>{partText(one.fields)}</td>
                <td>{one.fields.lot}</td>
                <td>{one.level}</td>
                <td>{one.feeder ?? '–'}</td>
                <td><span className="tag">{t(one.open ? 'floor.open' : 'floor.dry')}</span></td>
                <td>
                  <meter min={0} max={one.of_seconds} low={one.of_seconds * 0.25} optimum={one.of_seconds} value={Math.max(0, one.left_seconds)} aria-label={told} />
                  {left <= 0 ? <strong className="error">{told}</strong> : told}
                </td>
              </tr>
            );
          })}
        </Table>
      )}
    </section>
  );
}

export function Parts({ version }: { version: number }) {
  const t = useT();
  const { who } = useStore(session);
  const [parts, setParts] = useState<StockPart[] | null>(null);
  const [problems, setProblems] = useState<string[]>([]);
  const [told, setTold] = useState<string | null>(null);
  const work = useWork();
  const load = async () => setParts((await call<{ parts: StockPart[] }>('GET', '/v1/stock/parts')).parts);
  useEffect(() => void work.run(load), [version]);
  const take = (file: File) => void work.run(async () => {
    setProblems([]);
    setTold(null);
    try {
      const answer = await send('POST', '/v1/parts', { content: new Blob([await file.text()], { type: 'text/csv' }) });
      const { imported, removed } = (await answer.json()) as { imported: number; removed: number };
      setTold(t('parts.imported', { n: imported, removed }));
    } catch (error) {
      if (!(error instanceof Problem) || !Array.isArray(error.more.errors)) throw error;
      setProblems((error.more.errors as { row: number; text: string }[]).map((one) => t('parts.row', { n: one.row, why: one.text })));
      return;
    }
    await load();
  });
  const wanting = (one: StockPart) => Number(one.below ?? false) + Number(one.obsolete ?? false) + Number(one.too_old > 0);
  return (
    <section className="card apart" aria-label={t('parts.title')}>
      <h2>{t('parts.title')}</h2>
      <Trouble error={work.error} />
      {parts?.length === 0 && <p>{t('parts.none')}</p>}
      {parts && parts.length > 0 && (
        <Table label={t('parts.title')} head={[t('field.mpn'), t('stock.items'), t('stock.parts'), t('parts.reorder'), t('parts.lifecycle'), t('stock.oldest-of'), t('parts.wanting')]} short>
          {[...parts].sort((a, b) => wanting(b) - wanting(a)).map((one) => (
            <tr key={one.mpn}>
              <td><strong>{one.mpn}</strong></td>
              <td className="number">{countText(one.items)}</td>
              <td className="number">{countText(one.parts)}</td>
              <td className="number">{one.reorder_point === undefined ? '–' : countText(one.reorder_point)}</td>
              <td>{one.lifecycle ? wordFor('lifecycle', one.lifecycle) : '–'}</td>
              <td className="when">{one.oldest ? whenText(one.oldest) : '–'}</td>
              <td>
                {one.below && <><span className="tag bad">{t('parts.below')}</span> </>}
                {one.obsolete && <><span className="tag bad">{t('parts.obsolete')}</span> </>}
                {one.too_old > 0 && <span className="tag bad">{t('parts.too-old', { n: one.too_old })}</span>}
              </td>
            </tr>
          ))}
        </Table>
      )}
      <Problems all={problems} />
      {told && <Notice live tone="good" title={told} />}
      {who?.accesses.includes('parts') && (
        <>
          <p className="hint">{t('parts.hint')} <code>mpn,reorder_point,lifecycle,shelf_life_days,package,body_mm,marking,introduced,last_ship,msl</code></p>
          <FileButton accept=".csv,.txt,text/csv,text/plain" onFile={take}>{t('parts.import')}</FileButton>
        </>
      )}
    </section>
  );
}
