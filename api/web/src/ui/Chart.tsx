// Bars of counts, one on the other, in colours and patterns. The table beside them says the same to who can't see them.
import { useEffect, useId, useRef, useState } from 'react';
import { countText } from '../i18n';

export interface Bar {
  label: string;
  parts: number[];  // of each series
}

const HEIGHT = 220;
const LEFT = 48, RIGHT = 8, TOP = 12, BOTTOM = 28;
const LABEL_WIDTH = 62, WIDEST = 72;

// A round number that is not less.
function ceiling(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return [1, 2, 5, 10].map((step) => step * power).find((one) => one >= most) ?? most;
}

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [place, width];
}

export function Chart({ label, series, bars }: { label: string; series: { name: string; look: string }[]; bars: Bar[] }) {
  const [place, width] = useWidth();
  const id = useId();
  const paint = (look: string | undefined) => (look === 'hold' || look === 'reject' ? `url(#${id}-${look})` : undefined);
  const top = ceiling(Math.max(0, ...bars.map((bar) => bar.parts.reduce((sum, one) => sum + one, 0))));
  const step = (width - LEFT - RIGHT) / Math.max(1, bars.length);
  const high = (count: number) => (count / top) * (HEIGHT - TOP - BOTTOM);
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / Math.max(1, step)));
  return (
    <figure className="chart">
      <div ref={place}>
        {width > 0 && (
          <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={label}>
            <defs>
              <pattern id={`${id}-hold`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width="6" height="6" className="ground hold" /><path d="M0 0V6" className="pattern-line" />
              </pattern>
              <pattern id={`${id}-reject`} width="6" height="6" patternUnits="userSpaceOnUse">
                <rect width="6" height="6" className="ground reject" /><path d="M0 0H6M0 0V6" className="pattern-line light" />
              </pattern>
            </defs>
            {[0, top / 2, top].filter((one) => Number.isInteger(one)).map((one) => (
              <g key={one} className="axis">
                <path d={`M${LEFT} ${HEIGHT - BOTTOM - high(one)}H${width - RIGHT}`} />
                <text x={LEFT - 8} y={HEIGHT - BOTTOM - high(one) + 5} textAnchor="end">{countText(one)}</text>
              </g>
            ))}
            {bars.map((bar, at) => {
              let below = 0;
              const wide = Math.min(WIDEST, Math.max(1, step * 0.76));
              const x = LEFT + at * step + (step - wide) / 2;
              return (
                <g key={bar.label}>
                  {bar.parts.map((count, which) => {
                    const y = HEIGHT - BOTTOM - high(below + count);
                    below += count;
                    return count > 0 && (
                      <rect key={which} className={series[which]?.look} fill={paint(series[which]?.look)} x={x} y={y} width={wide} height={high(count)} />
                    );
                  })}
                  {at % every === 0 && <text x={x + wide / 2} y={HEIGHT - 8} textAnchor="middle">{bar.label}</text>}
                </g>
              );
            })}
          </svg>
        )}
      </div>
      {series.length > 1 && (
        <figcaption>
          {series.map((one) => (
            <span key={one.look}><svg viewBox="0 0 16 16" aria-hidden="true"><rect className={one.look} fill={paint(one.look)} width="16" height="16" /></svg> {one.name}</span>
          ))}
        </figcaption>
      )}
    </figure>
  );
}
