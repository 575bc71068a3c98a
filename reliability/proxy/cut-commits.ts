import type { Random } from "../random.ts";
import type { Ends, Tap } from "./fault-proxy.ts";
import { watchPostgres } from "./postgres-wire.ts";

/** When a connection is cut around a commit. In the first case it does not happen, in the last it does, between them either. */
export const cuts = ["before it was sent", "once it was sent", "before its answer"] as const;
export type Cut = (typeof cuts)[number];

export interface CutPlan {
  readonly random: Random;
  /** The share of commits that are cut; read anew for each. */
  readonly share: () => number;
  readonly onCut: (cut: Cut) => void;
}

const nothing = Buffer.alloc(0);

/** A tap that lets everything through, and cuts some connections around a commit, so that the client cannot know of it. */
export function cuttingCommits(plan: CutPlan): (ends: Ends) => Tap {
  return ({ client, server }) => {
    const watch = watchPostgres();
    let isAwaited = false;
    const cutOff = (cut: Cut) => {
      plan.onCut(cut);
      client.resetAndDestroy();
      return nothing;
    };
    return {
      fromClient(piece) {
        if (!watch.fromClient(piece) || !plan.random.chance(plan.share())) return piece;
        const cut = plan.random.pick(cuts);
        if (cut === "before it was sent") return cutOff(cut);
        if (cut === "before its answer") {
          isAwaited = true;
          return piece;
        }
        // Ended, and not destroyed, the connection still carries the commit to the server.
        server.end(piece);
        return cutOff(cut);
      },
      fromServer(piece) {
        const isDone = watch.fromServer(piece);
        if (!isAwaited) return piece;
        return isDone ? cutOff("before its answer") : nothing;
      },
    };
  };
}
