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
  readonly mediaRestarts = this.#counter(
    "media_restarts_total",
    "Media processes that died and were replaced",
    [],
  );
  readonly relayRefusals = this.#counter("relay_refusals_total", "What the relay did not take, by reason", [
    "reason",
  ]);
  readonly pushes = this.#counter("pushes_total", "Notifications for closed pages by what became of them", [
    "result",
  ]);
  readonly witnessAnswers = this.#counter(
    "witness_answers_total",
    "Answers of witnesses that were asked to cosign the log, by result",
    ["result"],
  );
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

  /**
   * Values that come from elsewhere, asked for once for each scrape: `read` gives what each counter has grown by since the
   * last time. While it fails, the counters keep what they have.
   */
  counters<Name extends string>(
    help: Readonly<Record<Name, string>>,
    read: () => Promise<Readonly<Record<Name, number>>>,
  ): void {
    const made = new Map<Name, Counter>();
    let running: Promise<void> | undefined;
    const refresh = async (): Promise<void> => {
      const grown = await read();
      for (const [name, counter] of made) counter.inc(grown[name]);
    };
    const collect = (): Promise<void> =>
      (running ??= refresh()
        .catch(() => undefined)
        .finally(() => {
          running = undefined;
        }));
    for (const name of Object.keys(help) as Name[]) {
      const options = { name: `signet_${name}`, help: help[name], registers: [this.registry], collect };
      made.set(name, new Counter(options));
    }
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
