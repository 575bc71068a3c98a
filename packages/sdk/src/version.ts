/** The version of this package, as its package.json says; a test holds the two together. */
export const packageVersion = "0.1.0";
