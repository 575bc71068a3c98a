/** What an instrument found. Slices of one instrument add up. */
export interface Findings {
  /** How often something was done or seen. */
  readonly counts: Readonly<Record<string, number>>;
  /** Durations in milliseconds, from which percentiles are told. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
  /** Every broken promise, in words that say which payment, key or moment it was. */
  readonly violations: readonly string[];
  /** Facts of one run that do not add up, such as a version. */
  readonly remarks?: readonly string[];
}

/** Collects findings while an instrument runs. */
export interface Notebook {
  count(name: string, by?: number): void;
  time(name: string, ms: number): void;
  violation(text: string): void;
  remark(text: string): void;
  findings(): Findings;
}

const mostViolations = 200;

export function openNotebook(): Notebook {
  const counts: Record<string, number> = {};
  const samples: Record<string, number[]> = {};
  const violations: string[] = [];
  const remarks = new Set<string>();
  return {
    count(name, by = 1) {
      counts[name] = (counts[name] ?? 0) + by;
    },
    time(name, ms) {
      const list = samples[name] ?? [];
      samples[name] = list;
      list.push(Math.round(ms * 10) / 10);
    },
    violation(text) {
      counts["violations"] = (counts["violations"] ?? 0) + 1;
      if (violations.length < mostViolations) violations.push(text);
    },
    remark: (text) => void remarks.add(text),
    findings: () => ({ counts: { violations: 0, ...counts }, samples, violations, remarks: [...remarks] }),
  };
}

/** The findings of several slices as one. */
export function merge(all: readonly Findings[]): Findings {
  const counts: Record<string, number> = {};
  const samples: Record<string, number[]> = {};
  for (const one of all) {
    for (const [name, count] of Object.entries(one.counts)) counts[name] = (counts[name] ?? 0) + count;
    for (const [name, list] of Object.entries(one.samples)) samples[name] = [...(samples[name] ?? []), ...list];
  }
  const remarks = [...new Set(all.flatMap((one) => one.remarks ?? []))];
  return { counts, samples, violations: all.flatMap((one) => one.violations), remarks };
}

/** The value below which this share of the samples lies; 0 when there are none. */
export function percentile(samples: readonly number[] | undefined, share: number): number {
  if (samples === undefined || samples.length === 0) return 0;
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

export function highest(samples: readonly number[] | undefined): number {
  return (samples ?? []).reduce((most, each) => Math.max(most, each), 0);
}

const mostSamples = 1_000;

/** At most a thousand samples that have nearly the same percentiles, the highest among them, so that results stay small. */
export function thinned(findings: Findings): Findings {
  const samples: Record<string, number[]> = {};
  for (const [name, list] of Object.entries(findings.samples)) {
    const sorted = [...list].sort((a, b) => a - b);
    const step = Math.max(1, sorted.length / mostSamples);
    const kept: number[] = [];
    for (let at = sorted.length - 1; at >= 0; at -= step) kept.unshift(sorted[Math.floor(at)] ?? 0);
    samples[name] = kept;
  }
  return { ...findings, samples };
}
