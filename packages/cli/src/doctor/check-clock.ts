import { type Check, fault, ok, warning } from "./check.ts";

/** Verifiers of Standard Webhooks refuse what is further off than five minutes. */
const refusedS = 300;
const oddS = 30;

/** That this machine's clock and the gateway's agree, since signatures are only good for minutes. */
export const checkClock: Check = {
  name: "clock",
  async look({ gatewayClock }) {
    if (gatewayClock === undefined) return undefined;
    const { shownMs, askedMs, answeredMs } = gatewayClock;
    // The header has whole seconds, and was written at some moment between question and answer.
    const aheadMs =
      askedMs > shownMs + 1_000 ? askedMs - shownMs - 1_000 : answeredMs < shownMs ? answeredMs - shownMs : 0;
    const apartS = Math.round(Math.abs(aheadMs) / 1000);
    const detail = `this clock is ${apartS} s ${aheadMs > 0 ? "ahead of" : "behind"} the gateway's`;
    const fix = "set this machine's clock, by NTP for example; if it is right, have the gateway's set";
    if (apartS >= refusedS)
      return fault("clock", `${detail}: signatures of webhooks are refused from ${refusedS} s on`, fix);
    if (apartS >= oddS) return warning("clock", detail, fix);
    return ok("clock", apartS === 0 ? "this clock and the gateway's agree" : detail);
  },
};
