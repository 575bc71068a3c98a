import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestCore, type TestCore } from "../../../testing/test-core.ts";
import { submitForm } from "./submit-form.ts";

let core: TestCore;
beforeAll(async () => {
  core = await openTestCore({ settings: { KINETICPAY_PUBLIC_URL: "https://pay.example.my" } });
});
afterAll(() => core.close());

const checkoutUrl = "https://pay.example.my/checkout/cs_0123456789abcdef0123456789abcdef01234567";
const make = (invoice = "10001") => submitForm(core.gateway, { checkoutUrl, invoice });

const allowed: Readonly<Record<string, readonly string[]>> = {
  form: ["action", "method", "id"],
  input: ["type", "value", "name"],
  script: ["src"],
};

/** The filter of two shops: of tags and attributes it keeps the allowed ones, and of everything else only the text. */
function filtered(html: string): string {
  return html.replace(
    /<(\/?)([a-z]+)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*>/gi,
    (_tag, slash: string, name: string, rest: string) => {
      const kept = allowed[name.toLowerCase()];
      if (kept === undefined) return "";
      if (slash === "/") return `</${name}>`;
      const attributes = [...rest.matchAll(/([a-z-]+)="([^"]*)"/gi)].filter(([, attribute]) =>
        kept.includes(attribute ?? ""),
      );
      return `<${[name, ...attributes.map(([whole]) => whole)].join(" ")}>`;
    },
  );
}

it("passes the shops' filter unchanged, and leaves no text for the buyer to see", () => {
  const html = make();
  expect(filtered(html)).toBe(html);
  expect(filtered('<p style="x">a</p><form onsubmit="b" id="c"></form>')).toBe('a<form id="c"></form>');
  expect(html.replace(/<[^>]*>/g, "")).toBe("");
});

it("is one form that posts to the checkout, one visible button and one external script that names the form", () => {
  const html = make();
  const id = /<form action="([^"]*)" method="post" id="([^"]*)">/.exec(html);
  expect(id?.[1]).toBe(checkoutUrl);
  expect(html.match(/<form/g)).toHaveLength(1);
  expect(html.match(/<input type="hidden" name="[a-z]+" value="[^"]*">/g)).not.toHaveLength(0);
  expect(html.match(/<input type="submit"[^>]*>/g)).toHaveLength(1);
  expect(html.match(/<script[^>]*>/g)).toEqual([
    `<script src="https://pay.example.my/assets/submit.js?form=${id?.[2]}">`,
  ]);
  expect(html.indexOf("<script")).toBeGreaterThan(html.indexOf("</form>"));
  expect(html).not.toMatch(/name="submit"/);
});

it("has another id each time, so that two on one page do not submit one another", () => {
  const ids = Array.from({ length: 100 }, () => / id="([^"]*)"/.exec(make())?.[1]);
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^kp-[0-9a-f]{16}$/);
});

it("lets no invoice break out of its attribute", () => {
  const html = make(`"><script>alert('1')</script>&amp;`);
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).toContain('value="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;"');
});
