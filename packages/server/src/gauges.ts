import type { MediaEngine } from "@signet/media";

import type { Services } from "./services.ts";
import type { Gateway } from "./ws/gateway.ts";

/** Values that are read when somebody asks for the metrics. */
export function gaugesOf({ calls, media, metrics, sessions }: Services, gateway: Gateway): void {
  metrics.gauge("connections", "Open sockets of terminals", () => gateway.size);
  metrics.gauge("connections_signed_in", "Open sockets of signed-in terminals", () => gateway.signedIn);
  metrics.gauge("bindings", "Devices bound to a terminal", () => sessions.size);
  metrics.gauge("calls", "Calls that go on", () => calls.running.size);
  metrics.counters(mediaCounters, mediaGrowth(media));
}

const mediaCounters = {
  media_packets_received_total: "RTP packets from terminals",
  media_packets_lost_total: "RTP packets that terminals sent and that never arrived",
  media_packets_forwarded_total: "RTP packets to terminals",
  media_nacks_answered_total: "RTP packets sent again because a terminal asked for them",
  media_nacks_unanswered_total: "RTP packets asked for that were not kept any more",
  media_cpu_seconds_total: "User and system time of the media processes",
} as const;
type MediaCounter = keyof typeof mediaCounters;

/** The engine counts for each connection and process, and forgets with them; what came since the last look is added up. */
function mediaGrowth(media: MediaEngine): () => Promise<Record<MediaCounter, number>> {
  let before = new Map<string, Partial<Record<MediaCounter, number>>>();
  return async () => {
    const { calls, children } = await media.stats();
    const now = new Map<string, Partial<Record<MediaCounter, number>>>();
    for (const { cpuUs, pid } of children) now.set(`${pid}`, { media_cpu_seconds_total: cpuUs / 1e6 });
    for (const { callId, terminals } of calls) {
      for (const terminal of terminals) {
        now.set(`${callId} ${terminal.terminalId}`, {
          media_packets_received_total: terminal.packetsIn,
          media_packets_lost_total: terminal.packetsLost,
          media_packets_forwarded_total: terminal.packetsOut,
          media_nacks_answered_total: terminal.nacksAnswered,
          media_nacks_unanswered_total: terminal.nacksUnanswered,
        });
      }
    }
    const grown = {
      media_packets_received_total: 0,
      media_packets_lost_total: 0,
      media_packets_forwarded_total: 0,
      media_nacks_answered_total: 0,
      media_nacks_unanswered_total: 0,
      media_cpu_seconds_total: 0,
    };
    for (const [source, values] of now) {
      for (const [name, value] of Object.entries(values) as [MediaCounter, number][]) {
        const last = before.get(source)?.[name] ?? 0;
        // A terminal that connected anew begins at zero; and late packets are not lost after all.
        grown[name] += value >= last ? value - last : name === "media_packets_lost_total" ? 0 : value;
      }
    }
    before = now;
    return grown;
  };
}
