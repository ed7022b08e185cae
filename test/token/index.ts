export { findNss, makeNssDatabase } from "./nss.ts";
export { findSoftHsm, makeTestToken } from "./test-token.ts";
export type { TestKey, TestToken, TestTokenOptions } from "./test-token.ts";
export { keyOrder } from "./orders.ts";
export type { Order } from "./provision.ts";
