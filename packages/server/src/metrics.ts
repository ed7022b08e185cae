import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";

/** Prometheus metrics; names begin with `signet_`. Nothing in them names a person. */
export class ServerMetrics {
  readonly registry = new Registry();
  readonly signIns = this.#counter("sign_ins_total", "Sign-ins by device kind", ["kind"]);
  readonly registrations = this.#counter("registrations_total", "New user IDs by device kind", ["kind"]);
  readonly requests = this.#counter("requests_total", "Requests by type", ["type"]);
  readonly refusals = this.#counter("refusals_total", "Refused requests and connections by error code", [
    "code",
  ]);
  readonly callsStarted = this.#counter("calls_started_total", "Calls started", []);
  readonly callsEnded = this.#counter("calls_ended_total", "Calls ended by reason", ["reason"]);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** A value that is read when somebody asks. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name: `signet_${name}`,
      help,
      registers: [this.registry],
      collect: () => gauge.set(read()),
    });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({
      name: `signet_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
    });
  }
}
