import type { Instrument } from "./instrument.ts";
import {
  bankAway,
  everyOrder,
  forgedMessages,
  messagesLost,
  otherSums,
  paymentModel,
} from "./instruments/bank-messages.ts";
import { canaries, proof, stolenKeys, tampering } from "./instruments/books-and-secrets.ts";
import { clockSkew } from "./instruments/clock-skew.ts";
import { commitCut } from "./instruments/commit-cut.ts";
import { crash, crashPoints } from "./instruments/crash.ts";
import { creditOnce } from "./instruments/credit-once.ts";
import { deploy } from "./instruments/deploy.ts";
import { diskFull } from "./instruments/disk-full.ts";
import { failover } from "./instruments/failover.ts";
import { firstStart } from "./instruments/first-start.ts";
import { foulWeather } from "./instruments/foul-weather.ts";
import { mutants } from "./instruments/mutants.ts";
import { postgresFrozen } from "./instruments/postgres-frozen.ts";
import { postgresStop } from "./instruments/postgres-stop.ts";
import { redisAway } from "./instruments/redis-away.ts";
import { lostReply, sameInvoice, sameKey } from "./instruments/same-key.ts";
import { everyEvent, forgedCallbacks, hostileTargets, receiverAway, rotation } from "./instruments/shops.ts";
/** Every instrument, in the order of the table that is made from their results. A new one is one line here. */
export const instruments: readonly Instrument[] = [
  crash,
  crashPoints,
  firstStart,
  creditOnce,
  sameKey,
  sameInvoice,
  lostReply,
  commitCut,
  foulWeather,
  postgresStop,
  failover,
  postgresFrozen,
  diskFull,
  redisAway,
  bankAway,
  messagesLost,
  everyOrder,
  paymentModel,
  tampering,
  proof,
  everyEvent,
  receiverAway,
  rotation,
  clockSkew,
  deploy,
  forgedMessages,
  otherSums,
  forgedCallbacks,
  hostileTargets,
  stolenKeys,
  canaries,
  mutants,
];
