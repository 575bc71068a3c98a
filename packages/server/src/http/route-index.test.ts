import fastify from "fastify";
import { expect, it } from "vitest";
import { allowedMethods, nearestPath, rememberRoutes } from "./route-index.ts";

const app = fastify();
const index = rememberRoutes(app);
const answer = async () => "";
app.get("/health", answer);
app.get("/api/v2/payments", answer);
app.post("/api/v2/payments", answer);
app.get("/api/v2/payments/:id", answer);
app.patch("/api/v2/payments/:id", answer);
app.post("/api/v2/payments/:id/cancel", answer);
app.get("/docs/*", answer);
app.get("/ready", answer);
app.post("/payment/create", answer);
app.get("/payment/status", answer);
app.get("/api/v2/banks", answer);

it.each([
  ["/api/v2/payments", ["GET", "POST"]],
  ["/api/v2/payments/pay_1", ["GET", "PATCH"]],
  ["/api/v2/payments/pay_1/cancel", ["POST"]],
  ["/api/v2/payments/pay_1/refund", []],
  ["/docs/errors/key_missing", ["GET"]],
  ["/health", ["GET"]],
  ["/healthy", []],
  ["/", []],
])("knows the methods of %s", (path, methods) => {
  expect(allowedMethods(index, path)).toEqual(methods);
});

it.each([
  ["/api/v2/payment", "/api/v2/payments"],
  ["/payments", "/api/v2/payments"],
  ["/api/v1/Payments/", "/api/v2/payments"],
  ["/v2/payment/pay_1", "/api/v2/payments/:id"],
  ["/api/v2/payment/pay_1/cancel/", "/api/v2/payments/:id/cancel"],
  ["/Health", "/health"],
  ["/api/v2/paymints", "/api/v2/payments"],
  ["/api/v2/paymnts/pay_1/cancle", "/api/v2/payments/:id/cancel"],
  ["/api/v2/payments/pay_1/refund", ""],
  ["/api/v2/payouts", ""],
  ["/api/v2/peyments/pay_1", "/api/v2/payments/:id"],
  ["/wp-login.php", ""],
  ["/paymnt/create", "/payment/create"],
  ["/peyment/status", "/payment/status"],
  ["/payment/craete", "/payment/create"],
  ["/api/v2/bnaks", ""],
  ["/read", ""],
  ["/bank", "/api/v2/banks"],
  ["/tank", ""],
  [`/${"a/".repeat(90)}`, ""],
  ["/", ""],
])("finds what %s may have been meant for", (path, nearest) => {
  expect(nearestPath(index, path)).toBe(nearest);
});
