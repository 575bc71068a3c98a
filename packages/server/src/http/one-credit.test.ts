import { expect, it } from "vitest";
import { confirmAtOnce } from "../testing/confirm-at-once.ts";
import { tellFigures } from "../testing/tell-figures.ts";

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
const payments = Number(process.env["TEST_RUNS"] ?? 50);

it(`credits each of ${payments} payments once, told of by exchange, browser and enquiry up to a hundred times at the same moment, over two gateways (seed ${seed})`, {
  timeout: 60_000 + payments * 2_000,
}, async () => {
  const { messages, heard, faults } = await confirmAtOnce({ payments, seed });
  tellFigures("one credit", { seed, payments, messages, ...heard });
  expect(faults.slice(0, 10)).toEqual([]);
  expect(Object.keys(heard)).toEqual(expect.arrayContaining(["browser", "direct", "enquiry"]));
});
