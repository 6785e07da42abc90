// A sound for each verdict, told apart by pitch and rhythm.
import type { Word } from '../api/types';
import { preferences } from '../shell/preferences';

const TONES: Record<Word, { pitch: number; at: number; long: number }[]> = {
  ACCEPT: [{ pitch: 660, at: 0, long: 0.12 }, { pitch: 990, at: 0.13, long: 0.2 }],
  HOLD: [{ pitch: 520, at: 0, long: 0.18 }, { pitch: 520, at: 0.28, long: 0.18 }],
  REJECT: [{ pitch: 180, at: 0, long: 0.22 }, { pitch: 180, at: 0.3, long: 0.22 }, { pitch: 140, at: 0.6, long: 0.4 }],
};

let context: AudioContext | null = null;

export function play(word: Word): void {
  if (!preferences.get().sound) return;
  try {
    context ??= new AudioContext();
    // Browsers keep it silent until the person has touched the page; it is not worth an error.
    void context.resume().catch(() => undefined);
    for (const tone of TONES[word]) {
      const oscillator = context.createOscillator();
      const gain = context.createGain();
      const from = context.currentTime + tone.at;
      oscillator.type = word === 'REJECT' ? 'sawtooth' : 'sine';
      oscillator.frequency.value = tone.pitch;
      gain.gain.setValueAtTime(0.0001, from);
      gain.gain.exponentialRampToValueAtTime(0.25, from + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.0001, from + tone.long);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(from);
      oscillator.stop(from + tone.long + 0.02);
    }
  } catch {
    context = null;  // a device without sound
  }
}
