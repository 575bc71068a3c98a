import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepVigil, SilentError, type Vigil } from "./vigil.ts";

let probes: number;
let isSilent: boolean;
let silences: number;
let vigil: Vigil;
beforeEach(() => {
  vi.useFakeTimers();
  [probes, isSilent, silences] = [0, false, 0];
  vigil = keepVigil({
    probe: async () => {
      probes += 1;
      if (isSilent) throw new SilentError("no answer");
    },
    onSilent: () => {
      silences += 1;
    },
    limitMs: 4_000,
  });
});
afterEach(() => {
  vigil.stop();
  vi.useRealTimers();
});

const never = () => new Promise<never>(() => undefined);
const minuteMs = 60_000;

it("asks about a statement that may take minutes once a second or so, and has it go on", async () => {
  const outcome = vi.fn();
  vigil.over(never, 10 * minuteMs).catch(outcome);
  await vi.advanceTimersByTimeAsync(minuteMs);
  expect(probes).toBeGreaterThanOrEqual(40);
  expect(probes).toBeLessThanOrEqual(60);
  expect([silences, outcome.mock.calls.length]).toEqual([0, 0]);
});

it("finds within two seconds that a database has fallen silent, however long somebody has waited for it already", async () => {
  const [patient, usual] = [vi.fn(), vi.fn()];
  vigil.over(never, 10 * minuteMs).catch(patient);
  await vi.advanceTimersByTimeAsync(minuteMs);
  isSilent = true;
  vigil.over(never).catch(usual);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([silences, patient.mock.calls.length, usual.mock.calls.length]).toEqual([1, 1, 1]);
  await expect(vigil.over(async () => 1)).rejects.toThrow("does not answer");
  isSilent = false;
  await vi.advanceTimersByTimeAsync(500);
  await expect(vigil.over(async () => 1)).resolves.toBe(1);
});
