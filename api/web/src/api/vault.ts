// What the node tells of the vault (docs/API.md), and uploads that go on after anything.
import { call } from './client';

export interface Project {
  project: string;
  name: string;
  steward: string;
  classification: string;
}

export interface Version {
  version: number;
  size: number;
  note?: string;
  made: number;
  by?: string;
  destroyed?: number;
}

export interface VaultDocument {
  document: string;
  project?: string;
  name: string;
  classification: string;
  versions: Version[];
}

export interface Share {
  share: string;
  owner: string;
  recipient: string;
  role?: string;
  person?: string;
  project: string;
  document?: string;
  purpose: string;
  columns?: string[];
  marked?: boolean;
  mode: 'view' | 'download';
  granted: number;
  end: number;
  agreement?: string;
  ended?: number;
  destroyed?: number;
}

export interface Agreement {
  agreement: string;
  drafter: string;
  partner: string;
  state: string;
  scope: string;
  systems: string[];
  roles: string[];
  retention_days: number;
  breach_notice_hours: number;
  sub_tiers: boolean;
  audit_right: boolean;
  start: number;
  end: number;
  reason?: string;
}

export interface Reading {
  share: string;
  partner: string;
  document: string;
  version: number;
  reader: string;
  asked: number;
  name?: string;
  body?: string;
}

const PART = 4 * 1024 * 1024;

// `told`: of how much is there.
export async function upload(file: File, project: string, note: string, told: (taken: number) => void): Promise<void> {
  const begun = await call<{ upload: string }>('POST', '/v1/vault/uploads', {
    body: { project, name: file.name, size: file.size, ...(note && { note }) }, patient: true,
  });
  const path = `/v1/vault/uploads/${begun.upload}`;
  for (let taken = 0; taken < file.size; told(taken)) {
    const content = file.slice(taken, taken + PART, 'application/octet-stream');
    const answer = await call<{ taken: number }>('POST', `${path}/parts`, { content, query: { offset: String(taken) }, patient: true });
    if (answer.taken <= taken) throw new Error(file.name);
    taken = answer.taken;
  }
  await call('POST', `${path}/finish`, { patient: true });
}
