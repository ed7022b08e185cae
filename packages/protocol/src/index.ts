export * from "./bytes.ts";
export * from "./errors.ts";
export * from "./ids.ts";
export * from "./proof.ts";
export * from "./transcript.ts";
