#!/usr/bin/env node
// Committed, because npm links a command when it installs, which is before anything is built.
import { existsSync } from "node:fs";

const program = new URL("../dist/main.js", import.meta.url);

if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write('kineticpay is not built yet.\n  Next: run "npm run build" in the checkout.\n');
  process.exitCode = 1;
}
