import { nothing, type World } from "./world.ts";

/** A call that fails, found again and explained. */
export async function lookBack({ traveller }: World): Promise<void> {
  const failed = await traveller.fails("fields_invalid", "POST /api/v2/payments", {
    body: { amount: "12.50", invoice: "10009", success_url: "/thanks" },
  });
  const params = { id: failed.request_id };
  await traveller.ok("GET /api/v2/requests/:id", { params });
  await traveller.ok("GET /api/v2/requests/:id/explain", { params });
  await traveller.ok("GET /api/v2/requests", { query: { limit: "1" } });
  await traveller.fails("fields_invalid", "GET /api/v2/requests", { query: { limit: "0" } });
  const missing = { params: { id: nothing("req") } };
  await traveller.fails("resource_missing", "GET /api/v2/requests/:id", missing);
  await traveller.fails("resource_missing", "GET /api/v2/requests/:id/explain", missing);
}
