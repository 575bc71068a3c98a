/** Shows that calls work. */
export interface Pong {
  readonly message: "pong";
  /** `sandbox` or `live`. */
  readonly mode: string;
  readonly time: string;
}

/** What the calling key is and may do. */
export interface Whoami {
  readonly object: "whoami";
  /** `sandbox` or `live`. */
  readonly mode: string;
  readonly key: {
    readonly id: string;
    readonly hint: string;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly expires_at: string | null;
  };
  readonly merchant: { readonly id: string; readonly name: string };
  readonly collection: { readonly id: string; readonly name: string; readonly api_enabled: boolean };
  /** Where this call came from, as the gateway sees it. */
  readonly address: string;
  readonly address_allowed: boolean;
}
