import { deliverDue } from "../../callbacks/deliver.ts";
import { rollSecret } from "../../webhooks/roll-secret.ts";
import type { TestClock } from "../test-clock.ts";
import type { TestCore } from "../test-core.ts";
import { eventSource } from "../test-events.ts";
import { isSigned, openReceiver } from "../webhook-receiver.ts";

export interface RotationFigures {
  readonly sent: number;
  /** Of what was sent within the overlap: what a holder of the old secret alone, or of the new one, could not verify. */
  readonly unverifiableWithOld: number;
  readonly unverifiableWithNew: number;
  /** Of what was sent after the overlap: what a holder of the old secret alone still accepted, and the new one did not. */
  readonly acceptedWithOld: number;
  readonly refusedWithNew: number;
  readonly after: number;
}

const actor = { kind: "operator", name: "test" } as const;
const overlapHours = 24;

/** Rolls a secret while a stream of events is on its way, and again and again lets time pass beyond the overlap. */
export async function rotationTrial(
  core: TestCore,
  clock: TestClock,
  wish: { readonly rolls: number; readonly eventsBetween: number },
): Promise<RotationFigures> {
  const { gateway } = core;
  const receiver = await openReceiver();
  const source = eventSource(core);
  const path = "/rotating";
  const { id, secret } = await source.endpoint(`${receiver.url}${path}`);
  const record = await source.payment();
  let [old, current] = [secret, secret];
  let seen = 0;
  const figures = {
    sent: 0,
    unverifiableWithOld: 0,
    unverifiableWithNew: 0,
    acceptedWithOld: 0,
    refusedWithNew: 0,
    after: 0,
  };
  const fresh = () => {
    const calls = receiver.at(path).slice(seen);
    seen += calls.length;
    figures.sent += calls.length;
    return calls;
  };
  try {
    for (let roll = 0; roll < wish.rolls; roll += 1) {
      for (let i = 0; i < wish.eventsBetween; i += 1) await record("payment.processing");
      // The secret changes while these are being leased, signed and sent.
      const [, rolled] = await Promise.all([deliverDue(gateway), rollSecret(gateway, actor, id, overlapHours)]);
      if (rolled === undefined) throw new Error("the endpoint is missing");
      [old, current] = [current, rolled.secret];
      const first = fresh();
      // Signed before the roll was committed: with the old secret alone, which still holds.
      figures.unverifiableWithOld += first.filter((call) => !isSigned(old, call)).length;
      for (let i = 0; i < wish.eventsBetween; i += 1) await record("payment.processing");
      clock.advance(overlapHours * 3_600_000 - 60_000);
      await deliverDue(gateway);
      const during = fresh();
      figures.unverifiableWithOld += during.filter((call) => !isSigned(old, call)).length;
      figures.unverifiableWithNew += during.filter((call) => !isSigned(current, call)).length;
      for (let i = 0; i < wish.eventsBetween; i += 1) await record("payment.processing");
      clock.advance(120_000);
      await deliverDue(gateway);
      const after = fresh();
      figures.after += after.length;
      figures.acceptedWithOld += after.filter((call) => isSigned(old, call)).length;
      figures.refusedWithNew += after.filter((call) => !isSigned(current, call)).length;
    }
    return figures;
  } finally {
    await receiver.close();
  }
}
