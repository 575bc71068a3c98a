import { HTMLElement, NodeType, parse } from "node-html-parser";

/** What two published shops let through when they print the gateway's `html` into their page, and nothing else. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  form: ["action", "method", "id"],
  input: ["type", "value", "name"],
  script: ["src"],
};

/** The HTML as those shops print it: other tags and attributes go, and the text inside a dropped tag stays. */
export function filterAsShopsDo(html: string): string {
  const print = (element: HTMLElement): string =>
    element.childNodes
      .map((node) => {
        if (node.nodeType === NodeType.TEXT_NODE) return node.rawText;
        if (!(node instanceof HTMLElement)) return "";
        const tag = node.rawTagName.toLowerCase();
        const kept = allowed[tag];
        if (kept === undefined) return print(node);
        const attributes = Object.entries(node.rawAttributes).filter(([name]) => kept.includes(name.toLowerCase()));
        const text = attributes.map(([name, value]) => ` ${name}="${value}"`).join("");
        return tag === "input" ? `<input${text}>` : `<${tag}${text}>${print(node)}</${tag}>`;
      })
      .join("");
  return print(parse(html, { blockTextElements: { script: true } }));
}
