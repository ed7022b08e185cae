/** Steps of chaos: what breaks and what people do meanwhile, drawn by a seed. */
import { setTimeout as delay } from "node:timers/promises";

import type { NodeMember, PageMember, Member } from "./chaos-members.ts";
import type { ServedSignet } from "./served.ts";

export interface ChaosParts {
  readonly served: ServedSignet;
  readonly pages: readonly PageMember[];
  readonly nodes: readonly NodeMember[];
  /** Ends the process that forwards the audio. */
  readonly killMedia: () => Promise<void>;
  /** Everything of the browser stands still. */
  readonly standStill: (ms: number) => Promise<void>;
}

/** Something that breaks, or that somebody does. */
export interface Trouble {
  readonly name: string;
  /** Resolves when it is over. */
  readonly run: () => Promise<void>;
}

/** How many {@link troublesOf} there are. */
export const troubleKinds = 10;

/** All there are, each with what it hits drawn anew. */
export function troublesOf(parts: ChaosParts, random: () => number): readonly Trouble[] {
  const between = (leastMs: number, mostMs: number): number =>
    Math.round(leastMs + random() * (mostMs - leastMs));
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const { standStill, killMedia, nodes, pages, served } = parts;
  const members: readonly Member[] = [...nodes, ...pages];
  const lossy = pick(members);
  const share = pick([0.05, 0.1, 0.3]);
  const lossMs = between(2_000, 5_000);
  const cut = pick(members);
  const cutMs = between(300, 8_000);
  const blocked = pick(members);
  const direction = pick(["both", "up", "down"] as const);
  const down = pick(nodes);
  const downMs = between(100, 6_000);
  const still = pick(nodes);
  const stillMs = between(1_000, 7_000);
  const gone = pick(nodes);
  const goneMs = between(2_000, 7_000);
  const frozenMs = between(500, 6_000);
  const killedMs = between(0, 2_000);
  return [
    { name: "nothing", run: () => Promise.resolve() },
    {
      name: `${lossy.name} loses ${share * 100} % for ${lossMs} ms`,
      run: async () => {
        lossy.way.drop = () => random() < share;
        await delay(lossMs);
        lossy.way.drop = () => false;
      },
    },
    {
      name: `no audio passes to and from ${cut.name} for ${cutMs} ms`,
      run: async () => {
        cutAll(cut, "both");
        await delay(cutMs);
        cutAll(cut, undefined);
      },
    },
    {
      name: `the connection that ${blocked.name} has is dead for good (${direction})`,
      run: () => {
        blocked.way.cut(direction);
        return Promise.resolve();
      },
    },
    {
      name: `${down.name} does not reach the server for ${downMs} ms`,
      run: async () => {
        down.socket.isDown = true;
        down.socket.cut();
        await delay(downMs);
        down.socket.isDown = false;
      },
    },
    {
      name: `${still.name}'s connection stands still for ${stillMs} ms`,
      run: async () => {
        still.socket.isStill = true;
        await delay(stillMs);
        still.socket.isStill = false;
      },
    },
    {
      name: `${gone.name} has no network for ${goneMs} ms`,
      run: async () => {
        cutAll(gone, "both");
        gone.socket.isStill = true;
        await delay(goneMs);
        cutAll(gone, undefined);
        gone.socket.isStill = false;
      },
    },
    { name: `the browser is frozen for ${frozenMs} ms`, run: () => standStill(frozenMs) },
    { name: "the media process is killed", run: killMedia },
    {
      name: `the server is killed, and back after ${killedMs} ms`,
      run: async () => {
        await served.kill();
        await delay(killedMs);
        await served.start();
      },
    },
  ];
}

/** New connections, too. */
function cutAll({ way }: Member, directions: "both" | undefined): void {
  way.cutLater = directions;
  way.cut(directions);
}

/** In another order. */
export function shuffled<T>(all: readonly T[], random: () => number): T[] {
  const rest = [...all];
  const drawn: T[] = [];
  while (rest.length > 0) drawn.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return drawn;
}
