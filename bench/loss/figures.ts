import { seededRandom } from "@signet/e2e/support/seeded-random.ts";
import { LossyWay } from "@signet/e2e/support/lossy-way.ts";

export interface LossTask {
  readonly origin: string;
  /** A WAV file. */
  readonly sentence: string;
  readonly shares: readonly number[];
  readonly rounds: number;
  readonly fec: boolean;
  readonly nack: boolean;
}

/** Of one direction, over all rounds. */
export interface Heard {
  /** Share of what was played that was made up: mean, and of the worst round. */
  readonly concealed: number;
  readonly worst: number;
  /** Share that was read from the next packet; undefined where that is not counted. */
  readonly recovered?: number;
  /** 0 to 1; undefined where it was not recorded. */
  readonly understood?: number;
}

export interface Figures {
  /** Of the packets, both ways. */
  readonly lost: number;
  /** By the person whose network it is, and by the other one of them. */
  readonly hears: Heard;
  readonly isHeard: Heard;
  /** What its sender does about it, where that can be told. */
  readonly note?: string;
}

export const settleMs = 7_000;
export const measureMs = 20_000;
/** One way. */
export const delayMs = 20;

/** The way of whoever has the bad network. */
export class BadWay extends LossyWay {
  share = 0;

  constructor({ nack }: Pick<LossTask, "nack">) {
    super();
    const random = seededRandom(7);
    this.delayMs = () => delayMs;
    this.drop = (packet) => random() < this.share || (!nack && isFeedback(packet));
    this.dropSent = this.drop;
  }
}

/** The second byte of RTCP is not encrypted: 205 asks for packets again. */
const isFeedback = (packet: Buffer): boolean => packet[1] === 205;

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export function heard(
  rounds: readonly { concealed: number; recovered?: number; understood?: number }[],
): Heard {
  const of = (name: "recovered" | "understood"): number[] =>
    rounds.flatMap((round) => (round[name] === undefined ? [] : [round[name]]));
  const [recovered, understood] = [of("recovered"), of("understood")];
  return {
    concealed: mean(rounds.map(({ concealed }) => concealed)),
    worst: Math.max(...rounds.map(({ concealed }) => concealed)),
    ...(recovered.length === 0 ? {} : { recovered: mean(recovered) }),
    ...(understood.length === 0 ? {} : { understood: mean(understood) }),
  };
}

const percent = (share: number | undefined): string =>
  (share === undefined ? "-" : `${(share * 100).toFixed(1)} %`).padStart(7);

export function printLine(
  line: Figures & { readonly place: string; readonly fec: boolean; readonly nack: boolean },
): void {
  const { fec, hears, isHeard, lost, nack, note = "", place } = line;
  const remedies = [fec ? "FEC" : "", nack ? "NACK" : ""].filter((one) => one !== "").join("+") || "neither";
  const of = ({ concealed, recovered, understood, worst }: Heard): string =>
    `made up ${percent(concealed)} (worst ${percent(worst)}), said again ${percent(recovered)}, understood ${understood?.toFixed(2) ?? "  - "}`;
  console.log(
    `${place.padEnd(13)} ${remedies.padEnd(9)} lost ${percent(lost)}: hears ${of(hears)}; is heard ${of(isHeard)} ${note}`,
  );
}
