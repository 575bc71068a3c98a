import type { Command } from "../command.ts";
import { devCommand } from "./dev.ts";
import { errorsCommand } from "./errors.ts";
import { profilesAddCommand } from "./profiles-add.ts";
import { profilesListCommand } from "./profiles-list.ts";
import { profilesRemoveCommand } from "./profiles-remove.ts";
import { profilesUseCommand } from "./profiles-use.ts";

/** Every command, in the order in which help shows them. */
export const commands: readonly Command[] = [
  devCommand,
  errorsCommand,
  profilesAddCommand,
  profilesListCommand,
  profilesUseCommand,
  profilesRemoveCommand,
];
