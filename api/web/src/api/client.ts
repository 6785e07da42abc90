// Requests to the node. The CSRF token lives in this module's memory. A request that the network or a busy node
// kept from arriving is sent again under the same Idempotency-Key until it does; one that found the session
// at its end waits until the person has signed in again.
import { store } from '../store';
import type { Session } from './types';

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly title: string,
    readonly detail: string,
    readonly retryAfter = 0,
    readonly more: Record<string, unknown> = {},  // its other members
  ) {
    super(title);
  }
  is(name: string): boolean {
    return this.type === `urn:reelproof:problem:${name}`;
  }
}

export class Unreachable extends Error {}

// `lost`: there was a session, and the node knows it no more.
export interface SessionState {
  phase: 'unknown' | 'out' | 'in' | 'lost';
  who: Session | null;
}

export const session = store<SessionState>({ phase: 'unknown', who: null }, false);
// Whether the node answers, and how many requests wait for that.
export const network = store({ reachable: true, waiting: 0 }, false);

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface Options {
  body?: unknown;
  content?: Blob;  // instead of JSON: a picture, a table
  query?: Record<string, string>;
  accept?: string;
  // Given by who may ask again for the same; else each call that records has one of its own.
  key?: string;
  // Sent again until it arrives.
  patient?: boolean;
  // Its 401 is an answer, not the end of the session.
  signing?: boolean;
  signal?: AbortSignal;
}

const RETRY_FIRST = 1000;
const RETRY_LAST = 15000;

export function newKey(): string {
  return crypto.randomUUID();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
  });
}

function signedInAgain(): Promise<void> {
  session.set((now) => ({ ...now, phase: 'lost' }));
  return new Promise((resolve) => {
    const stop = session.listen(() => {
      if (session.get().phase !== 'in') return;
      stop();
      resolve();
    });
  });
}

async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('Retry-After') ?? 0);
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (name: string) => (typeof body[name] === 'string' ? (body[name] as string) : '');
  return new Problem(response.status, text('type'), text('title') || response.statusText, text('detail'), retryAfter, body);
}

async function once(method: Method, path: string, options: Options, key: string): Promise<Response> {
  const headers: Record<string, string> = { Accept: options.accept ?? 'application/json' };
  const csrf = session.get().who?.csrf;
  if (method !== 'GET' && csrf) headers['Reelproof-CSRF'] = csrf;
  if (method !== 'GET') headers['Idempotency-Key'] = key;
  let body: BodyInit | undefined;
  if (options.content) {
    body = options.content;
    headers['Content-Type'] = options.content.type || 'image/jpeg';
  } else if (options.body !== undefined) {
    body = JSON.stringify(options.body);
    headers['Content-Type'] = 'application/json';
  }
  const query = options.query ? `?${new URLSearchParams(options.query)}` : '';
  try {
    const response = await fetch(path + query, {
      method, headers, body, cache: 'no-store', credentials: 'same-origin', signal: options.signal,
    });
    network.set((now) => (now.reachable ? now : { ...now, reachable: true }));
    return response;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    network.set((now) => ({ ...now, reachable: false }));
    throw new Unreachable();
  }
}

// The session of this browser's cookie; nothing without one.
export async function findSession(): Promise<void> {
  try {
    const who = await call<Session>('GET', '/v1/session', { signing: true, patient: true });
    session.set({ phase: 'in', who });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    session.set({ phase: 'out', who: null });
  }
}

// Somebody signed in in another tab: the cookie is new, and so is the token that goes with it.
async function freshToken(): Promise<boolean> {
  const old = session.get().who;
  const response = await once('GET', '/v1/session', {}, '');
  if (!response.ok || !old) return false;
  const who = (await response.json()) as Session;
  if (who.user !== old.user) {
    location.assign('/');
    return false;
  }
  session.set({ phase: 'in', who });
  return who.csrf !== old.csrf;
}

export async function send(method: Method, path: string, options: Options = {}): Promise<Response> {
  const key = options.key ?? newKey();
  let wait = RETRY_FIRST;
  let isWaiting = false;
  let triedToken = false;
  const waiting = (now: boolean) => {
    if (now === isWaiting) return;
    isWaiting = now;
    network.set((state) => ({ ...state, waiting: state.waiting + (now ? 1 : -1) }));
  };
  try {
    for (;;) {
      let response: Response;
      try {
        response = await once(method, path, options, key);
      } catch (error) {
        if (!(error instanceof Unreachable) || !options.patient) throw error;
        waiting(true);
        await sleep(wait);
        wait = Math.min(wait * 2, RETRY_LAST);
        continue;
      }
      if (response.ok) return response;
      const problem = await problemOf(response);
      if (response.status === 401 && !options.signing && session.get().who) {
        waiting(true);
        await signedInAgain();
        continue;
      }
      if (response.status === 403 && !triedToken && problem.detail.includes('Reelproof-CSRF')) {
        triedToken = true;
        if (await freshToken()) continue;
      }
      if ((response.status === 503 || response.status === 429) && options.patient && !options.signing) {
        waiting(true);
        await sleep(Math.max(problem.retryAfter * 1000, wait));
        wait = Math.min(wait * 2, RETRY_LAST);
        continue;
      }
      throw problem;
    }
  } finally {
    waiting(false);
  }
}

export async function call<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  const response = await send(method, path, options);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
