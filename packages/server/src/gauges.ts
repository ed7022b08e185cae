import type { Services } from "./services.ts";
import type { Gateway } from "./ws/gateway.ts";

/** Values that are read when somebody asks for the metrics. */
export function gaugesOf({ calls, metrics, sessions }: Services, gateway: Gateway): void {
  metrics.gauge("connections", "Open sockets of terminals", () => gateway.size);
  metrics.gauge("connections_signed_in", "Open sockets of signed-in terminals", () => gateway.signedIn);
  metrics.gauge("bindings", "User IDs bound to a terminal", () => sessions.size);
  metrics.gauge("calls", "Calls that go on", () => calls.size);
}
