import { paymentFlags, paymentStatuses } from "@kineticpay/contract/payment";
import { expect, it } from "vitest";
import { runPaymentModel } from "../testing/payment-model/run-payment-model.ts";
import { tellFigures } from "../testing/tell-figures.ts";

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
const runs = Number(process.env["TEST_RUNS"] ?? 300);

it(`does what the rules say, in every sequence and race of commands, on a real database (seed ${seed}, ${runs} sequences)`, {
  timeout: 60_000 + runs * 1_000,
}, async () => {
  const { sequences, commands, outcomes } = await runPaymentModel({ runs, seed });
  tellFigures("payment model", { seed, sequences, commands, ...outcomes });
  // A run that never gets anywhere would agree with any model.
  const corners = [...paymentStatuses.map((each) => `status ${each}`), ...paymentFlags.map((each) => `flag ${each}`)];
  expect(corners.filter((corner) => (outcomes[corner] ?? 0) === 0)).toEqual([]);
  expect(commands).toBeGreaterThan(runs * 5);
});
