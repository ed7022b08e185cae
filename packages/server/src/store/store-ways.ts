/** How a part of a store runs what it does: each within one transaction. */
export interface StoreWays {
  readonly read: <T>(run: () => T) => Promise<T>;
  readonly write: <T>(run: () => T) => Promise<T>;
}
