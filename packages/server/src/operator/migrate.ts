import { agreeOnRetention } from "../payments/retention.ts";
import type { Command } from "./command.ts";
import { noWords } from "./words.ts";

export const migrateCommand: Command = {
  name: "migrate",
  usage: "",
  summary: "Bring the database up to date as its owner, so that the gateway can start without DATABASE_OWNER_URL",
  options: {},
  run: async (office, words) => {
    noWords(words);
    // Opening the database has done it, as it does for every command and every start.
    const done = await office.db.query<{ name: string; role: string }>(
      "select name, current_user as role from migrations order by id",
    );
    await agreeOnRetention(office.db, office.asOwner, office.config.buyerDataDays);
    const last = done.at(-1);
    return {
      text: `The database is up to date (${last?.name}); the gateway works in it as ${last?.role}.`,
      json: { migrations: done.map((each) => each.name), role: last?.role },
    };
  },
};
