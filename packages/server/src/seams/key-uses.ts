/** That a key was used, when, and from where. */
export interface KeyUse {
  readonly keyId: string;
  readonly at: Date;
  readonly address: string;
}

/** Remembers in memory when each key was last used, until that is written down: a call must not wait for it, nor fail. */
export interface KeyUses {
  note(use: KeyUse): void;
  /** Takes the newest use of every key that has not been written for the interval; of every key when `all` is set. */
  take(now: Date, all?: boolean): KeyUse[];
  /** Gives back what could not be written; a newer use of the same key stays. */
  giveBack(uses: readonly KeyUse[]): void;
}

/** One key is written at most this often. */
export const keyUseIntervalMs = 30_000;
/** Beyond this many keys at once, further ones go unnoted for a while; nothing but a time in a list is lost. */
const mostKeys = 10_000;

export function createKeyUses(): KeyUses {
  const latest = new Map<string, KeyUse>();
  const takenMs = new Map<string, number>();
  const note = (use: KeyUse) => {
    if (latest.has(use.keyId) || latest.size < mostKeys) latest.set(use.keyId, use);
  };
  return {
    note,
    take(now, all = false) {
      const nowMs = now.getTime();
      for (const [keyId, ms] of takenMs) if (nowMs - ms >= keyUseIntervalMs) takenMs.delete(keyId);
      const due = [...latest.values()].filter((use) => all || !takenMs.has(use.keyId));
      for (const { keyId } of due) {
        latest.delete(keyId);
        takenMs.set(keyId, nowMs);
      }
      return due;
    },
    giveBack(uses) {
      for (const use of uses) {
        takenMs.delete(use.keyId);
        if (!latest.has(use.keyId)) note(use);
      }
    },
  };
}
