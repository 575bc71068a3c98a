import { appendFileSync } from "node:fs";

/**
 * Tells what a test has tried: to whoever reads its output, and, when TEST_FIGURES names a file, to the program that runs the
 * test at length: one line of JSON.
 */
export function tellFigures(name: string, figures: Readonly<Record<string, number>>): void {
  console.info(`${name}: ${JSON.stringify(figures)}`);
  const file = process.env["TEST_FIGURES"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ name, figures })}\n`);
}
