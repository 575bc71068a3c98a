// What reading a payment costs over HTTP, against pgbench, which selects the row by its key and nothing else.
import { copyText, inDatabase } from "./database.mjs";
import { inTurns } from "./figures.mjs";
import { bearer, createOne, flood, unlimitedKey } from "./http-load.mjs";
import { pgbench } from "./pgbench.mjs";
import { startGateway } from "./programs.mjs";

const payments = 10_000;
/** An id that both sides can make from a number. */
const idText = (number) => `('pay_' || lpad((${number})::text, 26, '0'))`;
const idOf = (number) => `pay_${String(number).padStart(26, "0")}`;

/** Payments that are alike but for what has to differ. */
async function fill(gateway) {
  const { id } = await createOne(gateway);
  const changes = { id: idText("n"), checkout_id: "'cs_' || md5(n::text)", invoice: "'get-' || n" };
  await inDatabase(gateway, async (query) => {
    await query(copyText("payments", id, changes, `generate_series(1, ${payments}) n`));
    await query("vacuum analyze payments");
  });
}

export async function measure({ rounds, seconds, say }) {
  const gateway = await startGateway(unlimitedKey);
  try {
    await fill(gateway);
    const next = (call) => ({ ...call, path: `/api/v2/payments/${idOf(1 + Math.floor(Math.random() * payments))}` });
    const requests = [{ method: "GET", headers: bearer(gateway), setupRequest: next }];
    const setting = `\\set number random(1, ${payments})\n`;
    const script = `select * from payments where id = ${idText(":number")}`;
    const many = await inTurns({
      rounds,
      say,
      ours: () => flood(gateway.url, { connections: 64, seconds, requests }),
      theirs: async () => (await pgbench(gateway, script, { clients: 64, seconds, setting })).rate,
    });
    return { limits: unlimitedKey, rounds: { many } };
  } finally {
    await gateway.stop();
  }
}
