import { operate } from "./operator.ts";

process.exitCode = await operate(process.argv.slice(2));
