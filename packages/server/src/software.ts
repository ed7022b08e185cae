/** Program and version, as `package.json` has it. */
export const software = "signet 0.1.0";
