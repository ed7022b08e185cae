/** What the options say of sound, as a media provider for one call after the other. */
import { accessSync, constants, lstatSync, rmSync } from "node:fs";
import { dirname, extname } from "node:path";

import { SignetError } from "@signet/terminal";
import type { MediaProvider } from "@signet/terminal";
import {
  HalfDuplex,
  createAudioFile,
  echoLine,
  keptMicrophone,
  keptSpeaker,
  nodeMedia,
  openAudioFile,
  soundCard,
} from "@signet/terminal/node";
import type { AudioSink, AudioSource, NodeMediaOptions } from "@signet/terminal/node";
import { texts } from "@signet/words/command-line";

import { Failure, exitCodeOf, wrongUse } from "../failure.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { wordsFor } from "../output/error-words.ts";

/** A file that is written in the sound's name, and whether it could be. */
export interface Written {
  readonly file: string;
  /** @throws SignetError `media.cannotWrite` */
  readonly done: () => Promise<void>;
  /** Whether nothing came to be written. */
  readonly isEmpty: () => boolean;
}

export class Sound {
  readonly provider: MediaProvider;
  /** The microphone is held back while others are heard. */
  readonly isHalfDuplex: boolean;
  /** Neither heard nor hearing, although nobody said so. */
  readonly missing: { readonly microphone: boolean; readonly speaker: boolean };
  readonly #leaveWhenPlayed: boolean;
  #ready: AudioSource | undefined;
  #playing: AudioSource | undefined;
  #written: Written[] = [];
  #uses = 0;
  /** Hears of a file that fails while a call goes on. */
  onFailure: (failure: Failure) => void = () => undefined;
  #speakerTrouble: SignetError | undefined;
  #onSpeaker: (trouble: SignetError | undefined) => void = () => undefined;

  private constructor(
    values: TerminalOptions,
    source?: AudioSource,
    own: () => NodeMediaOptions = () => ({}),
  ) {
    const { recorder, player } = soundCard();
    const input = values.in ?? (recorder === undefined ? "none" : "microphone");
    const output = values.out ?? (player === undefined ? "none" : "speaker");
    const { record } = values;
    this.missing = {
      microphone: values.in === undefined && input === "none",
      speaker: values.out === undefined && output === "none",
    };
    this.#leaveWhenPlayed =
      source !== undefined && values.loop !== "yes" && values["leave-when-played"] !== "no";
    this.#ready = source;
    this.isHalfDuplex = input === "microphone" && output === "speaker" && values.echo !== "off";
    const card = this.isHalfDuplex ? new HalfDuplex() : undefined;
    const openMicrophone = (): AudioSource => card?.microphone(keptMicrophone()) ?? keptMicrophone();
    const openSpeaker = (): AudioSink => {
      this.#speakerTrouble = undefined;
      const speaker = keptSpeaker((trouble) => {
        this.#speakerTrouble = trouble;
        this.#onSpeaker(trouble);
      });
      return card?.speaker(speaker) ?? speaker;
    };
    const options: NodeMediaOptions = {
      ...(source === undefined ? {} : { source: () => this.#takeFile(input, values) }),
      ...(input === "microphone" ? { source: openMicrophone } : {}),
      ...(output === "speaker" ? { sink: openSpeaker } : {}),
      ...(output !== "speaker" && output !== "none" ? { sink: () => this.#write(output) } : {}),
      ...(record === undefined ? {} : { record: () => this.#write(record) }),
      voicePadding: values["voice-padding"] === "yes",
    };
    this.provider = {
      start: (call) => {
        this.#takeBack();
        this.#uses++;
        return nodeMedia({ ...options, ...own() }).start(call);
      },
    };
  }

  /** Looks at the files before anybody is called. @throws Failure, SignetError `media.*` */
  static async open(values: TerminalOptions): Promise<Sound> {
    const { in: input } = values;
    const isFile = input !== undefined && input !== "microphone" && input !== "none";
    for (const name of ["loop", "leave-when-played"] as const)
      if (values[name] !== undefined && !isFile)
        throw wrongUse(texts().trouble.forPlayed(name), texts().trouble.giveIn);
    const isCard = !isFile && input !== "none" && (values.out ?? "speaker") === "speaker";
    if (values.echo !== undefined && !isCard)
      throw wrongUse(texts().trouble.echoFor, texts().trouble.echoLeaveOut);
    requireCard(values);
    for (const name of ["out", "record"] as const) {
      const path = values[name];
      if (path !== undefined && path !== "speaker" && path !== "none") requireWritable(name, path);
    }
    if (values.record !== undefined && values.record === values.out)
      throw wrongUse(texts().trouble.sameFile, texts().trouble.twoNames);
    return new Sound(values, isFile ? await openNamed(input, values) : undefined);
  }

  /** What is heard in a call is given back in it, so much later; nothing of it is written. */
  static echoing(delayMs: number): Sound {
    return new Sound({ in: "none", out: "none" }, undefined, () => {
      const { sink, source } = echoLine(delayMs);
      return { sink: () => sink, source: () => source };
    });
  }

  /** Resolves when the file was played to its end and the call is to be left for it; else never. */
  async played(): Promise<void> {
    const playing = this.#playing;
    if (!this.#leaveWhenPlayed || playing === undefined) return new Promise(() => undefined);
    await playing.ended;
  }

  /** @param onSpeaker hears why nothing comes out of the loudspeaker, and `undefined` when something does again */
  watchSpeaker(onSpeaker: (trouble: SignetError | undefined) => void): void {
    this.#onSpeaker = onSpeaker;
    if (this.#speakerTrouble !== undefined) onSpeaker(this.#speakerTrouble);
  }

  /** The files that the call is written to. */
  get written(): readonly string[] {
    return this.#written.map(({ file }) => file);
  }

  /** The files that the latest call wrote, each once. */
  takeWritten(): readonly Written[] {
    const written = this.#written;
    this.#written = [];
    return written;
  }

  close(): void {
    this.#ready?.close();
  }

  #takeFile(path: string, values: TerminalOptions): AudioSource {
    const source = this.#ready;
    if (source === undefined) throw new SignetError("media.noFile");
    this.#ready = undefined;
    this.#playing = source;
    let isRead = false;
    const close = (): void => {
      // Of a call that was left for another before it stood: played in that one.
      if (!isRead) this.#keep(source);
      else source.close();
    };
    const read = (): Int16Array | undefined => {
      if (!isRead) {
        isRead = true;
        // For the next call, in which it begins anew.
        openFile(path, values).then(
          (opened) => this.#keep(opened),
          () => undefined,
        );
      }
      return source.read();
    };
    return { ended: source.ended, read, close, waits: source.waits === true };
  }

  #keep(source: AudioSource): void {
    if (this.#ready !== undefined && this.#ready !== source) source.close();
    else this.#ready = source;
  }

  /** Files of a call that was left for another before anything was written to them: that one gets their names. */
  #takeBack(): void {
    if (this.#written.length === 0 || this.#written.some(({ isEmpty }) => !isEmpty())) return;
    for (const { file } of this.#written)
      if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === true) rmSync(file);
    this.#written = [];
    this.#uses--;
  }

  #write(path: string): AudioSink {
    const file = freeName(path, this.#uses);
    const sink = createAudioFile(file);
    let frames = 0;
    this.#written.push({ file, done: () => sink.close(), isEmpty: () => frames === 0 });
    void sink.failed?.then((error) => this.onFailure(soundFailure(error, file)));
    return {
      write: (frame) => {
        frames++;
        sink.write(frame);
      },
      close: () => sink.close(),
    };
  }
}

/** @param file that it is about */
export function soundFailure(error: SignetError, file?: string, hint?: string): Failure {
  const words = wordsFor(error.code);
  const message = file === undefined ? words.message : texts().trouble.ofFile(file, words.message);
  return new Failure(exitCodeOf(error.code), message, hint ?? words.hint, error.code, error);
}

/** What `--in -` stands for. */
const standardInput = 0;

const openFile = (path: string, { loop }: TerminalOptions): Promise<AudioSource> =>
  openAudioFile(path === "-" ? standardInput : path, { loop: loop === "yes" });

/** @throws Failure that names the file, and says how to convert it where it is of another kind */
async function openNamed(path: string, values: TerminalOptions): Promise<AudioSource> {
  if (path === "-" && [values["passphrase-fd"], values["pin-fd"]].includes(0))
    throw wrongUse(texts().trouble.twoFromInput, texts().trouble.otherDescriptor);
  try {
    return await openFile(path, values);
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    const named = path === "-" ? texts().trouble.standardInput : path;
    if (error.code === "media.noFile")
      throw wrongUse(texts().trouble.audioUnreadable(named), texts().trouble.otherIn, error);
    throw soundFailure(error, named, error.code === "media.otherFormat" ? convertHint(path) : undefined);
  }
}

/** A command that can be copied as it is. */
function convertHint(path: string): string {
  if (path === "-") return texts().trouble.convertPipe;
  const converted = `${path.slice(0, path.length - extname(path).length)}.opus`;
  return texts().trouble.convert(quoted(path), quoted(converted));
}

/** For a shell. */
const quoted = (text: string): string =>
  /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * `mix.wav`, and for later calls of the same run `mix-2.wav`, `mix-3.wav`. A call cannot be recorded a second time, so what is there
 * is never overwritten: the next number that is free is taken instead.
 */
function freeName(path: string, call: number): string {
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  for (let number = call; ; number++) {
    const name = number <= 1 ? path : `${stem}-${number}${extension}`;
    if (!isTaken(name)) return name;
  }
}

/** Also by a link that leads nowhere: it would be followed. A pipe is there to be written into. */
function isTaken(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFIFO() && !found.isCharacterDevice();
}

/** Whoever asks for it by name believes that it is so. @throws Failure where nothing records or plays here */
function requireCard({ echo }: TerminalOptions): void {
  const { player, recorder } = soundCard();
  if (echo !== "half-duplex" || (player !== undefined && recorder !== undefined)) return;
  throw wrongUse(
    recorder === undefined ? texts().trouble.echoRecord : texts().trouble.echoPlay,
    texts().trouble.echoInstall,
  );
}

function requireWritable(name: string, path: string): void {
  if (!/\.(wav|opus|ogg)$/i.test(path))
    throw wrongUse(texts().trouble.pathIs(name, path), texts().trouble.writesFormats);
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (cause) {
    throw wrongUse(texts().trouble.soundUnwritable(path), texts().trouble.otherFile(name), cause);
  }
}
