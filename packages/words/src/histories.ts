import type { DeviceKind, HistoryEvent } from "@signet/protocol";

import { catalogue } from "./language.ts";

export interface HistoryNaming {
  /** How the person is called; undefined for the one at this terminal. */
  readonly name: string | undefined;
  readonly day: (atMs: number) => string;
  readonly kind: (kind: DeviceKind) => string;
}

/** A device of somebody else, where nothing that was signed is said of it. @param name empty until it was named */
export const otherDeviceWords = (name: string): string => {
  const words = catalogue().histories.device;
  return name === "" ? words.registeredWith : words.named(name);
};

/** What was signed, as a clause. */
export function historyEventWords(event: HistoryEvent, { day, kind, name }: HistoryNaming): string {
  const { device: words, ...clauses } = catalogue().histories;
  const whose = name === undefined ? "ofOneself" : "ofOthers";
  const { by } = event;
  const signer =
    by.name === undefined
      ? words.administrator(by.userId)
      : by.name === ""
        ? words.first[whose]
        : words.signer[whose](by.name);
  const told = { name: name ?? "", on: day(event.atMs), signer };
  if (event.type === "renamed") return clauses[whose].renamed({ ...told, displayName: event.displayName });
  if (event.type === "appointed" || event.type === "dismissed") return clauses[whose][event.type](told);
  const device = event.deviceName === "" ? words.first[whose] : words.named(event.deviceName);
  const ofDevice = { ...told, device, kind: kind(event.kind) };
  if (event.type === "deviceRevoked") return clauses[whose].deviceRevoked({ ...ofDevice, why: event.why });
  return clauses[whose][event.type](ofDevice);
}
