import type { Town } from "../cast/town.ts";
import { checkBooks } from "./books.ts";
import { checkPromises } from "./promises.ts";

/** Holds what is stored against its own laws and against everything that anybody was told. @param when for the report */
export async function checkStored(town: Town, when: string): Promise<void> {
  await checkBooks(town.postgres, town.notebook, when);
  await checkPromises(town, when);
}
