// What a person likes on this device. Nothing else is kept in the browser's storage.
import { store } from '../store';

export type Theme = 'system' | 'light' | 'dark';

const KEYS = { theme: 'reelproof.theme', sound: 'reelproof.sound' };

function kept(): { theme: Theme; sound: boolean } {
  const theme = localStorage.getItem(KEYS.theme);
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    sound: localStorage.getItem(KEYS.sound) !== 'off',
  };
}

export const preferences = store(kept(), false);

function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function startTheme(): void {
  show(preferences.get().theme);
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEYS.theme, theme);
  preferences.set((now) => ({ ...now, theme }));
  show(theme);
}

export function chooseSound(sound: boolean): void {
  localStorage.setItem(KEYS.sound, sound ? 'on' : 'off');
  preferences.set((now) => ({ ...now, sound }));
}
