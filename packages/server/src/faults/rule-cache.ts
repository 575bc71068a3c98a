import type { Gateway } from "../gateway.ts";
import { allRules, type FaultRule } from "./rules.ts";

const freshMs = 500;

/** The rules as they were at most half a second ago. */
export interface RuleCache {
  read(): Promise<readonly FaultRule[]>;
  /** The next reading asks the database: this process knows that something has changed. */
  forget(): void;
}

/** Opens a cache of the rules; when they cannot be read there are none, since they exist to rehearse and not to be in the way. */
export function createRuleCache(gateway: Gateway): RuleCache {
  let readMs = Number.NEGATIVE_INFINITY;
  let rules: Promise<readonly FaultRule[]> = Promise.resolve([]);
  return {
    read() {
      if (performance.now() - readMs > freshMs) {
        readMs = performance.now();
        rules = allRules(gateway).catch(() => []);
      }
      return rules;
    },
    forget() {
      readMs = Number.NEGATIVE_INFINITY;
    },
  };
}
