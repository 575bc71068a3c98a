import { array, boolean, closed, literal, object, optional, string } from "@kineticpay/contract/json-schema";
import { addressRangeForm, listAllows, mostRanges } from "../../merchants/address-range.ts";

const entry = string({ maxLength: 49, format: "address-range", description: addressRangeForm });

export const ipAllowListSchema = array(entry, {
  maxItems: mostRanges,
  description: `a list of up to ${mostRanges} addresses and ranges; an empty one lets every address in`,
});

export const forceSchema = optional(
  boolean({ description: "true to go on although the key that makes the call would be shut out" }),
);

export interface AllowListBody {
  readonly ip_allow_list: readonly string[];
  readonly force?: boolean;
}

export const allowListBody = closed({ ip_allow_list: ipAllowListSchema, force: forceSchema });

export const allowListAnswer = object({
  object: literal("ip_allow_list"),
  of: string({ description: "id of the key or collection whose list this is" }),
  ip_allow_list: array(string()),
  your_address: string({ description: "where this call came from, as the gateway sees it" }),
  your_address_listed: boolean({ description: "whether this list lets that address in" }),
});

/** An allow-list as it is answered, with what it means for whoever asks. */
export function allowListView(of: string, ipAllowList: readonly string[], address: string) {
  return {
    object: "ip_allow_list",
    of,
    ip_allow_list: ipAllowList,
    your_address: address,
    your_address_listed: listAllows(ipAllowList, address),
  };
}
