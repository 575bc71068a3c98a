import { entry } from "./entry.ts";

/** 401: who is calling could not be established, or the caller may not call. */
export const authenticationErrors = {
  key_missing: entry<{ expected: string }>({
    type: "authentication_error",
    summary: "No API key came with the call.",
    retryable: false,
    message: (meta) =>
      `No API key came with this call. Send it as ${meta.expected}: it is read from nowhere else. In the sandbox, the keys are in sandbox.json in the gateway's data folder.`,
  }),
  key_malformed: entry<{ key: string; expected: string }>({
    type: "authentication_error",
    summary: "What was sent as an API key cannot be one: part of it is missing or mistyped.",
    retryable: false,
    message: (meta) =>
      `"${meta.key}" is not a complete API key. A key is ${meta.expected}; its last six characters check the rest, so one lost or changed character shows here. Copy the whole key again.`,
  }),
  key_invalid: entry<{ key: string }>({
    type: "authentication_error",
    summary: "No such API key exists here.",
    retryable: false,
    message: (meta) =>
      `The key ${meta.key} is not known to this gateway. Check that the call goes to the gateway that issued it, and that it is of the kind that is read here: an API key opens /api/v2, and a merchant key /payment; neither opens the other.`,
  }),
  key_wrong_mode: entry<{ key: string; key_mode: string; gateway_mode: string }>({
    type: "authentication_error",
    summary: "A sandbox key was sent to a live gateway, or the other way round.",
    retryable: false,
    message: (meta) =>
      `The key ${meta.key} is for ${meta.key_mode} mode, and this gateway runs in ${meta.gateway_mode} mode. Use a ${meta.gateway_mode} key here, or send the call to your ${meta.key_mode} gateway.`,
  }),
  key_revoked: entry<{ key: string; revoked_at: string }>({
    type: "authentication_error",
    summary: "The API key was revoked.",
    retryable: false,
    message: (meta) =>
      `The key ${meta.key} was revoked at ${meta.revoked_at} and cannot be used again. Put a current key of the collection into your settings.`,
  }),
  key_expired: entry<{ key: string; expired_at: string }>({
    type: "authentication_error",
    summary: "The API key has passed its expiry time.",
    retryable: false,
    message: (meta) =>
      `The key ${meta.key} expired at ${meta.expired_at}. Put a current key of the collection into your settings.`,
  }),
  scope_missing: entry<{ key: string; needed: string; scopes: readonly string[] }>({
    type: "authentication_error",
    summary: "The API key is valid but may not do this.",
    retryable: false,
    message: (meta) =>
      `The key ${meta.key} is valid, but this call needs the scope "${meta.needed}" and the key has ${meta.scopes.length === 0 ? "none" : meta.scopes.join(", ")}. Use a key that has it, or ask whoever runs this gateway to give it one.`,
  }),
  api_not_enabled: entry<{ key: string; collection: string }>({
    type: "authentication_error",
    summary: "The API is switched off for the key's collection.",
    retryable: false,
    message: (meta) =>
      `The key ${meta.key} is valid, but the API is switched off for collection ${meta.collection}. Ask whoever runs this gateway to switch it on, then send the call again.`,
  }),
  ip_not_allowed: entry<{ key: string; address: string; list: string; object: string }>({
    type: "authentication_error",
    summary: "The call came from an address that is not on the allow-list.",
    retryable: false,
    message: (meta) =>
      `The key ${meta.key} is valid, but this call came from ${meta.address}, which is not on the allow-list of ${meta.list} ${meta.object}. Add that address to the list, or call from one that is on it. If it is the address of a proxy in front of this gateway, its operator has to name the proxy in KINETICPAY_TRUSTED_PROXIES.`,
  }),
};
