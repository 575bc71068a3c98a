// What settling a payment costs, from the exchange's signed message to its `OK`, against what it takes at least: verifying a
// signature, and the statements of one settlement, read from the database's log while the gateway settles and run by pgbench.
import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { sign, verify } from "../packages/fpx/dist/checksum.js";
import { confirmationFields, encodeForm, parseForm } from "../packages/fpx/dist/messages.js";
import { makeMessage } from "./bank-messages.mjs";
import { copyText, inDatabase } from "./database.mjs";
import { inTurns, shown } from "./figures.mjs";
import { flood, unlimitedAddress, unlimitedKey } from "./http-load.mjs";
import { pgbench } from "./pgbench.mjs";
import { startGateway } from "./programs.mjs";
import { scriptOf, statementsDuring, transactionsIn } from "./statement-log.mjs";

const connections = 32;
/** About as many as are settled in a second. */
const eachSecond = 25 * connections;
const limits = { ...unlimitedKey, ...unlimitedAddress };

const padded = (prefix, number) => `('${prefix}' || lpad((${number})::text, 26, '0'))`;
const orderText = (number) => `('KPB' || (${number}))`;
const orderOf = (number) => `KPB${number}`;
const form = { "content-type": "application/x-www-form-urlencoded" };

/** A payment whose buyer is at the bank, of which all others are copies, and the message that would settle it. */
async function openOriginal(gateway) {
  const made = await makeMessage(gateway, `settle-${process.pid}`);
  const fields = parseForm(made.body);
  const file = path.join(gateway.dataDirectory, "simulator/exchange-key.pem");
  const privateKey = createPrivateKey(await readFile(file, "utf8"));
  const order = fields.fpx_sellerExOrderNo;
  const [attempt] = await inDatabase(gateway, (query) =>
    query("select id from attempts where order_number = $1", [order]),
  );
  return { url: made.url, fields, privateKey, payment: made.payment, attempt: attempt.id };
}

/** Copies with the numbers after `from`, up to `from + count`. */
function copies(gateway, original, from, count) {
  const numbers = `generate_series(${from + 1}, ${from + count}) n`;
  const payment = { id: padded("pay_", "n"), checkout_id: "'cs_' || md5(n::text)", invoice: "'settled-' || n" };
  const attempt = {
    id: padded("att_", "n"),
    payment_id: padded("pay_", "n"),
    order_number: orderText("n"),
    facts: `original.facts || jsonb_build_object('exchange_order', ${orderText("n")})`,
  };
  return inDatabase(gateway, async (query) => {
    await query(copyText("payments", original.payment, payment, numbers));
    await query(copyText("attempts", original.attempt, attempt, numbers));
    await query("vacuum analyze");
  });
}

function messageOf({ fields, privateKey }, number) {
  const own = { ...fields, fpx_sellerExOrderNo: orderOf(number) };
  delete own.fpx_checkSum;
  return encodeForm(sign(own, confirmationFields, privateKey));
}

/** Ids that begin with the time of their making, which is what tells those that a settlement has made. */
const timeOf = (id) => id.slice(4, 14);

/** The script of one settlement. In it `:number` is the number of the copy that is settled. */
async function scriptOfOne(gateway, original, number, say) {
  const [payment, attempt, order] = [
    `pay_${String(number).padStart(26, "0")}`,
    `att_${String(number).padStart(26, "0")}`,
    orderOf(number),
  ];
  const began = await makeMessage(gateway, `settle-time-${process.pid}`);
  const statements = await statementsDuring(gateway, async () => {
    const answer = await fetch(original.url, { method: "POST", headers: form, body: messageOf(original, number) });
    if ((await answer.text()) !== "OK") throw new Error(`the message was answered ${answer.status}`);
  });
  const ids = new Map([
    [payment, padded("pay_", ":number")],
    [attempt, padded("att_", ":number")],
    [order, orderText(":number")],
  ]);
  const isAbout = ({ values }) => values.some((value) => [...ids.keys()].some((id) => value?.includes(id)));
  const transactions = transactionsIn(statements).filter((all) => all.some(isAbout));
  const values = transactions.flat().flatMap((each) => each.values);
  for (const [id] of values.join(" ").matchAll(/\b[a-z]{2,4}_[0-9A-HJKMNP-TV-Z]{26}\b/g))
    if (!ids.has(id) && timeOf(id) > timeOf(began.payment)) ids.set(id, padded(id.slice(0, 4), ":number"));
  const count = transactions.flat().length;
  say(`a settlement alone: ${count} statements in ${transactions.length} commits or reads, ${ids.size - 3} new ids`);
  if (!transactions.some((all) => all.some(({ text }) => /insert into ledger_postings/.test(text))))
    throw new Error("no settlement was found in the database's log");
  return scriptOf(transactions, ids);
}

/** Seconds of a core that verifying one message takes. */
function verifyingS(original) {
  const publicKey = createPublicKey(original.privateKey);
  const used = process.cpuUsage();
  const times = 1_000;
  for (let i = 0; i < times; i += 1)
    if (!verify(original.fields, confirmationFields, publicKey)) throw new Error("the message does not verify");
  const { user, system } = process.cpuUsage(used);
  return (user + system) / 1e6 / times;
}

async function settleAll(gateway, original, from, count) {
  const messages = Array.from({ length: count }, (_, index) => messageOf(original, from + 1 + index));
  let sent = 0;
  const next = (call) => ({ ...call, body: messages[sent++ % count] });
  const path = new URL(original.url).pathname;
  const requests = [{ method: "POST", path, headers: form, setupRequest: next }];
  const rate = await flood(gateway.url, { connections, amount: count, requests });
  const paid = `select count(*)::int as count from payments where status = 'paid' and id between ${padded("pay_", from + 1)} and ${padded("pay_", from + count)}`;
  const [{ count: settled }] = await inDatabase(gateway, (query) => query(paid));
  if (settled < count * 0.98) throw new Error(`only ${settled} of ${count} payments were settled`);
  return rate * (settled / count);
}

export async function measure({ rounds, seconds, say }) {
  const gateway = await startGateway(limits);
  try {
    const original = await openOriginal(gateway);
    const count = eachSecond * seconds;
    let last = 1;
    await copies(gateway, original, 0, 1);
    const script = await scriptOfOne(gateway, original, 1, say);
    const shares = [];
    /** Fresh copies for one side of one round. */
    const take = async () => {
      const from = last;
      last += count;
      await copies(gateway, original, from, count);
      return from;
    };
    const many = await inTurns({
      rounds,
      say,
      ours: async () => settleAll(gateway, original, await take(), count),
      theirs: async () => {
        const transactions = count / connections;
        const setting = `\\set number ${await take()} + :client_id * ${transactions} + :turn\n`;
        const { rate } = await pgbench(gateway, script, { clients: connections, transactions, setting });
        const v = verifyingS(original);
        shares.push({ rate, v });
        return 1 / (1 / rate + v / availableParallelism());
      },
    });
    const { rate, v } = shares.at(-1);
    const remarks = [
      `In the last round the statements alone ran ${shown(rate)} times a second, and a signature took ${shown(v * 1e6)} µs of a core to verify.`,
    ];
    return { limits, remarks, rounds: { many } };
  } finally {
    await gateway.stop();
  }
}
