// A document page by page, as pictures that the node draws with the reader's name on them: no file comes to this device
// but what the screen shows.
import { useEffect, useState } from 'react';
import { call, send } from '../../api/client';
import { useT } from '../../i18n';
import { Button, Dialog, Notice, Trouble, useWork } from '../../ui/parts';

export interface Viewed {
  path: string;  // of the version
  name: string;
}

export default function Viewer({ of, onClose }: { of: Viewed; onClose: () => void }) {
  const t = useT();
  const [pages, setPages] = useState(0);
  const [layers, setLayers] = useState<string[]>([]);  // of an archive: what each page is called
  const [page, setPage] = useState(1);
  const [loaded, setLoaded] = useState(0);
  const work = useWork();
  const { run } = work;
  useEffect(() => void run(async () => {
    const told = await call<{ pages: number; layers?: string[] }>('GET', `${of.path}/pages`, { patient: true });
    setPages(told.pages);
    setLayers(told.layers ?? []);
  }), [of.path]);
  const turn = (by: number) => setPage((now) => Math.min(Math.max(now + by, 1), pages));
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'PageDown' || event.key === 'ArrowRight') turn(1);
      else if (event.key === 'PageUp' || event.key === 'ArrowLeft') turn(-1);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [pages]);
  const address = `${of.path}/pages/${page}`;
  return (
    <Dialog title={of.name} onClose={onClose} wide>
      <p>{t('vault.view.text')}</p>
      <Trouble error={work.error} />
      {pages > 0 && !work.error && (
        <>
          <div className="row">
            <Button disabled={page <= 1} onClick={() => turn(-1)}>{t('vault.view.before')}</Button>
            <Button disabled={page >= pages} onClick={() => turn(1)}>{t('vault.view.after')}</Button>
            <span role="status">{t('vault.view.page', { n: page, of: pages })}{layers[page - 1] && `: ${layers[page - 1]}`}</span>
          </div>
          {loaded !== page && <Notice title={t('app.loading')} />}
          <div className="page-picture" role="group" aria-label={t('vault.view.page', { n: page, of: pages })} tabIndex={0}>
            <img key={address} src={address} alt={t('vault.view.alt', { n: page, name: of.name })} draggable={false}
                 onLoad={() => setLoaded(page)} onContextMenu={(event) => event.preventDefault()}
                 onError={() => void run(async () => void (await send('GET', address, { patient: true })))} />
          </div>
        </>
      )}
      <div className="row end"><Button look="primary" onClick={onClose}>{t('do.close')}</Button></div>
    </Dialog>
  );
}
