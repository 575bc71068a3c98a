import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AsOwner, asOwner } from "../db/as-owner.ts";
import { sealBookings } from "../ledger/seal-bookings.ts";
import { listAudit } from "../merchants/audit-log.ts";
import { canaryPayment, deliverAll, foundCanaries, paidByCanary } from "../testing/canary-buyer.ts";
import { handedOff } from "../testing/handed-off.ts";
import { newPayment } from "../testing/new-payment.ts";
import { railMessage } from "../testing/rail-message.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { verify } from "../verify/verify.ts";
import { beginAttempt } from "./begin-attempt.ts";
import { createPayment } from "./create-payment.ts";
import { eraseBuyer, paymentsOfBuyer } from "./erase-buyer.ts";
import { readPayment } from "./read-payments.ts";
import { settlePayment } from "./settle-payment.ts";

let core: TestCore;
let owner: AsOwner;
let ownerClient: pg.Client;
beforeAll(async () => {
  core = await openTestCore();
  owner = asOwner(core.database.owner);
  ownerClient = new pg.Client(core.database.owner);
  await ownerClient.connect();
});
afterAll(async () => {
  await ownerClient.end();
  await core.close();
});

const erase = (id: string) => eraseBuyer(core.gateway, owner, id, "Aminah");
const query = (text: string, values: unknown[] = []) => core.gateway.db.query(text, values);
/** What has to be the same before and after: everything that the books and their proof rest on. */
const lasting = async () => [
  await query("select * from ledger_transactions order by id"),
  await query("select * from ledger_postings order by transaction_id, line"),
  await query("select * from ledger_seals order by merchant_id, number"),
  await query(
    "select id, attempt_id, route, code, digest, certificate, effect, received_at from bank_messages order by id",
  ),
  await query(
    "select id, payment_id, sequence, type, data ->> 'amount', data ->> 'status', created_at from events order by id",
  ),
  await query(
    "select id, invoice, amount_sen, status, paid_at, paid_attempt_id, flags, created_at from payments order by id",
  ),
  await query(
    "select id, order_number, bank_id, rail_code, rail_transaction_id, facts, concluded_at from attempts order by id",
  ),
];

describe("erasure of a buyer", () => {
  let paymentId: string;
  let before: unknown;
  beforeAll(async () => {
    paymentId = await paidByCanary(core);
    await paidByCanary(core, { protocol: "wire" }).then(erase);
    await core.gateway.db.write(
      "request_log.write",
      `insert into request_log (id, merchant_id, key_hint, address, protocol, method, route, path, query, status, code, duration_ms, request_body, answer_body, created_at)
       values ('req_1', $1, '', '127.0.0.1', 'v2', 'POST', '', '/api/v2/payments', '{}', 200, '', 1, '{"buyer":{"email":"c…@….example"}}', $2, now())`,
      [core.merchant.merchantId, JSON.stringify({ id: paymentId, buyer: { email: "c…@….example" } })],
    );
    await sealBookings(core.gateway);
    before = await lasting();
  });

  it("leaves no trace of name, address, number or note in any table, and changes nothing that the books rest on", async () => {
    expect(await foundCanaries(core)).toEqual(
      expect.arrayContaining([
        "payments name",
        "attempts nameAtBank",
        "bank_messages nameAtBank",
        "events email",
        "deliveries note",
      ]),
    );
    expect(await erase(paymentId)).toEqual({ paymentId, keptBecause: null });
    expect(await foundCanaries(core)).toEqual([]);
    expect(await query("select request_body, answer_body from request_log where id = 'req_1'")).toEqual([
      { request_body: null, answer_body: null },
    ]);
    expect(await lasting()).toEqual(before);
    expect((await verify(core.gateway)).faults).toEqual([]);
  });

  it("is written into the audit log, without a word of what was erased", async () => {
    const [entry] = await listAudit(core.gateway, { objectId: paymentId, merchantId: null, limit: 1 });
    expect(entry).toMatchObject({
      action: "payment.buyer_erased",
      actorKind: "operator",
      actor: "Aminah",
      changes: {},
    });
  });

  it("leaves a payment that can be read, and a buyer's address that finds none", async () => {
    const { payment } = await readPayment(core.gateway, core.owner.collectionId, paymentId);
    expect(payment).toMatchObject({
      status: "paid",
      buyer: {},
      description: "",
      metadata: {},
      successUrl: "https://shop.example/thanks",
    });
    expect(await paymentsOfBuyer(core.gateway.db, "canary@kenari.example")).toEqual([]);
  });

  it("can be repeated, and then erases what has come since", async () => {
    expect(await erase(paymentId)).toEqual({ paymentId, keptBecause: null });
    expect((await verify(core.gateway)).faults).toEqual([]);
  });

  it("of what does not exist does nothing", async () => {
    expect(await erase("pay_none")).toBeUndefined();
  });

  it.each([
    ["update events set data = '{}' where payment_id = $1"],
    ["update events set data = data::jsonb || '{\"amount\":1}' where payment_id = $1"],
    ["update events set type = 'payment.expired' where payment_id = $1"],
    ["update events set data = erased_view(data), created_at = now() where payment_id = $1"],
    ["delete from events where payment_id = $1"],
    ["update bank_messages set body = 'x' where attempt_id in (select id from attempts where payment_id = $1)"],
    [
      "update bank_messages set body = '', code = '51' where attempt_id in (select id from attempts where payment_id = $1)",
    ],
    [
      "update bank_messages set digest = sha256('') where attempt_id in (select id from attempts where payment_id = $1)",
    ],
    ["update payments set buyer_erased_at = null where id = $1"],
  ])("opens no door for the tables' owner to: %s", async (statement) => {
    await expect(ownerClient.query(statement, [paymentId])).rejects.toMatchObject({ code: "23001" });
  });

  it("is not for the gateway's own role, by whatever way", async () => {
    const id = await paidByCanary(core);
    for (const statement of [
      `select erase_buyer('${id}', 'aud_x', 'operator', 'me')`,
      `update payments set buyer_erased_at = now() where id = '${id}'`,
      `update events set data = '{}' where payment_id = '${id}'`,
      "update bank_messages set body = ''",
      "insert into retention (buyer_data_days) values (1)",
    ]) {
      await expect(query(statement), statement).rejects.toThrow(/permission denied/);
    }
    await expect(
      ownerClient.query("update events set data = erased_view(data) where payment_id = $1", [id]),
    ).rejects.toMatchObject({ code: "23001" });
    await erase(id);
  });
});

describe("what is under way", () => {
  beforeEach(() => deliverAll(core));

  it("keeps its buyer: before anybody paid, at the bank, and until the shop was told", async () => {
    const { payment } = await createPayment(core.gateway, core.owner, newPayment(canaryPayment()));
    expect(await erase(payment.id)).toEqual({ paymentId: payment.id, keptBecause: "it is open" });
    const attempt = await handedOff(core, canaryPayment());
    expect(await erase(attempt.paymentId)).toMatchObject({ keptBecause: "it is processing" });
    await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded"));
    expect(await erase(attempt.paymentId)).toMatchObject({ keptBecause: "a callback is yet to be delivered" });
    await expect(
      ownerClient.query("select erase_buyer($1, 'aud_y', 'operator', 'me')", [attempt.paymentId]),
    ).rejects.toMatchObject({ code: "55006" });
    await deliverAll(core);
    expect(await erase(attempt.paymentId)).toMatchObject({ keptBecause: null });
  });

  it("keeps its buyer while a second attempt of a paid payment may still succeed", async () => {
    const first = await handedOff(core, canaryPayment());
    const [row] = await query("select checkout_id from payments where id = $1", [first.paymentId]);
    const input = { bankId: "BIMB0340", model: "b2c", locale: "en", confirmed: true } as const;
    const second = await beginAttempt(core.gateway, String(row?.["checkout_id"]), input);
    if (second.kind !== "handed_off") throw new Error(second.kind);
    await settlePayment(core.gateway, "direct", railMessage(first, "succeeded"));
    await deliverAll(core);
    expect(await erase(first.paymentId)).toMatchObject({ keptBecause: "an attempt is under way" });
  });
});
