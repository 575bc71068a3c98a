import { editDistance } from "@kineticpay/contract/edit-distance";
/** How much of a member's value the log keeps. What is not named here is not kept at all. */
export type Keeping =
  | "number"
  | "choice"
  | "bank"
  | "id"
  | "route"
  | "own"
  | "invoice"
  | "url"
  | "email"
  | "person"
  | "phone"
  | "time"
  | "text"
  | "range"
  | "inside"
  | "nothing";

export type Side = "asked" | "answered";

/** The allow-list of what callers send: every member that the log knows, and how it keeps it. */
const asked: Readonly<Record<string, Keeping>> = {
  amount: "number",
  currency: "choice",
  invoice: "invoice",
  description: "text",
  bank: "bank",
  model: "choice",
  locale: "choice",
  expires_in: "number",
  success_url: "url",
  failure_url: "url",
  callback_url: "url",
  buyer: "inside",
  name: "person",
  email: "email",
  phone: "phone",
  metadata: "text",
  merchant_key: "nothing",
  callback_success: "url",
  callback_error: "url",
  callback_status: "url",
  limit: "number",
  starting_after: "id",
  status: "choice",
  code: "choice",
  route: "route",
  key: "id",
  created_after: "time",
  created_before: "time",
  validate_only: "choice",
  collection: "id",
  scopes: "choice",
  kind: "choice",
  ip_allow_list: "range",
  force: "choice",
  api_enabled: "choice",
  website: "url",
  expires_at: "time",
  overlap_hours: "number",
  share: "number",
  count: "number",
  seed: "number",
  delay_ms: "number",
  after: "choice",
  drop: "choice",
  half: "choice",
  url: "url",
  events: "choice",
  type: "choice",
  payment: "id",
  event: "id",
  webhook_endpoint: "id",
  since: "time",
  from: "time",
  to: "time",
  only_missing: "choice",
};

/**
 * The allow-list of what the gateway answers: enough to see what came of a call. The rest of an answer is there to be read
 * again by its id, and what is not looked at costs nothing. `own` values are words that the gateway itself chose.
 */
const answered: Readonly<Record<string, Keeping>> = {
  id: "id",
  object: "own",
  collection: "id",
  amount: "number",
  currency: "own",
  invoice: "invoice",
  mode: "own",
  message: "own",
  valid: "own",
  status: "own",
  code: "own",
  state: "own",
  kind: "own",
  has_more: "own",
  data: "inside",
  certainty: "own",
  flags: "own",
  reason: "own",
  created_at: "time",
  expires_at: "time",
  paid_at: "time",
  revoked_at: "time",
  type: "own",
  queued: "number",
};

const lists = { asked, answered };

/** Names that other services use for what is called differently here. */
const otherNames: Readonly<Record<string, string>> = {
  total: "amount",
  price: "amount",
  amountsen: "amount",
  amountcents: "amount",
  amountinsen: "amount",
  reference: "invoice",
  clientreferenceid: "invoice",
  refno: "invoice",
  billamount: "amount",
  ref: "invoice",
  orderid: "invoice",
  order: "invoice",
  ordernumber: "invoice",
  invoiceid: "invoice",
  invoicenumber: "invoice",
  desc: "description",
  customer: "buyer",
  payer: "buyer",
  callbacksuccess: "success_url",
  callbackerror: "failure_url",
  callbackstatus: "callback_url",
  redirecturl: "success_url",
  returnurl: "success_url",
  successredirect: "success_url",
  cancelurl: "failure_url",
  errorurl: "failure_url",
  failurl: "failure_url",
  failureredirect: "failure_url",
  webhook: "callback_url",
  webhookurl: "callback_url",
  notifyurl: "callback_url",
  notificationurl: "callback_url",
  bankid: "bank",
  bankcode: "bank",
  language: "locale",
  lang: "locale",
  mobile: "phone",
  phonenumber: "phone",
  emailaddress: "email",
  fullname: "name",
  pagesize: "limit",
  perpage: "limit",
  after: "starting_after",
  cursor: "starting_after",
};

const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, "");

/**
 * The name that was meant by one that is a slip of it, or another service's word for it.
 * @param among the names to choose from
 */
export function nearName(name: string, among: readonly string[]): string | undefined {
  if (name.length > 30 || !/^[A-Za-z][A-Za-z_ -]*$/.test(name)) return undefined;
  const wanted = plain(name);
  const other = otherNames[wanted];
  if (other !== undefined && among.includes(other)) return other;
  let best: { name: string; distance: number } | undefined;
  for (const candidate of among) {
    const plainly = plain(candidate);
    if (Math.abs(wanted.length - plainly.length) > 2) continue;
    const away = editDistance(wanted, plainly);
    if (best === undefined || away < best.distance) best = { name: candidate, distance: away };
  }
  return best !== undefined && best.distance <= (wanted.length <= 5 ? 1 : 2) ? best.name : undefined;
}

const namesOf = { asked: Object.keys(asked), answered: Object.keys(answered) };

/** How a member is kept, also one whose name is a slip; undefined for one that nobody knows. */
export function keepingFor(name: string, side: Side): Keeping | undefined {
  if (Object.hasOwn(lists[side], name)) return lists[side][name];
  const near = side === "asked" ? nearName(name, namesOf.asked) : undefined;
  return near === undefined ? undefined : asked[near];
}
