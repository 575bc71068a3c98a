import type { Command } from "../command.ts";
import { banksCommand } from "./banks.ts";
import { certifyCommand } from "./certify.ts";
import { completionCommand } from "./completion.ts";
import { devCommand } from "./dev.ts";
import { doctorCommand } from "./doctor.ts";
import { errorsCommand } from "./errors.ts";
import { eventsListCommand } from "./events-list.ts";
import { eventsResendCommand } from "./events-resend.ts";
import { explainCommand } from "./explain.ts";
import { listenCommand } from "./listen.ts";
import { logsTailCommand } from "./logs-tail.ts";
import { paymentsCancelCommand } from "./payments-cancel.ts";
import { paymentsCreateCommand } from "./payments-create.ts";
import { paymentsGetCommand } from "./payments-get.ts";
import { paymentsListCommand } from "./payments-list.ts";
import { paymentsRequeryCommand } from "./payments-requery.ts";
import { profilesAddCommand } from "./profiles-add.ts";
import { profilesListCommand } from "./profiles-list.ts";
import { profilesRemoveCommand } from "./profiles-remove.ts";
import { profilesUseCommand } from "./profiles-use.ts";
import { triggerCommand } from "./trigger.ts";

/** Every command, in the order in which help shows them. */
export const commands: readonly Command[] = [
  devCommand,
  listenCommand,
  triggerCommand,
  paymentsCreateCommand,
  paymentsGetCommand,
  paymentsListCommand,
  paymentsCancelCommand,
  paymentsRequeryCommand,
  banksCommand,
  eventsListCommand,
  eventsResendCommand,
  logsTailCommand,
  explainCommand,
  errorsCommand,
  doctorCommand,
  certifyCommand,
  profilesAddCommand,
  profilesListCommand,
  profilesUseCommand,
  profilesRemoveCommand,
  completionCommand,
];
