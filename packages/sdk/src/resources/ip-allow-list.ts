/** From where a key or a collection's keys may call. */
export interface IpAllowList {
  readonly object: "ip_allow_list";
  /** The id of the key or collection. */
  readonly of: string;
  readonly ip_allow_list: readonly string[];
  /** Where this call came from, as the gateway sees it. */
  readonly your_address: string;
  /** Whether this list lets that address in. */
  readonly your_address_listed: boolean;
}

/** A whole new list. */
export interface IpAllowListParams {
  /** Up to 100 addresses and ranges, such as `"203.0.113.7"` or `"203.0.113.0/24"`; an empty list lets every address in. */
  readonly ip_allow_list: readonly string[];
  /** True to go on although the key that makes the call would be shut out. */
  readonly force?: boolean | undefined;
}
