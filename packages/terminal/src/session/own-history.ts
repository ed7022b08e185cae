/** The key history of who is signed in here: it goes on by what is signed here, and by what the person's other terminals sign. */
import { continuationOf, headOf } from "@signet/device";
import type { FoldOptions, Person as FoldedPerson } from "@signet/device";
import { SerialQueue, SignetError } from "@signet/protocol";
import type { DirectoryEntryIn, ErrorCode, ProofIn, Transcript } from "@signet/protocol";

import type { DeviceProvider } from "../environment.ts";
import { certificateVerdicts } from "../people/devices.ts";
import type { AppliedTrust } from "../people/trust.ts";
import { bodyOf } from "../server-requests.ts";
import type { ServerRequests } from "../server-requests.ts";
import { continuedHistory, fold, signChange } from "./own-statement.ts";
import type { OwnChange } from "./own-statement.ts";
import type { Person } from "./person.ts";

export interface OwnHistoryParties {
  readonly link: () => ServerRequests;
  readonly serverOrigin: () => string;
  readonly administratorDevices: FoldOptions["administratorDevices"];
  readonly devices: DeviceProvider;
  readonly trust: () => AppliedTrust;
  readonly nowMs: () => number;
  /** Who is signed in now. */
  readonly person: () => Person | undefined;
  readonly sign: (person: Person, transcript: Transcript, signal?: AbortSignal) => Promise<ProofIn>;
  /** In place of who was signed in: the same, by the same device, as their history makes them now. */
  readonly goesOn: (person: Person, isMadeHere: boolean) => void;
  /** What the server shows is not what this person's devices signed. */
  readonly refused: (person: Person, code: ErrorCode) => void;
}

export class OwnHistory {
  readonly #parties: OwnHistoryParties;
  /** What the server said is taken in the order in which it was said, as it is verified. */
  readonly #words = new SerialQueue();

  constructor(parties: OwnHistoryParties) {
    this.#parties = parties;
  }

  /**
   * Signs it, has the server keep it, and goes on with it.
   * @returns the person with it
   * @throws SignetError of signChange, `history.append` and continuedHistory
   */
  async change(person: Person, change: OwnChange, signal?: AbortSignal): Promise<FoldedPerson> {
    const { administratorDevices, devices, nowMs, sign } = this.#parties;
    const [link, serverOrigin] = [this.#parties.link(), this.#parties.serverOrigin()];
    const signed = await signChange(person, change, {
      link,
      serverOrigin,
      administratorDevices,
      devices,
      nowMs,
      sign: (transcript) => sign(person, transcript, signal),
    });
    return link.ask("history.append", signed.body, (answer) => {
      const { entry } = bodyOf(answer);
      return this.#words.run(async () => {
        const continued = await continuedHistory(entry, signed, { serverOrigin, administratorDevices });
        // Somebody else may be signed in by now, or nobody.
        if (this.#parties.person()?.binding === person.binding) await this.#take(continued, true);
        return continued;
      });
    });
  }

  /**
   * The server shows the history of who is signed in here.
   * @param isLatest as it is now; else it may have been said before this terminal heard of more
   */
  heard(entry: DirectoryEntryIn, isLatest: boolean): Promise<void> {
    return this.#words.run(async () => {
      const own = this.#parties.person();
      if (own === undefined || entry.userId !== own.userId) return;
      const { person: known } = own.known;
      try {
        const person = await fold(entry, {
          known,
          serverOrigin: this.#parties.serverOrigin(),
          administratorDevices: this.#parties.administratorDevices,
        });
        const seen = { sequence: known.digests.length - 1, digest: headOf(known) };
        const continuation = continuationOf(person, seen);
        if (continuation === "continued") return await this.#take(person, false);
        if (continuation === "same") return;
        const isOlder = continuation === "shortened" && isBefore(person, known);
        if (!isOlder || isLatest) throw new SignetError("history.head");
      } catch (error) {
        if (!(error instanceof SignetError)) throw error;
        // Who they are to others rests on what their devices signed, and this terminal knows that.
        this.#parties.refused(own, error.code);
      }
    });
  }

  async #take(person: FoldedPerson, isMadeHere: boolean): Promise<void> {
    const certificates = await certificateVerdicts(person, this.#parties.trust(), this.#parties.nowMs());
    const own = this.#parties.person();
    if (own === undefined || own.userId !== person.userId) return;
    this.#parties.goesOn({ ...own, known: { ...own.known, person, certificates } }, isMadeHere);
  }
}

/** Whether a shorter history is how the longer one began. */
const isBefore = (shorter: FoldedPerson, longer: FoldedPerson): boolean =>
  continuationOf(longer, { sequence: shorter.digests.length - 1, digest: headOf(shorter) }) === "continued";
