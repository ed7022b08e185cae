/** A sound card without sound: PulseAudio, with a loudspeaker that nobody hears and microphones that say what a test gives them. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { frameSamples, sampleRate } from "@signet/terminal/node";

import { Ear } from "./ear.ts";
import { voiceSamples } from "./voice.ts";
import { eventually } from "./wait.ts";

const format = ["--raw", "--format=s16le", `--rate=${sampleRate}`, "--channels=1", "--latency-msec=20"];

export class SoundCard {
  /** For programs that are to use this one. */
  readonly env: Readonly<Record<string, string>>;
  /** What comes out of the loudspeaker. */
  readonly ear = new Ear();
  readonly #folder: string;
  readonly #processes: ChildProcess[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.env = { PULSE_SERVER: `unix:${join(folder, "native")}`, PULSE_COOKIE: join(folder, "cookie") };
  }

  /** @param voices frequency of what the microphones say, Hz: the first is the default one */
  static async open(...voices: readonly number[]): Promise<SoundCard> {
    const folder = mkdtempSync(join(tmpdir(), "signet-sound-"));
    const card = new SoundCard(folder);
    const microphones = voices.flatMap((hertz) => [
      `module-null-sink sink_name=voice${hertz} rate=${sampleRate} channels=1`,
      `module-remap-source source_name=microphone${hertz} master=voice${hertz}.monitor source_properties=device.description=Microphone${hertz}`,
    ]);
    const modules = [
      `module-native-protocol-unix socket=${join(folder, "native")} auth-anonymous=1 auth-cookie-enabled=0`,
      `module-null-sink sink_name=loudspeaker rate=${sampleRate} channels=2`,
      ...microphones,
    ];
    const daemon = ["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-level=error"];
    card.#spawn("pulseaudio", [...daemon, ...modules.flatMap((one) => ["-L", one])]);
    await eventually("PulseAudio listens", () => existsSync(join(folder, "native")));
    await card.#control("set-default-sink", "loudspeaker");
    await card.#control("set-default-source", `microphone${voices[0]}`);
    for (const hertz of voices) card.#speak(hertz);
    card.#listen();
    return card;
  }

  /** From now on this microphone hears the loudspeaker, too, as in a room. */
  echo(hertz: number): Promise<void> {
    const way = ["source=loudspeaker.monitor", `sink=voice${hertz}`, "latency_msec=40"];
    return this.#control("load-module", "module-loopback", ...way);
  }

  async close(): Promise<void> {
    // The daemon last.
    for (const process of this.#processes.toReversed()) {
      if (process.exitCode !== null || process.signalCode !== null) continue;
      process.kill("SIGKILL");
      await once(process, "exit");
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, {
      env: { ...process.env, ...this.env, HOME: this.#folder, PULSE_RUNTIME_PATH: this.#folder },
      // As root it warns of that in any case.
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#processes.push(child);
    return child;
  }

  async #control(...args: readonly string[]): Promise<void> {
    const [code] = (await once(this.#spawn("pactl", args), "exit")) as [number | null];
    if (code !== 0) throw new Error(`pactl ${args.join(" ")} failed`);
  }

  #speak(hertz: number): void {
    const { stdin } = this.#spawn("pacat", ["--playback", `--device=voice${hertz}`, ...format]);
    const samples = Buffer.from(voiceSamples(hertz, 2).buffer);
    stdin?.on("error", () => undefined);
    const write = (): void => {
      while (stdin?.write(samples) === true) continue;
      stdin?.once("drain", write);
    };
    write();
  }

  #listen(): void {
    const { stdout } = this.#spawn("parec", ["--device=loudspeaker.monitor", ...format]);
    const frameBytes = frameSamples * 2;
    let rest = Buffer.alloc(0);
    stdout?.on("data", (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      for (; rest.length >= frameBytes; rest = rest.subarray(frameBytes))
        this.ear.write(
          Int16Array.from({ length: frameSamples }, (_, sample) => rest.readInt16LE(sample * 2)),
        );
    });
  }
}
