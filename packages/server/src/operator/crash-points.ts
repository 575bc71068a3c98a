import { crashLabels } from "../seams/crash-points.ts";
import { type Command, UsageError } from "./command.ts";

export const crashPointsList: Command = {
  name: "crash-points list",
  usage: "",
  summary: "List the points at which KINETICPAY_CRASH_AT can end a gateway, for tests of crashes",
  options: {},
  run: async (_office, words) => {
    if (words.length > 0) throw new UsageError(`unexpected: ${words.join(" ")}`);
    return { text: crashLabels.join("\n"), json: crashLabels };
  },
};
