/** The answer to a call with `validateOnly`: it would be accepted as things stand. Nothing was done. */
export interface Validation {
  readonly object: "validation";
  readonly valid: true;
}
