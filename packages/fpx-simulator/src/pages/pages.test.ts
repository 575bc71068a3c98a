import { afterAll, beforeAll, expect, test } from "vitest";
import { startTrial, type Trial } from "../testing/trial.ts";
import { html } from "./html.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial();
});
afterAll(() => trial.close());

const hostile = `<script>alert("1")</script>'&`;

test("every value put into HTML is escaped, HTML of ours is not", () => {
  const inner = html`<b title="${hostile}">${hostile}</b>`;
  const escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;";
  expect(html`<p>${inner}${[inner]}${undefined}${1}</p>`.text).toBe(
    `<p><b title="${escaped}">${escaped}</b><b title="${escaped}">${escaped}</b>1</p>`,
  );
});

test("no page prints markup that came with a request", async () => {
  const { merchant, simulator } = trial;
  const fields = {
    ...merchant.authorise({ model: "b2b1" }),
    fpx_sellerOrderNo: hostile,
    fpx_productDesc: hostile,
    fpx_buyerName: hostile,
  };
  const path = await trial.start(merchant.signed(fields));
  const pages = [await trial.page(path)];
  await trial.press(`${path}/login`, {});
  pages.push(await trial.page(path));
  await trial.press(`${path}/decide`, { action: "approve" });
  pages.push(await trial.page(path), await trial.page("/bank/checker"), await trial.page("/"));
  pages.push(await (await trial.press(`${path}/return`, {})).text());
  pages.push(await (await fetch(`${simulator.url}/${encodeURIComponent(hostile)}`)).text());
  for (const page of pages) {
    expect(page).toContain("Simulated bank – no real money");
    expect(page).not.toContain("<script>");
  }
  expect(pages.filter((page) => page.includes("&lt;script&gt;"))).toHaveLength(6);
});

test("the bank's pages lead from login through confirmation to the shop, and back and reload do no harm", async () => {
  const path = await trial.start(trial.merchant.authorise({ bankId: "MB2U0227", amountSen: 4_200 }));
  const login = await trial.page(path);
  for (const text of ["Maybank2U", "RM 42.00", "Log in"]) expect(login).toContain(text);
  expect((await trial.press(`${path}/return`, {})).headers.get("location")).toBe(path);
  await trial.press(`${path}/login`, { user_name: "anyone" });
  const confirm = await trial.page(path);
  for (const text of ["Approve", "Insufficient funds", "Cancel", "session time out", "51 – "]) {
    expect(confirm).toContain(text);
  }
  await trial.press(`${path}/decide`, { action: "approve" });
  await trial.press(`${path}/login`, {});
  expect(await trial.page(path)).toContain("Payment approved");
});

test("pages allow nothing from elsewhere and may not be framed; only the way back leaves form-action open", async () => {
  const path = await trial.start(trial.merchant.authorise());
  const policyOf = (response: Response) => response.headers.get("content-security-policy") ?? "";
  const login = policyOf(await fetch(trial.simulator.url + path));
  expect(login).toContain("default-src 'none'");
  expect(login).toContain("frame-ancestors 'none'");
  expect(login).toContain("form-action 'self'");
  await trial.press(`${path}/decide`, { action: "approve" });
  const back = await trial.press(`${path}/return`, {});
  expect(policyOf(back)).not.toContain("form-action");
  expect(await back.text()).toContain("<button");
});

test("an unknown bank page is a 404 page", async () => {
  expect((await fetch(`${trial.simulator.url}/bank/nothing`)).status).toBe(404);
});
