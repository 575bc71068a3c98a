import type { ErrorObject } from "ajv";

/** One member that cannot be taken, by its JSON pointer. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

const shownLength = 80;

/** A value as it came, cut where it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

/** What the schema takes: its own words, which each schema of a member has. */
function expected(schema: unknown): string {
  const { description } = schema as { readonly description?: string };
  return description ?? "of another kind";
}

/** A fault of one member, with the value that came and what is taken instead. Needs Ajv's `verbose`. */
function tellFault({ instancePath, params, data, parentSchema }: ErrorObject): Fault {
  const { missingProperty: missing, additionalProperty: strange } = params as Readonly<Record<string, unknown>>;
  const { properties = {} } = parentSchema as { readonly properties?: Readonly<Record<string, object>> };
  if (typeof missing === "string") {
    return { path: `${instancePath}/${missing}`, message: `is missing; it must be ${expected(properties[missing])}` };
  }
  if (typeof strange === "string") {
    const known = Object.keys(properties).join(", ");
    return { path: `${instancePath}/${strange}`, message: `is not known here; the members are ${known}` };
  }
  return { path: instancePath, message: `came as ${shown(data)}; it must be ${expected(parentSchema)}` };
}

/** Every fault, each member once: a value of the wrong type is also none of those that are listed. */
export function tellFaults(errors: readonly ErrorObject[]): Fault[] {
  // An `if` that does not hold is told already by the fault that made it so.
  const told = errors.filter(({ keyword }) => keyword !== "if").map(tellFault);
  return told.filter(({ path }, at) => told.findIndex((each) => each.path === path) === at);
}
