// The pages, what each asks of a person, and where somebody begins. The same paths are in api/routes/portal.cc.
import { store, useStore } from '../store';
import type { IconName } from '../ui/icons';

export interface Page {
  path: string;
  name: 'receive' | 'line' | 'trace' | 'overview' | 'ship' | 'vault' | 'boms' | 'changes' | 'incidents' | 'reviews' | 'exits' | 'production' | 'users' | 'tokens' | 'partners' | 'node' | 'audit' | 'account';
  access: string[];  // any of them opens it
}

export const PAGES: (Page & { name: IconName })[] = [
  { path: '/receive', name: 'receive', access: ['receive'] },
  { path: '/line', name: 'line', access: ['line', 'jobs'] },
  { path: '/trace', name: 'trace', access: ['trace'] },
  { path: '/overview', name: 'overview', access: ['trace', 'stock'] },
  { path: '/ship', name: 'ship', access: ['ship'] },
  { path: '/vault', name: 'vault', access: ['documents', 'vault'] },
  { path: '/boms', name: 'boms', access: ['documents', 'vault'] },
  { path: '/changes', name: 'changes', access: ['vault'] },
  { path: '/incidents', name: 'incidents', access: ['vault'] },
  { path: '/reviews', name: 'reviews', access: ['vault'] },
  { path: '/exits', name: 'exits', access: ['vault'] },
  { path: '/production', name: 'production', access: ['production'] },
  { path: '/audit', name: 'audit', access: ['audit'] },
  { path: '/users', name: 'users', access: ['people'] },
  { path: '/tokens', name: 'tokens', access: ['people'] },
  { path: '/partners', name: 'partners', access: ['admin'] },
  { path: '/node', name: 'node', access: ['health'] },
  { path: '/account', name: 'account', access: ['session'] },
];

const FIRST: Record<string, string> = {
  warehouse: '/receive', line: '/line', quality: '/trace', supplier: '/ship', auditor: '/audit',
  administrator: '/users',
};

export function firstPage(roles: string[]): string {
  return FIRST[roles.find((role) => role in FIRST) ?? ''] ?? '/account';
}

const place = store(location.pathname, false);
addEventListener('popstate', () => place.set(location.pathname));

export function usePath(): string {
  return useStore(place);
}

export function go(path: string, replace = false): void {
  if (path === location.pathname && !replace) return;
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  place.set(path);
  scrollTo(0, 0);
}

export function opens(page: Page, accesses: string[]): boolean {
  return page.access.some((one) => accesses.includes(one));
}
