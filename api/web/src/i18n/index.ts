// Which language the page speaks: what the person chose on this device, else the browser's.
import { store, useStore } from '../store';
import { patiently } from '../ui/later';
import { en, type Dictionary, type Key } from './en';

export type { Key } from './en';
export type Language = 'en' | 'zh';
export type Values = Record<string, string | number>;
export type Translate = (key: Key, values?: Values) => string;

const REMEMBERED = 'reelproof.language';

const spoken = store<{ language: Language; words: Dictionary }>({ language: 'en', words: en }, false);

function wanted(): Language {
  const chosen = localStorage.getItem(REMEMBERED);
  if (chosen === 'en' || chosen === 'zh') return chosen;
  const first = navigator.languages.find((one) => /^(en|zh)\b/i.test(one));
  return first?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

async function speak(language: Language): Promise<void> {
  const words = language === 'zh' ? (await patiently(() => import('./zh'))).zh : en;
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
  spoken.set({ language, words });
}

export function startLanguage(): Promise<void> {
  return speak(wanted());
}

export function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(REMEMBERED, language);
  return speak(language);
}

// Also for code outside of a component.
export const translate: Translate = (key, values) => {
  const text = spoken.get().words[key];
  return values ? text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all)) : text;
};

export function useLanguage(): Language {
  return useStore(spoken).language;
}

export function useT(): Translate {
  useStore(spoken);
  return translate;
}

// A key that may not be there, as for a rule that is newer than this page.
export function wordFor(family: string, name: string, otherwise: string = name): string {
  const key = `${family}.${name}`;
  return key in en ? translate(key as Key) : otherwise;
}

export function locale(): string {
  return spoken.get().language === 'zh' ? 'zh-CN' : 'en-GB';
}

export function whenText(time: string | number): string {
  const date = new Date(typeof time === 'number' ? time * 1000 : time);
  return Number.isNaN(date.getTime())
    ? String(time)
    : date.toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });
}

export function countText(count: number): string {
  return count.toLocaleString(locale());
}
