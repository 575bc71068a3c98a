import { casesClose, casesList } from "./cases.ts";
import type { Command } from "./command.ts";
import { merchantsCreate } from "./merchants.ts";

/** Every command of the operator's program. */
export const commands: readonly Command[] = [casesList, casesClose, merchantsCreate];
