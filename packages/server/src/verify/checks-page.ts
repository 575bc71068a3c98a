import { fixedChecks } from "./fixed-checks.ts";
import { guardChecks } from "./guard-checks.ts";

const heading = `# What verify proves

Each of these holds at every moment, or \`npm run operator -- verify\` says where not. How to run it, and what else it does:
[the books](guides/books.md#verify). This page is made from \`packages/server/src/verify/\` by \`npm run docs\`.

| Check | What holds |
|---|---|
`;

const footing = `| \`references.*\` | What a row refers to is there; one check for each foreign key of the schema. |
| \`chain.heads\` | With \`--against\`: every seal that was the newest of its chain before is in that chain still. |
`;

/** The page of everything that is proved, from the checks themselves. */
export function checksPage(): string {
  const rows = [...guardChecks, ...fixedChecks].map(({ name, promise }) => `| \`${name}\` | ${promise} |`);
  return `${heading}${rows.join("\n")}\n${footing}`;
}
