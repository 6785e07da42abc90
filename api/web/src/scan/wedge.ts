// Handhelds in keyboard-wedge mode, caught wherever the focus is.
import { useEffect, useRef, useState } from 'react';
import { Bursts, ENDS_AFTER, HALF_WAITS, type Scan } from './burst';

type Editable = HTMLInputElement | HTMLTextAreaElement;

function editable(target: EventTarget | null): Editable | null {
  if (target instanceof HTMLTextAreaElement) return target;
  if (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'file', 'submit'].includes(target.type))
    return target;
  return null;
}

// As the person had it, past React's own bookkeeping of the value.
function restore(field: Editable, value: string): void {
  const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

// Calls `onScan` for each scan; true while one comes in. A field marked data-raw takes scans as text.
export function useWedge(onScan: (scan: Scan) => void): boolean {
  const [busy, setBusy] = useState(false);
  const listener = useRef(onScan);
  listener.current = onScan;
  useEffect(() => {
    const bursts = new Bursts();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let touched: { field: Editable; value: string } | null = null;
    let quietSince = 0;
    const tell = (scan: Scan | null) => scan && listener.current(scan);
    const end = () => {
      const scan = bursts.end(performance.now());
      touched = null;
      setBusy(false);
      tell(scan);
      if (bursts.waitsForHalf) timer = setTimeout(() => tell(bursts.lateHalf(performance.now())), HALF_WAITS + 100);
    };
    const down = (event: KeyboardEvent) => {
      const field = editable(event.target);
      if (field?.dataset.raw !== undefined || event.metaKey) return;
      // When it was pressed: a page that was busy meanwhile must not tear a scan apart.
      const at = event.timeStamp;
      if (at - quietSince > ENDS_AFTER) touched = field ? { field, value: field.value } : null;
      quietSince = at;
      const wasScan = bursts.isScan();
      const isScan = bursts.press({
        key: event.key, code: event.code, ctrl: event.ctrlKey, alt: event.altKey, shift: event.shiftKey, at,
      });
      clearTimeout(timer);
      timer = setTimeout(end, ENDS_AFTER);
      if (!isScan) return;
      event.preventDefault();
      event.stopPropagation();
      if (!wasScan) {
        setBusy(true);
        // The first keys went into a field before it was clear what they are.
        if (touched) restore(touched.field, touched.value);
      }
    };
    const up = (event: KeyboardEvent) => {
      if (event.key === 'Alt') bursts.releaseAlt(event.timeStamp);
    };
    addEventListener('keydown', down, true);
    addEventListener('keyup', up, true);
    return () => {
      clearTimeout(timer);
      removeEventListener('keydown', down, true);
      removeEventListener('keyup', up, true);
    };
  }, []);
  return busy;
}
