// What the node answers (docs/API.md), as far as the portal uses it.

export interface Session {
  org: string;
  user: string;
  name: string;
  roles: string[];
  accesses: string[];
  csrf: string;
  until: number;
  recovery_codes_left: number;
  recovery_codes?: string[];
}

export interface Setup {
  org: string;
  user: string;
  name: string;
  roles: string[];
  secret: string;
  uri: string;
}

export type Word = 'ACCEPT' | 'HOLD' | 'REJECT';
export type FieldValue = string | number;
export type Fields = Record<string, FieldValue>;

export interface Evidence {
  org: string;
  what: string;
  log: string;
  index: number;
  envelope?: string;
}

export interface Finding {
  rule: string;
  severity: 'minor' | 'major' | 'critical';
  text: string;
  evidence: Evidence[];
}

export interface ItemState {
  status: string;
  holder?: string;
  in_transit_to?: string;
  quantity?: number;
  remaining?: number;
  feeder?: string;
  blocked_by?: string[];
}

export interface Kept {
  on: string[];
  of: number;
  quorum: boolean | null;
}

export interface Verdict {
  verdict: Word;
  item: string;
  lot_level?: boolean;
  fields: Fields;
  findings: Finding[];
  state: ItemState;
  // Neither is there for who may see the label alone.
  proof?: { org: string; what: string; time: string; log: string; index: number; replicated: Kept }[];
  sources?: { org: string; origin: string; size: number; age_seconds: number; frozen?: string; alarm?: string }[];
  policy: string;
  ms: number;
  shipment?: { from: string; at: string } & Record<string, string>;  // of what is on its way to us
  next: 'use' | 'ask' | 'quarantine' | 'put-back';
  belongs?: string[];  // of put-back: the positions of this job that take it
}

export interface Recorded {
  items: string[];
  statements: { log: string; index: number; size: number; replicated: Kept }[];
  repeated: boolean;
  warnings?: string[];
}

export interface Received extends Verdict {
  received: boolean;
  already: boolean;
  recorded?: Recorded;
}

export interface FieldSource {
  symbol: number;
  value: FieldValue;
  bare?: boolean;
}

export interface Reading {
  symbols: { symbology: string; text: string; confidence: string }[];
  fields: Fields;
  sources: Record<string, FieldSource[]>;
  conflicts: { field: string; between_labels: boolean; sources: FieldSource[] }[];
  format: string;
  recovered: boolean;
  warnings: { code: string; text: string }[];
  hint?: string;
  text?: { fields: { field: string; state: 'agreed' | 'not-found' | 'differs'; symbol: string; print: string }[] };
}

export interface HistoryEvent {
  time: string;
  org: string;
  what: string;
  from?: string;
  to?: string;
  quantity?: number;
  feeder?: string;
  work_order?: string;
  reason?: string;
  outputs?: string[];
  step?: string;  // of an event in others' words: its bizStep
  disposition?: string;
  sealed?: Record<string, string>;  // what the writer sealed for us
  log: string;
  index: number;
  envelope: string;
  prev: string[];
  mirrors: number;
  replicated: Kept;
}

export interface History {
  item: string;
  uri?: string;
  fields?: Fields;
  state: ItemState;
  events: HistoryEvent[];
  made_of?: string[];
}

export interface Trace extends History {
  verdict: Word;
  maker?: string;  // the organisation
  ancestors: History[];
  truncated?: boolean;
  findings: Finding[];
}

export interface FloorLifeTold {
  level: string;
  open: boolean;
  used_seconds: number;
  of_seconds?: number;
}

// A reel on a slot; `now`: what speaks against it by now.
export interface LoadedReel {
  item: string;
  mpn: string;
  lot: string;
  at: string;
  by: string;
  now?: { verdict: Word; rule?: string; text?: string };
}

export interface Slot {
  position: string;
  customer_pn: string;
  mpns: string[];
  quantity: number;
  loaded?: LoadedReel;
}

export interface JobHead {
  job: string;
  product: string;
  made: string;
  by: string;
  slots_loaded: number;
  slots_in_all: number;
  // By which revision of a BOM it is set up, and which one counts now.
  built_by?: {
    revision: string;
    counts: boolean;
    text?: string;
    released?: { revision: string; change?: string; emergency?: boolean };
  };
}

export interface Job extends JobHead {
  slots: Slot[];
}

export interface SlotVerdict extends Verdict {
  slot: Slot & { fits: boolean };
  floor_life?: FloorLifeTold;
  loaded?: boolean;
  recorded?: Recorded;
}

export interface IssuedLabels {
  type: string;
  labels: { item: string; symbols: string[]; file: string }[];
  file: string;  // all of them in one
  lacking_for_eigp_114: string[];
}

// What the node's index knows of an item (docs/API.md, What this node knows).
export interface KnownItem {
  item: string;
  board: boolean;
  fields: Fields;
  state: ItemState;
  verdict?: { word: Word; rules: string[]; place: string; at: string };
  supplier?: string;
  received?: string;
  first_seen: string;
  last_seen: string;
}

export interface Found {
  items: KnownItem[];
  next?: string;
}

export interface Reach {
  items: (KnownItem & { of: string[] })[];
  next?: string;
  in_all: { items: number; boards: number; parts: number; here: number; loaded: number; elsewhere: { org: string; items: number }[] };
  truncated?: boolean;
}

export interface PublishedRecall {
  org: string;
  mpn: string;
  lots: string[];
  date_codes: string[];
  reason: string;
  at: string;
  log: string;
  index: number;
  items: number;
  more?: boolean; // at least so many
}

export type Counts = Record<Word, number> & { rules: Record<string, number> };
export type DayOfVerdicts = Counts & { day: string };
export type SupplierVerdicts = Counts & { org: string };

export interface StockItem extends KnownItem {
  days: number;
  days_left?: number;
}

export interface Stock {
  items: StockItem[];
  next?: string;
  in_all: { items: number; parts: number; ages: { up_to_days: number | null; items: number; parts: number }[] };
}

export interface StockPart {
  mpn: string;
  items: number;
  parts: number;
  oldest?: string;
  too_old: number;
  reorder_point?: number;
  below?: boolean;
  lifecycle?: string;
  obsolete?: boolean;
  shelf_life_days?: number;
}

export interface FloorClock {
  item: string;
  fields: Fields;
  level: string;
  open: boolean;
  used_seconds: number;
  of_seconds: number;
  left_seconds: number;
  feeder?: string;
}

export interface Shipment {
  shipment: number;
  at: string;
  to: string;
  po?: string;
  so?: string;
  invoice?: string;
  packing_list?: string;
  price?: string;
  states: Record<string, number>;
  items: { item: string; fields: Fields; state: string; at?: string; reason?: string }[];
}

export interface User {
  user: string;
  name: string;
  roles: string[];
  disabled: boolean;
  enrolled: boolean;
  made: number;
  recovery_codes_left: number;
  link_until?: number;
}

export interface Token {
  name: string;
  scopes: string[];
  configured: boolean;
  expired: boolean;
  until?: number;
  made?: number;
  by?: string;
  used?: number;
}

export interface Grant {
  name: string;
  accesses: string[];
}

export interface Health {
  status: 'ok' | 'alarm' | 'refusing';
  refusing?: string;
  version: string;
  org: string;
  log: { origin: string; size: number; root: string; time: string; quorum_size: number; quorum_lag: number; mirror_key?: string };
  store: { map_bytes: number; used_bytes: number; index_used_bytes: number; waiting_bytes: number };
  partners: {
    org: string;
    origin: string;
    size: number;
    replicated: number;
    age_seconds?: number;
    error?: string;
    frozen?: string;
    alarm?: string;
    not_mirrored?: string;
    mirror_key?: string;
  }[];
  alarms: string[];
}

export interface AuditEntry {
  number: number;
  time: string | number;
  who: string;
  address: string;
  what: string;
  about: string;
  status: number;
  allowed: boolean;
}

export interface AuditPage {
  entries: AuditEntry[];
  next?: number;
  head: string;
}

export interface Partner {
  org: string;
  root: string;
  url: string;
  guest: boolean;
  known: boolean;
  keys: { key: string; role: string; may: string[]; not_before: string | null; not_after: string | null; revoked: boolean }[];
  makes: { mpns: string[]; names: string[] }[];
  authorised: { org: string; mpns: string[]; not_before: string | null; not_after: string | null }[];
  recalls: number;
  from_next_start?: 'added' | 'removed' | 'changed';
}

export interface Guest {
  org: string;
  root: string;
  may: string[];
  admitted_at: number;
  not_after?: number;
  dismissed_at?: number;
  known: boolean;  // it has begun to register
}

export interface PolicyVersion {
  number: number;
  version: string;
  since: string;
  by: string;
  in_force: boolean;
  text: string;
}

export interface PolicyFile {
  version: string;
  text: string;
  softened: string[];
  in_force: boolean;
}

export interface PolicyState {
  version: string;
  versions: PolicyVersion[];
  file?: PolicyFile;
  trouble?: string;
}

export interface Backups {
  folder: string;
  backups: { name: string; bytes: number }[];
}
