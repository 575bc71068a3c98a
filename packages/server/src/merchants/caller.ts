/** Who calls: a verified key, and what it belongs to. */
export interface Caller {
  readonly keyId: string;
  readonly keyHint: string;
  readonly keyName: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly collectionId: string;
  readonly collectionName: string;
  readonly apiEnabled: boolean;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  /** Where calls may come from; each list that is not empty must hold the address. */
  readonly keyAllowList: readonly string[];
  readonly collectionAllowList: readonly string[];
}
