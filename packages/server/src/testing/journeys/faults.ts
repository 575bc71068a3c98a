import { nothing, type World } from "./world.ts";

/** A fault asked for, looked at, and taken back. */
export async function rehearseTrouble({ traveller }: World): Promise<void> {
  const { id } = await traveller.ok<{ id: string }>("POST /api/v2/sandbox/faults", {
    body: { code: "bank_timeout", route: "POST /api/v2/payments", share: 0.1, seed: 42, after: "commit" },
  });
  await traveller.fails("fields_invalid", "POST /api/v2/sandbox/faults", { body: { route: "/api/v2/paymnets" } });
  await traveller.ok("GET /api/v2/sandbox/faults");
  await traveller.ok("POST /api/v2/sandbox/faults/:id/delete", { params: { id } });
  await traveller.fails("resource_missing", "POST /api/v2/sandbox/faults/:id/delete", {
    params: { id: nothing("flt") },
  });
}
