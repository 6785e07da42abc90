// What quality signs about an item: quarantine, release, and the recall of its lot, after a look at what that reaches.
import { useEffect, useState } from 'react';
import { call } from '../../api/client';
import type { Reach, Recorded, Trace } from '../../api/types';
import { useT } from '../../i18n';
import { read, type Known } from '../../scan/subject';
import { Button, Dialog, Notice, TextField, Trouble, useWork } from '../../ui/parts';
import { ReachTold } from './Recalls';

export type Act = 'quarantine' | 'release' | 'recall';

// These requests want texts or an id; a photograph is read for them.
async function nameOf(subject: Known): Promise<{ item: string } | { symbols: string[] }> {
  if ('item' in subject || 'symbols' in subject) return subject;
  return { symbols: (await read(subject)).symbols.map((one) => one.text) };
}

export function ActDialog({ act, of, subject, onDone, onClose }: {
  act: Act; of: Trace; subject: Known; onDone: () => void; onClose: () => void;
}) {
  const t = useT();
  const [reason, setReason] = useState('');
  const [reach, setReach] = useState<Reach | null>(null);
  const looking = useWork();
  const work = useWork();
  const what = { mpn: String(of.fields?.mpn ?? ''), lots: [String(of.fields?.lot ?? '')] };
  useEffect(() => {
    if (act === 'recall')
      void looking.run(async () => setReach(await call<Reach>('POST', '/v1/recall/reach', { body: what })));
  }, [act]);
  const submit = () => work.run(async () => {
    const body = act === 'recall' ? { ...what, reason } : { ...(await nameOf(subject)), reason };
    await call<Recorded>('POST', `/v1/${act}`, { body, patient: true });
    onDone();
  });
  return (
    <Dialog title={t(`trace.${act}`)} onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}>
        {act === 'recall' && (
          <>
            <Notice tone="warning"><p>{t('trace.recall.text', { mpn: what.mpn, lot: what.lots[0] ?? '' })}</p></Notice>
            <Trouble error={looking.error} />
            {reach && <ReachTold of={reach} />}
          </>
        )}
        <TextField label={t('trace.reason')} value={reason} onText={setReason} required maxLength={500} autoCapitalize="sentences" />
        <Trouble error={work.error} />
        <div className="row end">
          <Button look="quiet" onClick={onClose}>{t('do.cancel')}</Button>
          <Button look={act === 'release' ? 'primary' : 'danger'} type="submit" busy={work.busy}>{t(`trace.${act}`)}</Button>
        </div>
      </form>
    </Dialog>
  );
}
