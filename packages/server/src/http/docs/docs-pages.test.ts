import { errorCodes, errorEntry, errorStatus } from "@kineticpay/contract/errors/catalogue";
import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import { parse } from "node-html-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApp, type TestApp } from "../../testing/test-app.ts";
import { readErrorPage } from "./error-pages.ts";
import { renderMarkdown } from "./render-markdown.ts";

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp();
});
afterAll(() => test.close());

const get = async (path: string, headers: Record<string, string> = {}) => {
  const { status, headers: answered, text } = await test.send({ method: "GET", path, headers, body: "" });
  return { status, headers: answered, text };
};

describe("the pages for people", () => {
  it.each(errorCodes)("show %s, with every section of its file and links that lead somewhere", async (code) => {
    const { status, headers, text } = await get(`/docs/errors/${code}`);
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    const document = parse(text);
    const { sections } = await readErrorPage(code);
    expect(document.querySelector("h1")?.text).toBe(code);
    expect(document.querySelectorAll("h2").map((each) => each.text)).toEqual(sections.map((each) => each.title));
    for (const link of document.querySelectorAll("a")) {
      const address = link.getAttribute("href") ?? "";
      expect((await get(address)).status, `${address} on the page of ${code}`).toBe(200);
    }
  });

  it("list every code", async () => {
    const { text } = await get("/docs/errors");
    const links = parse(text).querySelectorAll("li a");
    expect(links.map((each) => each.getAttribute("href")).sort()).toEqual(
      errorCodes.map((code) => `/docs/errors/${code}`).sort(),
    );
  });

  it("load nothing, run nothing, and cannot be framed", async () => {
    const { headers, text } = await get("/docs/errors/key_missing");
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|script-src|\*/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    const document = parse(text);
    expect(document.querySelectorAll("script, img, iframe, form, [style], link[rel=stylesheet]")).toEqual([]);
    expect(document.querySelector("meta[name=viewport]")?.getAttribute("content")).toContain("width=device-width");
  });

  it("give the Markdown to whoever wants it", async () => {
    const { headers, text } = await get("/docs/errors/key_missing.md");
    expect(headers["content-type"]).toBe("text/markdown; charset=utf-8");
    expect(text).toBe((await readErrorPage("key_missing")).source);
  });

  it("meet a wrong name with a page for a browser and the contract's body for a program", async () => {
    const page = await get("/docs/errors/Key-Missing", { accept: "text/html,*/*" });
    expect(page.status).toBe(404);
    expect(page.text).toContain('<a href="/docs/errors/key_missing">');
    const body = JSON.parse((await get("/docs/errors/..%2f..%2fpackage.json")).text) as ErrorBody;
    expect(body).toMatchObject({ status: 404, code: "route_unknown", meta: { nearest: "/docs/errors" } });
    const script = await get("/docs/errors/%3Cscript%3E", { accept: "text/html" });
    expect(script.text).not.toContain("<script");
  });
});

it("shows HTML and odd links in a page's text as text", async () => {
  const html = await renderMarkdown(
    "<script>alert(1)</script>\n\n[a](javascript:alert(1)) [b](//evil.example) [c](key_missing.md) <b>d</b>",
  );
  expect(html).not.toMatch(/<script|<b>|javascript:|evil/);
  expect(html).toContain('<a href="/docs/errors/key_missing">c</a>');
});

describe("the catalogue as JSON", () => {
  it("is answered to anybody, with or without a key", async () => {
    const { status, text } = await get("/api/v2/errors");
    const list = JSON.parse(text) as { data: { code: string }[] };
    expect(status).toBe(200);
    expect(list).toMatchObject({ object: "list", has_more: false });
    expect(list.data.map((each) => each.code)).toEqual(errorCodes);
    expect((await get("/api/v2/errors", { authorization: "Bearer nonsense" })).text).toBe(text);
  });

  it.each(errorCodes)("explains %s with all that its page says", async (code) => {
    const { status, text } = await get(`/api/v2/errors/${code}`);
    const { type, summary, retryable } = errorEntry(code);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      object: "error_code",
      code,
      type,
      status: errorStatus(code),
      summary,
      retryable,
      doc_url: expect.stringMatching(new RegExp(`/docs/errors/${code}$`)),
      since: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      sections: (await readErrorPage(code)).sections,
    });
  });

  it("says of a code that does not exist which one may have been meant", async () => {
    const { status, text } = await get("/api/v2/errors/KeyMissing");
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({
      code: "route_unknown",
      meta: { path: "/api/v2/errors/KeyMissing", nearest: "/api/v2/errors/key_missing" },
    });
    expect((await get("/api/v2/errors/toString")).status).toBe(404);
  });
});
