import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** What the pages bring along: read once, when the checkout is registered. */
export interface CheckoutAssets {
  readonly css: string;
  /** The hash by which the security policy lets the inlined stylesheet in. */
  readonly cssHash: string;
  readonly checkoutScript: string;
  /** Named for its content, so that it can be kept for ever. */
  readonly checkoutScriptPath: string;
  readonly submitScript: string;
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Takes out the white space that only people need, and the one character that a page would escape. */
function pack(css: string): string {
  return css
    .replace(/\s*\n\s*/g, "")
    .replaceAll(" {", "{")
    .replaceAll(";}", "}")
    .replaceAll('"', "'")
    .replace(/([:,]) /g, "$1");
}

/** The one stylesheet, in the order of its rules: every page, the choice of a bank, what came of it and all screens. */
const styleSheets = ["checkout-page.css", "checkout-choice.css", "checkout-outcome.css"] as const;

/** The files in the package's `assets` folder, which lies as far from `src` as from `dist`. */
export function loadAssets(): CheckoutAssets {
  const read = (name: string) => readFileSync(new URL(`../../../assets/${name}`, import.meta.url), "utf8");
  const css = pack(styleSheets.map(read).join(""));
  const checkoutScript = read("checkout.js");
  return {
    css,
    cssHash: `sha256-${sha256(css).toString("base64")}`,
    checkoutScript,
    checkoutScriptPath: `/assets/checkout-${sha256(checkoutScript).toString("hex").slice(0, 12)}.js`,
    submitScript: read("submit.js"),
  };
}
