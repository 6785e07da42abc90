// The history as a picture, laid out by dagre from what came first to what came last. The list beside it says the same in words.
import { graphlib, layout } from '@dagrejs/dagre';
import { useMemo } from 'react';
import type { History, HistoryEvent, Trace } from '../../api/types';
import { countText, locale, useT } from '../../i18n';
import { eventText } from './trace';

const WIDTH = 190;
const HEIGHT = 84;
const MARGIN = 16;

interface Box {
  event: HistoryEvent;
  x: number;
  y: number;
}

const KINDS: Record<string, string> = {
  commission: 'made', receive: 'moved', ship: 'moved', quarantine: 'blocked', scrap: 'blocked', recall: 'blocked', release: 'freed',
};

function placed(trace: Trace): { boxes: Box[]; lines: string[]; width: number; height: number } {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 22, ranksep: 46, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  const histories: History[] = [...trace.ancestors, trace];
  const events = histories.flatMap((one) => one.events);
  const known = new Set(events.map((one) => one.envelope));
  for (const event of events) graph.setNode(event.envelope, { width: WIDTH, height: HEIGHT });
  for (const event of events)
    for (const before of event.prev) if (known.has(before)) graph.setEdge(before, event.envelope);
  // What something was made of leads to its first event.
  for (const one of histories)
    for (const parent of one.made_of ?? []) {
      const last = histories.find((other) => other.item === parent)?.events.at(-1);
      const first = one.events[0];
      if (last && first && last.envelope !== first.envelope) graph.setEdge(last.envelope, first.envelope);
    }
  layout(graph);
  const boxes = events.map((event) => {
    const { x, y } = graph.node(event.envelope) as { x: number; y: number };
    return { event, x: x - WIDTH / 2, y: y - HEIGHT / 2 };
  });
  const lines = graph.edges().map((edge) => {
    const { points } = graph.edge(edge) as { points: { x: number; y: number }[] };
    return points.map((point, at) => `${at === 0 ? 'M' : 'L'}${point.x.toFixed(1)} ${point.y.toFixed(1)}`).join('');
  });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { boxes, lines, width, height };
}

function cut(text: string, length: number): string {
  return [...text].length > length ? `${[...text].slice(0, length - 1).join('')}…` : text;
}

export default function Graph({ trace }: { trace: Trace }) {
  const t = useT();
  const { boxes, lines, width, height } = useMemo(() => placed(trace), [trace]);
  const label = t('trace.graph.label', { n: boxes.length });
  return (
    <div className="graph" role="region" aria-label={label} tabIndex={0}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        <defs>
          <marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">
            <path d="M0 0 10 5 0 10z" />
          </marker>
        </defs>
        {lines.map((line, at) => <path key={at} className="edge" d={line} markerEnd="url(#arrow)" />)}
        {boxes.map(({ event, x, y }) => (
          <g key={event.envelope} className={`event ${KINDS[event.what] ?? 'plain'}`} transform={`translate(${x} ${y})`}>
            <rect width={WIDTH} height={HEIGHT} rx="8" />
            <text x="14" y="26" className="event-what">
              {cut(eventText(event), 20)}{event.quantity !== undefined && ` · ${countText(event.quantity)}`}
            </text>
            <text x="14" y="48">{cut(event.org, 22)}</text>
            <text x="14" y="69" className="event-when">
              {new Date(event.time).toLocaleDateString(locale(), { dateStyle: 'medium' })}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}
