import { expect, test } from "vitest";
import { redact } from "./redact.ts";

const words = { "[merchant]": "Kedai Kopi", "[collection]": "Kedai", "~": "/users/aminah" };

test.each([
  [`kp_live_${"0a1B".repeat(9)}`, "kp_live_…"],
  ["whsec_44WPmjxrT7mMY1bnsDfZWOGLuiBeHCyDwMeQP7cN/wc=", "whsec_…"],
  ["key_01M8C5ZJAY7W5HV9PDVQHJ2JQ5", "key_…"],
  ["https://pay.kedai.example:8443/x", "https://[host]:8443/x"],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ["calls from 203.0.113.7 are let in", "calls from 203.0.x.x are let in"],
  ["seen as 2001:db8:1:2:3:4:5:6 here", "seen as [address] here"],
  ["the API of Kedai Kopi is on", "the API of [merchant] is on"],
  ["/users/aminah/data/sandbox.json", "~/data/sandbox.json"],
  ["req_01M8C5ZNNFS78S4JS00SEWCQQA", "req_01M8C5ZNNFS78S4JS00SEWCQQA"],
])("of %j a report shows %j", (text, shown) => {
  expect(redact(text, words)).toBe(shown);
});
