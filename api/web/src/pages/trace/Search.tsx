// Items that this node knows, by id, lot, part number or board.
import { useState } from 'react';
import { call } from '../../api/client';
import type { Found, KnownItem } from '../../api/types';
import { useT, whenText, wordFor } from '../../i18n';
import { store, useStore } from '../../store';
import { Button, SelectField, Table, TextField, Trouble, useWork } from '../../ui/parts';
import { VerdictMark } from '../../ui/Verdict';
import { trace } from './trace';

const KINDS = ['any', 'item', 'lot', 'mpn', 'board'] as const;

// What was asked and found, which stays when a find is opened.
const search = store<{ text: string; kind: (typeof KINDS)[number]; found: Found | null }>({ text: '', kind: 'any', found: null });

function Finds({ all, onOpen }: { all: KnownItem[]; onOpen: (item: string) => void }) {
  const t = useT();
  return (
    <Table label={t('search.found')} head={[t('search.verdict'), t('ship.part'), t('field.lot'), t('line.state'), t('search.supplier'), t('search.seen')]}>
      {all.map((one) => (
        <tr key={one.item}>
          <td>{one.verdict ? <span className="with-mark"><VerdictMark word={one.verdict.word} />{t(`verdict.${one.verdict.word}`)}</span> : '–'}</td>
          <td>
            <button type="button" className="link" aria-label={`${t('trace.open')}: ${one.item}`} onClick={() => onOpen(one.item)}>
              {String(one.fields.mpn ?? one.fields.customer_pn ?? t('trace.open'))}
            </button>{' '}
            {one.board && <span className="tag">{t('search.kind.board')}</span>}
            <br /><code>{one.item}</code>
          </td>
          <td>{one.fields.lot}</td>
          <td>{wordFor('status', one.state.status)}{one.state.holder && `, ${one.state.holder}`}</td>
          <td>{one.supplier}</td>
          <td className="when">{whenText(one.last_seen)}</td>
        </tr>
      ))}
    </Table>
  );
}

export function Search() {
  const t = useT();
  const now = useStore(search);
  const [open, setOpen] = useState(true);
  const work = useWork();
  const ask = (after?: string) => work.run(async () => {
    const body = { text: now.text.trim(), kind: now.kind, ...(after && { after }) };
    const found = await call<Found>('POST', '/v1/search', { body });
    search.set((before) => ({
      ...before, found: after && before.found ? { ...found, items: [...before.found.items, ...found.items] } : found,
    }));
    setOpen(true);
  });
  return (
    <section className="card apart" aria-label={t('search.title')}>
      <form role="search" onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}>
        <div className="search-grid">
          <TextField label={t('search.title')} hint={t('search.hint')} value={now.text} required maxLength={200}
                     onText={(text) => search.set({ ...now, text })} />
          <SelectField label={t('search.kind')} value={now.kind} choices={KINDS.map((value) => ({ value, label: t(`search.kind.${value}`) }))}
                       onText={(kind) => search.set({ ...now, kind: kind as (typeof KINDS)[number] })} />
        </div>
        <Button look="primary" type="submit" busy={work.busy}>{t('do.search')}</Button>
      </form>
      <Trouble error={work.error} />
      {now.found?.items.length === 0 && <p role="status">{t('search.none')}</p>}
      {now.found && now.found.items.length > 0 && (
        <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t('search.count', { n: now.found.items.length })}</summary>
          <Finds all={now.found.items} onOpen={(item) => {
            setOpen(false);
            void trace({ item });
          }} />
          {now.found.next && <Button busy={work.busy} onClick={() => void ask(now.found?.next)}>{t('do.more')}</Button>}
        </details>
      )}
    </section>
  );
}
