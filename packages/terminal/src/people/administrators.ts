/**
 * Whom this terminal believes as administrators. A server's word for who administers counts once: whom it names first is remembered, by the
 * device that registered and by the head of their history. Whoever it names later counts for nothing, unless one who is known appointed
 * them, until the person at this terminal decides. So does whoever is believed for the word of an administrator who was dismissed since, as
 * far as is known here, or of a device of theirs that was revoked since: nobody can tell whether it is of before that.
 */
import {
  administers,
  administratorDevicesOf,
  countsNow,
  foldHistory,
  headOf,
  mayBeAppointed,
  statedHead,
} from "@signet/device";
import type { FoldOptions, Person } from "@signet/device";
import {
  BoundedMap,
  SignetError,
  UserId,
  decodeTranscript,
  equalBytes,
  mostAdministrators,
} from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ErrorCode, StatementIn, Transcript } from "@signet/protocol";

import type { ServerRequests } from "../server-requests.ts";
import type { NewAdministrator } from "../state.ts";
import type { AdministratorPin, PinStore } from "./pin-store.ts";
import { isProven } from "./proven-person.ts";
import type { ProvingLog } from "./proven-person.ts";
import { devicesOf } from "./shown-devices.ts";

/** Histories of administrators, and who of them is believed: more than a server has, and where those end who appoint each other without end. */
const mostHistories = 256;
/** Whom a person may be asked about: the server chooses the names. */
const mostUnknown = mostAdministrators;
/** A history may go on while it is held against the log. */
const mostRounds = 3;

export interface AdministratorsServer {
  readonly requests: Pick<ServerRequests, "request">;
  /** Whether it says who administers. */
  readonly saysWho: () => boolean;
  /** Has to prove what it shows of them. */
  readonly log: () => ProvingLog;
}

/** As they are shown to be decided about, and what is remembered then. */
interface AskedAbout {
  readonly shown: NewAdministrator;
  readonly pin: AdministratorPin;
}

export class Administrators {
  /** What a fold asks for. */
  readonly devicesAt: FoldOptions["administratorDevices"];
  /**
   * For the history of who signs in here: their own device speaks for it, which counts in it. Whoever recovered them is taken at their word, as in
   * what an administrator is asked about.
   */
  readonly ownDevicesAt: FoldOptions["administratorDevices"];
  /** As the server names itself. */
  serverOrigin = "";
  readonly #pins: PinStore;
  readonly #histories = new BoundedMap<string, DirectoryEntryIn>(mostHistories);
  readonly #unknown = new BoundedMap<UserId, AskedAbout>(mostUnknown);
  /** Whoever signs with a history is taken at its word, as it was then; who of them is believed is decided apart. */
  readonly #find: FoldOptions["administratorDevices"];
  #server: AdministratorsServer | undefined;
  #onRefused: (userId: UserId, code: ErrorCode) => void = () => undefined;
  /** By the server's word of now. */
  #named: readonly UserId[] = [];
  #asking: Promise<void> | undefined;
  /** Where the pins cannot keep it. */
  #inMemory: readonly AdministratorPin[] | undefined;

  constructor(pins: PinStore) {
    this.#pins = pins;
    this.#find = administratorDevicesOf({
      serverOrigin: () => this.serverOrigin,
      isNamed: (userId) => this.#isNamed(userId),
      historyOf: (userId, head) => this.#historyOf(userId, head),
    });
    this.devicesAt = async (userId, head) => {
      await this.#first();
      const devices = await this.#find(userId, head);
      if (devices === undefined) return undefined;
      if (!(await this.#isBelieved(userId, head)) && !(await this.#isBelievedNow(userId, head)))
        return this.#askAbout(userId);
      await this.#wentOn(userId, head);
      return devices;
    };
    this.ownDevicesAt = async (userId, head) => {
      await this.#first();
      return this.#find(userId, head);
    };
  }

  /** @param onRefused hears of whom the server names anew, and of an administrator's history that is not the one that is known */
  connect(server: AdministratorsServer, onRefused: (userId: UserId, code: ErrorCode) => void): void {
    this.#server = server;
    this.#onRefused = onRefused;
  }

  /** Histories that were asked for: for a terminal that goes on before it is connected. */
  get histories(): readonly DirectoryEntryIn[] {
    return [...this.#histories.values()];
  }

  /** Not believed for that. */
  know(histories: readonly DirectoryEntryIn[]): void {
    for (const history of histories) this.#histories.set(history.userId, history);
  }

  /** By the server's word, which is enough for what it would refuse anyway. */
  doesAdminister(person: Pick<Person, "appointments" | "userId">): boolean {
    return administers(person, this.#named.includes(person.userId));
  }

  /** By the server's word of now, whether they are believed or not. */
  get named(): readonly UserId[] {
    return this.#named;
  }

  /** Whom the server names, and did not at first; a person may decide to believe it. */
  get unknown(): readonly NewAdministrator[] {
    return Array.from(this.#unknown.values(), ({ shown }) => shown);
  }

  /**
   * The person's explicit decision about the history with this head, and so about the devices that count there, which they were shown.
   * @throws SignetError `directory.otherKey` where nobody is asked about with it; `directory.badPins`
   */
  trust(userId: UserId, head: Bytes): void {
    const pin = this.#unknown.get(userId)?.pin;
    if (pin === undefined || !equalBytes(pin.head.digest, head)) throw new SignetError("directory.otherKey");
    this.#remember([...(this.#pinned() ?? []).filter((one) => one.userId !== userId), pin]);
    this.#unknown.delete(userId);
  }

  /** Asks who is named now, at each sign-in: the first time early, and later so that whoever is new is told. Never rejects. */
  async look(): Promise<void> {
    await this.#askOnce().catch(() => undefined);
  }

  #askOnce(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Nobody is believed before it is known who was named first. */
  async #first(): Promise<void> {
    if (this.#pinned() === undefined) await this.#askOnce();
  }

  async #ask(): Promise<void> {
    const server = this.#server;
    if (server?.saysWho() !== true) return;
    const { named } = await server.requests.request("directory.administrators", {});
    this.#named = named;
    const pinned = this.#pinned();
    const isKnown = (userId: UserId): boolean => pinned?.some((pin) => pin.userId === userId) === true;
    const found: DirectoryEntryIn[] = [];
    for (const userId of named) {
      const history = isKnown(userId) ? undefined : await this.#newest(userId);
      if (history !== undefined) found.push(history);
    }
    if (pinned === undefined) return this.#remember(await Promise.all(found.map(async (one) => pinOf(one))));
    for (const history of found) await this.#foundAnew(history);
    for (const pin of pinned.slice(0, mostAdministrators)) await this.#lookAgain(pin);
  }

  async #foundAnew(history: DirectoryEntryIn): Promise<void> {
    const head = await statedHead(history);
    // Appointed by somebody who is known.
    if ((await this.devicesAt(history.userId, head)) !== undefined) return;
    // Else it was just said on whom they rest.
    if ((await this.#find(history.userId, head)) === undefined) await this.#refuse(history, "admin.unknown");
  }

  async #refuse(
    history: DirectoryEntryIn,
    code: NewAdministrator["code"],
    appointed: { readonly appointed?: true } = {},
  ): Promise<void> {
    const { userId } = history;
    // What was shown first is what is decided about.
    const person = this.#unknown.has(userId) ? undefined : await this.#takenAtItsWord(history);
    // Where nobody can say whose devices count, whoever brought them in is decided about first.
    if (person !== undefined) {
      const shown = { userId, code, head: headOf(person), devices: devicesOf(person) };
      this.#unknown.set(userId, { shown, pin: { ...(await pinOf(history)), ...appointed } });
    }
    this.#onRefused(userId, this.#unknown.get(userId)?.shown.code ?? code);
  }

  /** The one who is asked about signs nothing that counts until then. */
  async #askAbout(userId: string): Promise<undefined> {
    const history = this.#histories.get(userId);
    if (history === undefined) return;
    const isAppointed = !this.#isNamed(userId) && mayBeAppointed(history);
    await this.#refuse(history, "admin.lapsed", isAppointed ? { appointed: true } : {});
  }

  /**
   * Whether what this history rests on, up to the head and since it was believed last, is of administrators who are still, by devices that count
   * still. Whoever is appointed anew is so by who appoints them last.
   * @param asked as they are known by now, of whom it is known already; undefined for whom it is being asked about: what comes back to
   *   them rests on nobody else, and so on nobody who is believed
   */
  async #isBelieved(
    userId: string,
    head: Bytes,
    asked = new Map<string, Person | undefined>(),
  ): Promise<boolean> {
    asked.set(userId, undefined);
    const history = await this.#historyOf(userId, head);
    const place = history === undefined ? undefined : await placeOf(history, head);
    if (history === undefined || place === undefined) return false;
    const since = history.statements.slice(this.#pinOf(userId)?.head.sequence ?? 0, place);
    for (const { administrator, administratorHead, deviceId } of restingOn(since)) {
      const known = asked.get(administrator);
      if (known === undefined && asked.has(administrator)) return false;
      const now = known ?? (await this.#personNow(administrator, administratorHead));
      if (now === undefined || !administers(now, this.#isNamed(administrator))) return false;
      if (!now.devices.some((device) => countsNow(device) && device.deviceId === deviceId)) return false;
      if (known === undefined && !(await this.#isBelieved(administrator, headOf(now), asked))) return false;
      asked.set(administrator, now);
    }
    return true;
  }

  /** As the server shows them now: that holds for what they were before, too, since nobody writes into a history what comes before its end. */
  async #isBelievedNow(userId: string, head: Bytes): Promise<boolean> {
    const newest = await this.#newest(userId);
    if (newest === undefined || (await placeOf(newest, head)) === undefined) return false;
    return this.#isBelieved(userId, await statedHead(newest));
  }

  /** As far as their history is known here. @param head which it holds */
  async #personNow(userId: string, head: Bytes): Promise<Person | undefined> {
    const history = await this.#historyOf(userId, head);
    return history === undefined ? undefined : this.#takenAtItsWord(history);
  }

  /** Each of its statements, whoever is believed by now. */
  async #takenAtItsWord(history: DirectoryEntryIn): Promise<Person | undefined> {
    const { serverOrigin } = this;
    const options = { serverOrigin, administratorDevices: this.#find, certificatesWithheld: true };
    const folded = await foldHistory(history, options);
    return folded.ok ? folded.person : undefined;
  }

  /** That they were dismissed, or lost a device, cannot be hidden once it was seen. */
  async #lookAgain({ head, userId }: AdministratorPin): Promise<void> {
    if ((await this.#newest(userId)) === undefined) return;
    const now = await this.#personNow(userId, head.digest);
    if (now === undefined) return;
    if (await this.#isBelieved(userId, headOf(now))) await this.#wentOn(userId, headOf(now));
  }

  async #historyOf(userId: string, head: Bytes): Promise<DirectoryEntryIn | undefined> {
    const known = this.#histories.get(userId);
    const isEnough = known !== undefined && (await placeOf(known, head)) !== undefined;
    const history = isEnough ? known : await this.#newest(userId);
    if (history === undefined) return undefined;
    const code = await this.#faultOf(history);
    if (code === undefined) return history;
    this.#onRefused(history.userId, code);
    return undefined;
  }

  /** As the server shows it now. @throws SignetError where it cannot be asked: that says nothing of what was signed */
  async #newest(userId: string): Promise<DirectoryEntryIn | undefined> {
    const server = this.#server;
    const who = UserId.safeParse(userId);
    if (server?.saysWho() !== true || !who.success) return undefined;
    const entry = await this.#shown(who.data, server);
    if (entry === undefined) return undefined;
    const code = await this.#faultOf(entry);
    if (code !== undefined) {
      this.#onRefused(who.data, code);
      return undefined;
    }
    this.#histories.set(userId, entry);
    return entry;
  }

  /** @returns undefined also where the log does not prove it, which is told */
  async #shown(userId: UserId, server: AdministratorsServer): Promise<DirectoryEntryIn | undefined> {
    for (let round = 0; round < mostRounds; round++) {
      const { entry } = await server.requests.request("directory.administrators", { userId });
      if (entry?.userId !== userId) return undefined;
      if (await isProven(entry, server.log())) return entry;
    }
    this.#onRefused(userId, "directory.unproven");
    return undefined;
  }

  /** Why it is not the history of the administrator who is known. */
  async #faultOf(history: DirectoryEntryIn): Promise<ErrorCode | undefined> {
    const pin = this.#pinOf(history.userId);
    if (pin === undefined) return undefined;
    if (history.deviceId !== pin.deviceId) return "directory.keyChanged";
    const { digest, sequence } = pin.head;
    if (history.statements.length < sequence) return "history.shortened";
    const statements = history.statements.slice(0, sequence);
    const isSame = equalBytes(await statedHead({ ...history, statements }), digest);
    return isSame ? undefined : "directory.keyChanged";
  }

  /** What an administrator signed with, and held, is not taken back later; nor that somebody was appointed, by who is dismissed later. */
  async #wentOn(userId: string, head: Bytes): Promise<void> {
    const history = this.#histories.get(userId);
    const sequence = history === undefined ? undefined : await placeOf(history, head);
    const [pinned, pin] = [this.#pinned(), this.#pinOf(userId)];
    if (history === undefined || sequence === undefined || pinned === undefined) return;
    if (pin === undefined ? pinned.length >= mostHistories : sequence <= pin.head.sequence) return;
    const known = pin ?? { userId: history.userId, deviceId: history.deviceId, appointed: true as const };
    const next = { ...known, head: { sequence, digest: head } };
    this.#remember(
      pin === undefined ? [...pinned, next] : pinned.map((one) => (one.userId === userId ? next : one)),
    );
  }

  /** By the server at first, or accepted by the person since. */
  #isNamed(userId: string): boolean {
    const pin = this.#pinOf(userId);
    return pin !== undefined && pin.appointed === undefined;
  }

  #pinOf(userId: string): AdministratorPin | undefined {
    return this.#pinned()?.find((pin) => pin.userId === userId);
  }

  /** undefined before a server was asked. */
  #pinned(): readonly AdministratorPin[] | undefined {
    return this.#pins.administrators === undefined ? this.#inMemory : this.#pins.administrators();
  }

  #remember(administrators: readonly AdministratorPin[]): void {
    if (this.#pins.setAdministrators === undefined) this.#inMemory = administrators;
    else this.#pins.setAdministrators(administrators);
  }
}

const pinOf = async (history: DirectoryEntryIn): Promise<AdministratorPin> => ({
  userId: history.userId,
  deviceId: history.deviceId,
  head: { sequence: history.statements.length, digest: await statedHead(history) },
});

/** What makes somebody an administrator, or brings in a device of theirs, by another one's word. */
function restingOn(
  statements: readonly StatementIn[],
): readonly (Transcript<"appoint"> | Transcript<"recover">)[] {
  let appointment: Transcript<"appoint"> | undefined;
  const recoveries: Transcript<"recover">[] = [];
  for (const { proofs } of statements) {
    const transcript = proofs[0] === undefined ? undefined : decodeTranscript(proofs[0].transcript);
    if (transcript?.purpose === "appoint") appointment = transcript;
    else if (transcript?.purpose === "recover") recoveries.push(transcript);
  }
  return appointment === undefined ? recoveries : [...recoveries, appointment];
}

/** The sequence of the statement with this digest. */
async function placeOf(history: DirectoryEntryIn, head: Bytes): Promise<number | undefined> {
  for (let sequence = history.statements.length; sequence >= 0; sequence--) {
    const statements = history.statements.slice(0, sequence);
    if (equalBytes(await statedHead({ ...history, statements }), head)) return sequence;
  }
  return undefined;
}
