// Parts of a page that are fetched when they are needed. Where the network is down then, they come once it is back: what
// was entered beside them stays.
import { lazy, type ComponentType } from 'react';
import { network } from '../api/client';

const AGAIN = 2000;

export async function patiently<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      const answers = await fetch('/healthz', { cache: 'no-store' }).then(() => true, () => false);
      // The node is there and the file is not: it has another version by now.
      if (answers) throw error;
      network.set((now) => ({ ...now, reachable: false }));
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }
}

export function later<Props>(load: () => Promise<{ default: ComponentType<Props> }>) {
  return lazy<ComponentType<Props>>(() => patiently(load));
}
