import type { Check, Finding, Patient } from "./check.ts";
import { checkClock } from "./check-clock.ts";
import { checkAddress, checkBanks, checkCall, checkSwitch } from "./check-doors.ts";
import { checkKey, checkMode, checkScopes } from "./check-key.ts";
import { checkProfile } from "./check-profile.ts";
import { checkReach } from "./check-reach.ts";
import { checkSignature } from "./check-signature.ts";
import { checkTls } from "./check-tls.ts";
import { checkWebhooks } from "./check-webhooks.ts";

/** Every check, each after those that it builds upon. */
export const checks: readonly Check[] = [
  checkProfile,
  checkReach,
  checkTls,
  checkClock,
  checkKey,
  checkMode,
  checkSwitch,
  checkAddress,
  checkScopes,
  checkCall,
  checkBanks,
  checkWebhooks,
  checkSignature,
];

/** Looks at everything, one after the other. What cannot be looked at because of an earlier fault is skipped. */
export async function examine(patient: Patient): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, look } of checks) {
    if (findings.some((finding) => finding.check === name)) continue;
    const found = await look(patient);
    findings.push(found ?? { check: name, health: "skipped", detail: "not looked at, because of what is wrong above" });
  }
  return findings;
}
