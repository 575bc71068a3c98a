import { createRequire } from "node:module";
import type { Ajv as AjvInstance, Options, ValidateFunction } from "ajv";
import type { FastifySchemaCompiler } from "fastify";

// Verbose, so that a fault can be told with the value that came.
const options: Options = { allErrors: true, allowUnionTypes: true, verbose: true };

/**
 * Makes a schema compiler that compiles at the first request instead of at the start: most runs of the simulator never
 * see a control call, and compiling takes longer than everything else at its start together.
 * Every fault is reported, values are taken as they are, unknown members are faults where the schema says so.
 */
export function lazyValidation(): FastifySchemaCompiler<unknown> {
  let ajv: AjvInstance | undefined;
  return ({ schema }) => {
    let validate: ValidateFunction | undefined;
    return (value: unknown) => {
      ajv ??= createAjv();
      validate ??= ajv.compile(schema as object);
      return validate(value)
        ? { value }
        : { error: Object.assign(new Error("invalid"), { validation: validate.errors }) };
    };
  };
}

function createAjv(): AjvInstance {
  // A static import would load the compiler at the start after all, and a dynamic one has no place in a validator.
  const { Ajv } = createRequire(import.meta.url)("ajv") as typeof import("ajv");
  return new Ajv(options);
}
