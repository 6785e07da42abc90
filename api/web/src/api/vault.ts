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
  of?: string;
  passed?: PassedShare[];
}

// What its holder passed on of a share, or somebody behind it: the owner is told first.
export interface PassedShare {
  share: string;
  owner: string;
  recipient: string;
  purpose: string;
  mode: 'view' | 'download';
  end: number;
  columns?: string[];
  depth: number;
  vouched: boolean;
  released: { name: string; version: number; body: string; at: number; destroyed?: number }[];
}

// Read here under a share that we hold.
export interface HeldTable {
  document: string;
  columns: string[];
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

export interface ExitStep {
  step: string;
  done: boolean;
  text: string;
}

export interface Exit {
  exit: string;
  partner: string;
  ours: boolean;
  state: 'open' | 'overdue' | 'done' | 'closed';
  reason: string;
  by: string;
  began: number;
  until: number;
  agreements: string[];
  shares: string[];
  destroyed: string[];
  steps: ExitStep[];
  files: { share: string; document: string; name: string; version: number; size: number; body: string; released: number; destroyed?: number }[];
  closed?: number;
  closed_by?: string;
  closed_reason?: string;
}

// What was signed for a partner and its node would not take.
export interface RefusedStatement {
  refused: string;
  partner: string;
  reason: string;
  at: number;
  what?: string;
}

export interface IncidentClock {
  clock: string;
  text: string;
  due: number;
  done: boolean;
}

export interface Incident {
  incident: string;
  kind: string;
  text: string;
  by: string;
  drill: boolean;
  known: number;
  opened: number;
  partner?: string;
  project?: string;
  clocks: IncidentClock[];
  affected: string[];
  frozen: string[];
  closed?: number;
  timeline: { at: number; by: string; what: string; text: string }[];
}

export interface Duty {
  kind: string;
  about: string;
  text: string;
  due: number;
  overdue: boolean;
}

export interface AccessReview {
  quarter: string;
  signed?: number;
  by?: string;
  remark?: string;
  digest?: string;
  report?: {
    whole: boolean;
    readers: { who: string; requests: number; readings: number; documents: number; refusals: number; first: number; last: number }[];
  };
}

export interface RaciRow {
  task: string;
  responsible: string;
  accountable: string;
  consulted: string;
  informed: string;
}

export interface Raci {
  project: string;
  name: string;
  rows: RaciRow[];
  set: number;
  set_by: string;
  due: number;
  reviewed?: number;
  reviewed_by?: string;
}

// The table as it is to be signed, or was.
export interface RaciReview {
  report: { name: string; rows: RaciRow[]; set: number; set_by: string; last_signed: number };
  digest: string;
  signed?: number;
  by?: string;
  remark?: string;
}

export interface Certificate {
  certificate: string;
  partner: string;
  standard: string;
  number: string;
  scope: string;
  issuer: string;
  from: number;
  until: number;
  checked_by: string;
  checked_how: string;
  checked: number;
  holds: boolean;
  document?: string;
  withdrawn?: number;
  withdrawn_by?: string;
  reason?: string;
}

export interface PartnerRecord {
  partner: string;
  steward: string;
  their_steward: string;
  certificates: Certificate[];
  lacks: { classification: string; reason: string }[];
  shares: { share: string; project: string; purpose: string; mode: string; end: number }[];
  held: { name: string; version: number; asked: number; reader: string }[];
  survey: { question: string; answer: string; evidence: string; points: number; of: number }[];
  points: number;
  of: number;
  open: string[];
  surveyed?: number;
  surveyed_by?: string;
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
