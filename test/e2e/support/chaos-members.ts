/** Who takes part in chaos: pages in a browser and terminals without one, by what a person can do and see at either. */
import assert from "node:assert/strict";

import type { SignatureDevice } from "@signet/device";
import type { UserId } from "@signet/protocol";
import { deviceAtHand } from "@signet/terminal";
import { nodeMedia, toneSource } from "@signet/terminal/node";

import { answer, call, details, hearsOnly, leave, registerGuest, shownInTheCall } from "./browser.ts";
import type { Guest, GuestOptions } from "./browser.ts";
import { Ear } from "./ear.ts";
import { openHeadless } from "./headless.ts";
import type { Headless } from "./headless.ts";
import { LossyWay } from "./lossy-way.ts";
import { RoughSocket } from "./rough-socket.ts";

/** What a member of a call sees of it. The safety code covers roster and call list; whom they are shown is looked at beside it. */
export interface Seen {
  readonly epoch: number;
  readonly safetyCode: string;
  /** User IDs of those who are in the call, in their order. */
  readonly roster: string;
}

export interface Member {
  /** Of the terminal; of a person with several the user ID with a number. */
  readonly name: string;
  readonly userId: UserId;
  /** Of the voice. */
  readonly hertz: number;
  readonly way: LossyWay;
  /** Only where the test holds it. */
  readonly socket?: RoughSocket;
  isIn(): Promise<boolean>;
  call(userIds: readonly UserId[]): Promise<void>;
  /** Takes one step towards being in the call, if there is one to take: answers, joins or moves it here. */
  enter(): Promise<void>;
  leave(): Promise<void>;
  /** Undefined while nobody else is in the group. */
  seen(): Promise<Seen | undefined>;
  /** Waits until just these of the voices are heard. */
  hears(among: readonly number[], expected: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

export const rosterOf = (userIds: readonly string[]): string => userIds.toSorted().join(" ");

/** A terminal without a browser, in the process of the test. */
export class NodeMember implements Member {
  readonly name: string;
  readonly hertz: number;
  readonly way: LossyWay;
  readonly socket: RoughSocket;
  readonly headless: Headless;
  readonly #ear: Ear;

  private constructor(
    name: string,
    hertz: number,
    parts: Pick<NodeMember, "way" | "socket" | "headless"> & { readonly ear: Ear },
  ) {
    this.name = name;
    this.hertz = hertz;
    this.way = parts.way;
    this.socket = parts.socket;
    this.headless = parts.headless;
    this.#ear = parts.ear;
  }

  static async open(
    origin: string,
    name: string,
    hertz: number,
    { device, userId = name }: { readonly device?: SignatureDevice; readonly userId?: string } = {},
  ): Promise<NodeMember> {
    const way = new LossyWay();
    const socket = new RoughSocket();
    const ear = new Ear();
    const media = way.around(
      nodeMedia({ source: () => toneSource(hertz), sink: () => ear, localAddress: "127.0.0.1" }),
    );
    const environment = {
      media,
      openSocket: socket.openSocket,
      ...(device === undefined ? {} : { devices: deviceAtHand(device) }),
    };
    const headless = await openHeadless(origin, userId, {
      environment,
      ...(device === undefined ? {} : { device }),
    });
    return new NodeMember(name, hertz, { way, socket, headless, ear });
  }

  get userId(): UserId {
    return this.headless.userId;
  }

  isIn(): Promise<boolean> {
    return Promise.resolve(this.headless.terminal.state.call?.phase === "active");
  }

  call(userIds: readonly UserId[]): Promise<void> {
    return this.headless.terminal.call(userIds);
  }

  async enter(): Promise<void> {
    const { terminal } = this.headless;
    const { call, elsewhere, joinable, ringing } = terminal.state;
    if (call !== undefined && call.phase !== "ended") return;
    const open = ringing[0] ?? joinable[0];
    if (elsewhere !== undefined) await terminal.moveHere();
    else if (open !== undefined) await terminal.answer(open.callId);
  }

  async leave(): Promise<void> {
    await this.headless.terminal.leave();
  }

  seen(): Promise<Seen | undefined> {
    const { epoch, participants = [], safetyCode } = this.headless.terminal.state.call ?? {};
    if (epoch === undefined || safetyCode === undefined) return Promise.resolve(undefined);
    const roster = rosterOf(
      participants.filter(({ state }) => state === "joined").map(({ userId }) => userId),
    );
    return Promise.resolve({ epoch, safetyCode, roster });
  }

  async hears(among: readonly number[], expected: readonly number[]): Promise<void> {
    this.#ear.forget();
    await this.#ear.hearsOnly(among, expected);
  }

  close(): Promise<void> {
    this.headless.terminal.close();
    this.way.close();
    return Promise.resolve();
  }
}

/** Runs in the page before Signet: leads its audio by the way of the test. */
function takeRoughWay(): void {
  const redirect = (sdp: string): Promise<string> =>
    (globalThis as unknown as { signetRedirect(sdp: string): Promise<string> }).signetRedirect(sdp);
  // As the page uses it: with one argument.
  const peers = RTCPeerConnection.prototype as unknown as {
    setRemoteDescription: (this: unknown, description: RTCSessionDescriptionInit) => Promise<void>;
  };
  const accept = peers.setRemoteDescription;
  peers.setRemoteDescription = async function (this: unknown, { sdp = "", type }) {
    return accept.call(this, { type, sdp: await redirect(sdp) });
  };
}

/** A page in a browser. */
export class PageMember implements Member {
  readonly name: string;
  readonly hertz: number;
  readonly way: LossyWay;
  readonly guest: Guest;

  private constructor(guest: Guest, hertz: number, way: LossyWay) {
    this.name = guest.userId;
    this.hertz = hertz;
    this.guest = guest;
    this.way = way;
  }

  static async register(
    origin: string,
    name: string,
    hertz: number,
    options: Pick<GuestOptions, "browser">,
  ): Promise<PageMember> {
    const guest = await registerGuest(origin, name, { ...options, hertz, initScript: takeRoughWay });
    const way = new LossyWay();
    await guest.page.exposeFunction("signetRedirect", (sdp: string) => way.redirect(sdp));
    // Whoever loads a page anew in a call is asked whether they want that.
    guest.page.on("dialog", (dialog) => void dialog.accept().catch(() => undefined));
    return new PageMember(guest, hertz, way);
  }

  get userId(): UserId {
    return this.guest.userId as UserId;
  }

  async isIn(): Promise<boolean> {
    return this.guest.page.getByRole("button", { name: "Leave call" }).isVisible();
  }

  call(userIds: readonly UserId[]): Promise<void> {
    return call(this.guest, userIds);
  }

  async enter(): Promise<void> {
    const { page } = this.guest;
    const summary = page.getByRole("region", { name: "Summary" }).getByRole("button", { name: "Rejoin" });
    const goingOn = page.getByRole("region", { name: "Going on without you" }).getByRole("button");
    if (await page.getByRole("dialog", { name: "Incoming call" }).isVisible()) await answer(this.guest);
    else if (await summary.isVisible()) await summary.click({ noWaitAfter: true, timeout: 5_000 });
    else if (await goingOn.isVisible()) await goingOn.click({ noWaitAfter: true, timeout: 5_000 });
  }

  leave(): Promise<void> {
    return leave(this.guest);
  }

  async reload(): Promise<void> {
    await this.guest.page.reload();
  }

  async seen(): Promise<Seen | undefined> {
    try {
      return { ...(await details(this.guest)), roster: rosterOf(await shownInTheCall(this.guest)) };
    } catch {
      return undefined;
    }
  }

  hears(among: readonly number[], expected: readonly number[]): Promise<void> {
    return hearsOnly(this.guest, among, expected);
  }

  async close(): Promise<void> {
    assert.deepEqual(this.guest.consoleErrors.filter(isOfThePage), []);
    await this.guest.close();
    this.way.close();
  }
}

/** A connection that was refused is told by the browser itself. */
const isOfThePage = (message: string): boolean => !/WebSocket connection|net::ERR_/.test(message);
