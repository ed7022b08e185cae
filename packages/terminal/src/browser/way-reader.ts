import type { SoundWay } from "../media/sound-way.ts";

/** What a browser counts of one connection, as `getStats` names it. */
interface Counts {
  readonly received: number;
  readonly lost: number;
}

type Stats = Record<string, unknown> & { readonly type: string };

const relayWays: Readonly<Record<string, SoundWay["by"]>> = {
  udp: "relayUdp",
  tcp: "relayTcp",
  tls: "relayTls",
};

/** How the sound of one connection travels, by what the browser says of it. */
export class WayReader {
  readonly #connection: RTCPeerConnection;
  #before: Counts = { received: 0, lost: 0 };

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
  }

  /** @returns undefined while there is no way; what was lost since the last time */
  async read(): Promise<SoundWay | undefined> {
    const stats = new Map<string, Stats>();
    (await this.#connection.getStats()).forEach((value: Stats, id: string) => stats.set(id, value));
    const all = [...stats.values()];
    const pair = selectedPair(all, stats);
    const local = stats.get(String(pair?.["localCandidateId"]));
    if (pair === undefined || local === undefined) return undefined;
    const roundTripS = numberIn(pair, "currentRoundTripTime");
    const inbound = all.filter(({ type }) => type === "inbound-rtp");
    const jitters = inbound.flatMap((stream) =>
      (numberIn(stream, "packetsReceived") ?? 0) > 0 ? [numberIn(stream, "jitter") ?? 0] : [],
    );
    const lost = this.#lostSince({
      received: sumOf(inbound, "packetsReceived"),
      lost: sumOf(inbound, "packetsLost"),
    });
    return {
      by:
        local["candidateType"] === "relay"
          ? (relayWays[String(local["relayProtocol"])] ?? "relayUdp")
          : "udp",
      ...(roundTripS === undefined ? {} : { roundTripMs: roundTripS * 1000 }),
      ...(lost === undefined ? {} : { lost }),
      ...(jitters.length === 0 ? {} : { jitterMs: Math.max(...jitters) * 1000 }),
    };
  }

  #lostSince(now: Counts): number | undefined {
    const lost = Math.max(0, now.lost - this.#before.lost);
    const received = now.received - this.#before.received;
    this.#before = now;
    return lost + received === 0 ? undefined : lost / (lost + received);
  }
}

/** Chromium names it in the transport; Firefox marks the pair itself. */
function selectedPair(all: readonly Stats[], stats: ReadonlyMap<string, Stats>): Stats | undefined {
  const transport = all.find(({ type }) => type === "transport");
  const named = stats.get(String(transport?.["selectedCandidatePairId"]));
  return named ?? all.find((value) => value.type === "candidate-pair" && value["selected"] === true);
}

function numberIn(value: Stats, name: string): number | undefined {
  const found = value[name];
  return typeof found === "number" ? found : undefined;
}

const sumOf = (values: readonly Stats[], name: string): number =>
  values.reduce((sum, value) => sum + (numberIn(value, name) ?? 0), 0);
