// What the node tells of production that is shown between partners (docs/API.md).

export interface ProductionGrant {
  partner: string;
  roles: string[];
  by: string;
  at: number;
  ended: number;
}

export interface TestResult {
  test: string;
  passed: boolean;
  value: string;
  limits: string;
  station: string;
  at: number;
}

export interface ProductionJob {
  job: string;
  product: string;
  made: number;
  bom: string;
  revision: string;
  lot?: string;
  serial?: string;
  counts: boolean;
  change?: string;
  slots_loaded: number;
  slots_in_all: number;
  parts_placed: number;
  parts_needed?: number;
  boards: number;
  held: number;
  scrapped: number;
  shipped: number;
  verdicts: Record<'ACCEPT' | 'HOLD' | 'REJECT', number>;
  holds: { mpn: string; lot: string; verdict: string; rule?: string; position?: string }[];
  // Of boards one by one; only for the roles that the partner named.
  tests?: { board: string; state: string; findings: { at: number; what: string; reason: string }[]; results?: TestResult[] }[];
  truncated?: boolean;
}

export interface ProductionNow {
  partner: string;
  at: number;
  roles: string[];
  jobs: ProductionJob[];
  truncated?: boolean;
}
