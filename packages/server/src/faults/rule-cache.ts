import type { Gateway } from "../gateway.ts";
import type { Soon } from "../seams/at-once.ts";
import { allRules, type FaultRule } from "./rules.ts";

const freshMs = 500;

/** The rules as they were at most half a second ago. */
export interface RuleCache {
  read(): Soon<readonly FaultRule[]>;
  /** The next reading asks the database: this process knows that something has changed. */
  forget(): void;
}

/** Opens a cache of the rules; when they cannot be read there are none, since they exist to rehearse and not to be in the way. */
export function createRuleCache(gateway: Gateway): RuleCache {
  let readMs = Number.NEGATIVE_INFINITY;
  let rules: Soon<readonly FaultRule[]> = [];
  return {
    read() {
      if (performance.now() - readMs > freshMs) {
        readMs = performance.now();
        const reading: Promise<readonly FaultRule[]> = allRules(gateway).catch(() => []);
        rules = reading;
        // Whoever comes later need not wait any more.
        void reading.then((found) => {
          if (rules === reading) rules = found;
        });
      }
      return rules;
    },
    forget() {
      readMs = Number.NEGATIVE_INFINITY;
    },
  };
}
