import type { Scenario } from "./scenario.ts";

export const bankOutage: Scenario = {
  name: "bank-outage",
  summary: "a bank goes offline, and comes back",
  events: ["bank.offline", "bank.online"],
  async play(stage) {
    const bank = await stage.bank();
    // The gateway notices when it asks the network, which it does for whoever lists banks.
    const meanwhile = () => stage.client.banks.list({ model: "b2c" });
    const since = new Date(Date.now() - 1).toISOString();
    try {
      await stage.exchange.setOnline(bank, false);
      stage.tell(`${bank} goes offline`);
      await stage.waitForEvent("bank.offline", { since, meanwhile });
      await stage.later();
    } finally {
      await stage.exchange.setOnline(bank, true);
    }
    stage.tell(`${bank} is back`);
    await stage.waitForEvent("bank.online", { since, meanwhile });
    return undefined;
  },
};
