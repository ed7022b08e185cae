import type { HistoryEvent } from "@signet/terminal";

type WithTime<E> = E extends unknown ? Omit<E, "atMs"> & { readonly at: string } : never;

/** Of a key history; `at` as the device that signed said. */
export type SignedChange = WithTime<HistoryEvent>;
