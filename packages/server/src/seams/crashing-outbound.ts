import type { Pass } from "./crash-points.ts";
import type { Outbound } from "./outbound.ts";

/** A way out that passes a label before each call is sent and after its answer came. A call without an answer passes one. */
export function crashingOutbound(outbound: Outbound, pass: Pass): Outbound {
  return {
    async post(call) {
      pass(`before:${call.name}`);
      const answer = await outbound.post(call);
      pass(`after:${call.name}`);
      return answer;
    },
    close: () => outbound.close(),
  };
}
