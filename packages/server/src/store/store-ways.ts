/** How a part of a store runs what it does: each within one transaction. */
export interface StoreWays {
  read<T>(run: () => T): Promise<T>;
  write<T>(run: () => T): Promise<T>;
}
