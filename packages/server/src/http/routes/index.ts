import type { Route } from "../route.ts";
import { ping } from "./account/ping.ts";
import { whoami } from "./account/whoami.ts";
import { listBanks } from "./banks/list-banks.ts";
import { cancel } from "./payments/cancel.ts";
import { create } from "./payments/create.ts";
import { get } from "./payments/get.ts";
import { list } from "./payments/list.ts";
import { requery } from "./payments/requery.ts";
import { update } from "./payments/update.ts";

/** Every endpoint of the v2 API. */
export const routes: readonly Route[] = [
  ping,
  whoami,
  listBanks,
  create,
  list,
  get,
  update,
  cancel,
  requery,
] as readonly Route[];
