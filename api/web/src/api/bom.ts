// What the node tells of bills of materials and engineering changes (docs/API.md).
import { call } from './client';

export const FIELDS = ['designators', 'quantity', 'customer_pn', 'manufacturer', 'mpn', 'alternates', 'value', 'description', 'package', 'fitted', 'price', 'note'] as const;
export type BomField = (typeof FIELDS)[number];
export type Cells = Partial<Record<BomField, string>>;

export interface BomRevision {
  number: number;
  revision: string;
  lines: number;
  content: string;
  at: number;
  by?: string;
}

export interface Bom {
  bom: string;
  name: string;
  project: string;
  owner: string;
  revisions: BomRevision[];
  draft?: { lines: number; edits: number; unreleased: number };
}

export type BomLine = Cells & { line: number };
// `edit`: the last one of this line.
export type DraftLine = BomLine & { edit: number };

export interface BomEdited {
  number: number;
  at: number;
  by: string;
  action: 'set' | 'add' | 'remove' | 'import';
  line?: number;
  field?: BomField;
  was?: string;
  value?: string;
}

export interface BomConflict {
  line: number;
  field?: BomField;
  now: string;
  by?: BomEdited;
}

export interface BomProblem {
  line: number;
  field?: string;
  text: string;
  warning: boolean;
}

export interface BomImport {
  bom?: string;
  lines: number;
  edits: number;
  mapping: Record<string, string[]>;
  unused: string[];
  encoding: string;
  heading: number;
  errors: number;
  warnings: number;
  problems: BomProblem[];
  // Of a spreadsheet: the sheet that was taken, and those there are.
  sheet?: string;
  sheets?: string[];
}

export interface BomChange {
  what: 'added' | 'removed' | 'changed';
  designators: string;
  count: number;
  part?: string;
  new_part?: string;
  before?: Cells;
  after?: Cells;
}

export interface BomPart {
  line: number;
  designators: string;
  quantity: string;
  part: string;
  sources: { mpn: string; lifecycle?: string; reorder_point?: number; parts?: number; items?: number; low?: boolean }[];
  advice?: string;
  low?: boolean;
}

export interface BomUsed {
  bom: string;
  name: string;
  project: string;
  revision: string;
  line: number;
  designators: string;
  quantity: string;
  as: string;
}

export interface BomConsumption {
  revision: string;
  job: string;
  boards: number;
  differ: number;
  lines: { part: string; expected: number; consumed: number; over: number; used: { mpn: string; parts: number; items: number }[] }[];
  not_in_revision: { mpn: string; parts: number; items: number }[];
  truncated?: boolean;
}

interface Signature {
  at: number;
  person: string;
}

export interface Change {
  change: string;
  number: string;
  bom: string;
  name: string;
  owner: string;
  partner: string;
  from: string;
  to: string;
  from_number: number;
  to_number: number;
  reason: string;
  effect: 'date' | 'lot' | 'serial';
  effect_value: string;
  emergency: boolean;
  approve_by?: number;
  state: string;
  digest: string;
  proposed: number;
  approved_by_owner?: Signature;
  approved_by_partner?: Signature;
  rejected?: number;
  rejected_by?: string;
  rejected_why?: string;
  // Where it was asked for by itself.
  not_shown?: string;
  changes?: BomChange[];
  hidden?: string[];
  touches?: {
    jobs: { job: string; revision: string; loaded: { position: string; item: string; mpn: string }[] }[];
    parts: { mpn: string; goes: boolean; comes: boolean; parts: number; items: number }[];
    shipments: { to: string; packing_list: string; at: number; items: number; in_transit: number }[];
    truncated?: boolean;
  };
}

// Of a partner's revision: asks its node for the key, and fetches what it signed.
export async function openRevision(bom: string, number: number): Promise<void> {
  while (!(await call<{ complete: boolean }>('POST', `/v1/boms/${bom}/revisions/${number}/open`, { body: {}, patient: true })).complete);
}
