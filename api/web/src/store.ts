// A value that outlives the page that shows it, in this tab's memory only.
import { useSyncExternalStore } from 'react';

export interface Store<T> {
  get(): T;
  set(next: T | ((now: T) => T)): void;
  listen(listener: () => void): () => void;
}

const resets: (() => void)[] = [];

// `ofPerson`: goes back to its beginning when somebody else signs in.
export function store<T>(first: T, ofPerson = true): Store<T> {
  let value = first;
  const listeners = new Set<() => void>();
  const made: Store<T> = {
    get: () => value,
    set(next) {
      value = typeof next === 'function' ? (next as (now: T) => T)(value) : next;
      for (const listener of [...listeners]) listener();
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  if (ofPerson) resets.push(() => made.set(first));
  return made;
}

export function useStore<T>(of: Store<T>): T {
  return useSyncExternalStore(of.listen, of.get);
}

export function forgetPerson(): void {
  for (const reset of resets) reset();
}
