/** How much of a member's value the log keeps. What is not named here is not kept at all. */
export type Keeping =
  | "number"
  | "word"
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

/** The allow-list: every member of a request or an answer that the log knows, and how it keeps it. */
export const keepingOf: Readonly<Record<string, Keeping>> = {
  // What is asked for.
  amount: "number",
  currency: "word",
  invoice: "invoice",
  description: "text",
  bank: "word",
  model: "word",
  locale: "word",
  expires_in: "number",
  success_url: "url",
  failure_url: "url",
  callback_url: "url",
  buyer: "inside",
  name: "person",
  email: "email",
  phone: "phone",
  metadata: "text",
  // The wire protocol's own.
  merchant_key: "nothing",
  callback_success: "url",
  callback_error: "url",
  callback_status: "url",
  // Queries.
  limit: "number",
  starting_after: "word",
  status: "word",
  code: "word",
  route: "word",
  key: "word",
  created_after: "time",
  created_before: "time",
  validate_only: "word",
  // Access.
  collection: "word",
  scopes: "inside",
  kind: "word",
  ip_allow_list: "range",
  api_enabled: "word",
  website: "url",
  expires_at: "time",
  overlap: "number",
  overlap_hours: "number",
  // What is answered.
  id: "word",
  object: "word",
  mode: "word",
  message: "word",
  valid: "word",
  has_more: "word",
  data: "inside",
  certainty: "word",
  flags: "inside",
  attempts: "inside",
  number: "number",
  rail_code: "word",
  reason: "word",
  created_at: "time",
  updated_at: "time",
  paid_at: "time",
  revoked_at: "time",
  next_check_at: "time",
  duration_ms: "number",
  share: "number",
  count: "number",
  seed: "number",
  delay_ms: "number",
  after: "word",
  drop: "word",
};

/** Members that hold no value of their own kind but several of it. */
export const rangeLists: ReadonlySet<string> = new Set(["ip_allow_list"]);

/** Names that other services use for what is called differently here. */
const otherNames: Readonly<Record<string, string>> = {
  total: "amount",
  price: "amount",
  amountsen: "amount",
  amountcents: "amount",
  amountinsen: "amount",
  reference: "invoice",
  ref: "invoice",
  orderid: "invoice",
  order: "invoice",
  ordernumber: "invoice",
  invoiceid: "invoice",
  invoicenumber: "invoice",
  desc: "description",
  customer: "buyer",
  payer: "buyer",
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

/** How many letters must change for one word to become the other; gives up, with 9, on words that differ much in length. */
export function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 9;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

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
    const away = distance(wanted, plain(candidate));
    if (best === undefined || away < best.distance) best = { name: candidate, distance: away };
  }
  return best !== undefined && best.distance <= (wanted.length <= 5 ? 1 : 2) ? best.name : undefined;
}

const knownNames = Object.keys(keepingOf);

/** How a member is kept, also one whose name is a slip; undefined for one that nobody knows. */
export function keepingFor(name: string): Keeping | undefined {
  if (Object.hasOwn(keepingOf, name)) return keepingOf[name];
  const near = nearName(name, knownNames);
  return near === undefined ? undefined : keepingOf[near];
}
