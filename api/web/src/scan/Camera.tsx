// The camera in the page: symbols are read as they come into view, several at once. Loaded when it is opened.
import { useEffect, useRef, useState } from 'react';
import { useT } from '../i18n';
import { store, useStore } from '../store';
import { announce } from '../ui/announce';
import { Button, Check, Dialog, Notice, SelectField } from '../ui/parts';

interface Props {
  onTexts: (texts: string[]) => void;
  onPicture: (picture: Blob) => void;
  onClose: () => void;
}

// The DOM's types don't know of lights.
type Capabilities = MediaTrackCapabilities & { torch?: boolean };

// Of this device, while the page is open.
const chosenLens = store('', false);

// So many pictures in a row without a symbol that is new: then all of the label was read.
const SETTLED = 4;
const BETWEEN = 120;

async function openStream(lens: string): Promise<MediaStream> {
  const size = { width: { ideal: 1920 }, height: { ideal: 1080 } };
  const which = lens ? { deviceId: { exact: lens } } : { facingMode: 'environment' };
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { ...which, ...size } });
}

function pictureOf(video: HTMLVideoElement): ImageData | null {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context || canvas.width === 0) return null;
  context.drawImage(video, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

export default function Camera({ onTexts, onPicture, onClose }: Props) {
  const t = useT();
  const video = useRef<HTMLVideoElement>(null);
  const track = useRef<MediaStreamTrack | null>(null);
  const [lenses, setLenses] = useState<MediaDeviceInfo[]>([]);
  const lens = useStore(chosenLens);
  const [hasTorch, setHasTorch] = useState(false);
  const [torch, setTorch] = useState(false);
  const [read, setRead] = useState<string[]>([]);
  const [state, setState] = useState<'starting' | 'on' | 'none'>('starting');
  const done = useRef(onTexts);
  done.current = onTexts;

  useEffect(() => {
    const worker = new Worker(new URL('./reader.worker.ts', import.meta.url), { type: 'module' });
    const seen = new Set<string>();
    let settled = 0;
    let stream: MediaStream | null = null;
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    setState('starting');
    setTorch(false);
    const look = () => {
      const picture = video.current && pictureOf(video.current);
      if (picture) worker.postMessage(picture, [picture.data.buffer]);
      else timer = setTimeout(look, BETWEEN);
    };
    worker.onerror = () => setState('none');
    worker.onmessage = (event: MessageEvent<{ texts: string[] }>) => {
      if (stopped) return;
      const before = seen.size;
      for (const text of event.data.texts) seen.add(text);
      settled = seen.size === before ? settled + 1 : 0;
      if (seen.size > before) setRead([...seen]);
      if (seen.size > 0 && settled >= SETTLED) {
        stopped = true;
        done.current([...seen]);
        return;
      }
      timer = setTimeout(look, BETWEEN);
    };
    void (async () => {
      try {
        stream = await openStream(lens);
        if (stopped) {
          for (const one of stream.getTracks()) one.stop();
          return;
        }
        track.current = stream.getVideoTracks()[0] ?? null;
        setHasTorch((track.current?.getCapabilities?.() as Capabilities | undefined)?.torch === true);
        setLenses((await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === 'videoinput'));
        if (video.current) {
          video.current.srcObject = stream;
          await video.current.play();
        }
        setState('on');
        look();
      } catch {
        if (!stopped) setState('none');
      }
    })();
    return () => {
      stopped = true;
      clearTimeout(timer);
      worker.terminate();
      for (const one of stream?.getTracks() ?? []) one.stop();
    };
  }, [lens]);

  useEffect(() => {
    if (read.length > 0) announce(t('camera.aim', { n: read.length }));
  }, [read, t]);

  const light = (on: boolean) => {
    setTorch(on);
    void track.current?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }).catch(() => setTorch(false));
  };
  const shoot = () => {
    const canvas = document.createElement('canvas');
    if (!video.current) return;
    canvas.width = video.current.videoWidth;
    canvas.height = video.current.videoHeight;
    canvas.getContext('2d')?.drawImage(video.current, 0, 0);
    canvas.toBlob((blob) => blob && onPicture(blob), 'image/jpeg', 0.92);
  };
  return (
    <Dialog title={t('camera.title')} onClose={onClose} wide>
      {state === 'none' && <Notice live tone="warning" title={t('camera.none')}><p>{t('camera.none.text')}</p></Notice>}
      <div className="camera" hidden={state === 'none'}>
        <video ref={video} playsInline muted aria-label={t('camera.title')} />
        <p className="camera-state">
          {state === 'starting' ? t('camera.start') : t('camera.aim', { n: read.length })}
        </p>
      </div>
      <div className="row">
        {read.length > 0 && <Button look="primary" onClick={() => onTexts(read)}>{t('camera.use')}</Button>}
        {state === 'on' && <Button icon="photo" onClick={shoot}>{t('camera.shot')}</Button>}
        {hasTorch && <Check label={t('camera.torch')} checked={torch} onCheck={light} />}
        <Button look="quiet" onClick={onClose}>{t('do.close')}</Button>
      </div>
      {lenses.length > 1 && (
        <SelectField label={t('camera.lens')} value={lens || (track.current?.getSettings().deviceId ?? '')} onText={(id) => chosenLens.set(id)}
                     choices={lenses.map((one, at) => ({ value: one.deviceId, label: one.label || String(at + 1) }))} />
      )}
    </Dialog>
  );
}
