import type { SignatureDevice } from "@signet/device";
import type { FrameEpochSecret } from "@signet/e2ee";
import type { UserId } from "@signet/protocol";
import { MemoryPinStore, SignetTerminal, deviceAtHand, silentMedia } from "@signet/terminal";
import type { BindingPlace, CallView, DocumentPlace, MediaProvider } from "@signet/terminal";

import { VirtualWay, serverOrigin } from "./virtual-server.ts";
import type { VirtualServer } from "./virtual-server.ts";
import type { VirtualWorld } from "./virtual-world.ts";

/** The real terminal in a virtual world, with a microphone that is silent; it remembers the keys that frames would have been encrypted with. */
export class VirtualTerminal {
  readonly name: string;
  readonly userId: UserId;
  readonly way: VirtualWay;
  readonly terminal: SignetTerminal;
  /** In the order in which its groups entered them. */
  readonly epochs: readonly FrameEpochSecret[];
  readonly hardware: Hardware;

  private constructor(
    who: { name: string; user: string },
    way: VirtualWay,
    terminal: SignetTerminal,
    epochs: FrameEpochSecret[],
    hardware: Hardware,
  ) {
    this.name = who.name;
    this.userId = who.user as UserId;
    this.way = way;
    this.terminal = terminal;
    this.epochs = epochs;
    this.hardware = hardware;
  }

  /** Of its epochs, hexadecimal. */
  get keys(): readonly string[] {
    return this.epochs.map(keyOf);
  }

  /** For the calls to come. */
  unplugMicrophone(): void {
    this.hardware.microphone = false;
  }

  static async open(
    world: VirtualWorld,
    server: VirtualServer,
    who: {
      readonly name: string;
      readonly user: string;
      readonly device: SignatureDevice;
      /** Which one it adds, where it adds one. */
      readonly spare?: SignatureDevice;
      /** Where its binding is kept; and who is opened with one that is in use goes on there. */
      readonly bindingPlace?: BindingPlace;
      /** Where it keeps what belongs to the person; a terminal that is opened with the same one later finds it there. */
      readonly documentPlace?: DocumentPlace;
    },
  ): Promise<VirtualTerminal> {
    const way = new VirtualWay(world, server);
    const epochs: FrameEpochSecret[] = [];
    const hardware: Hardware = { microphone: true, device: who.device, spare: who.spare };
    const terminal = await SignetTerminal.create({
      url: "wss://signet.example/ws",
      serverOrigin,
      pins: new MemoryPinStore(),
      devices: {
        open: (...input) => deviceAtHand(hardware.device).open(...input),
        create: ({ beside }) =>
          Promise.resolve({ device: (beside === undefined ? undefined : hardware.spare) ?? hardware.device }),
      },
      media: keptEpochs(epochs, hardware),
      nowMs: () => world.nowMs,
      monotonicMs: () => world.nowMs,
      after: world.after,
      random: world.random,
      randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(world.random() * 256)),
      openSocket: way.openSocket,
      ...(who.bindingPlace === undefined ? {} : { bindingPlace: who.bindingPlace }),
      ...(who.documentPlace === undefined ? {} : { documentPlace: who.documentPlace }),
    });
    terminal.start();
    return new VirtualTerminal(who, way, terminal, epochs, hardware);
  }

  /** The call that it is in now. */
  get call(): CallView | undefined {
    const { call } = this.terminal.state;
    return call?.phase === "ended" ? undefined : call;
  }

  /** Of the call that it is in now, once there is somebody else in it. */
  get key(): string | undefined {
    const last = this.call?.epoch ? this.epochs.at(-1) : undefined;
    return last && keyOf(last);
  }
}

/** What is at hand where it stands. */
interface Hardware {
  microphone: boolean;
  device: SignatureDevice;
  /** Which one it adds, where it adds one. */
  spare: SignatureDevice | undefined;
}

/** Hexadecimal. */
export const keyOf = ({ baseKey }: FrameEpochSecret): string => Buffer.from(baseKey).toString("hex");

function keptEpochs(epochs: FrameEpochSecret[], hardware: Hardware): MediaProvider {
  return {
    start: (input) => {
      const { microphone } = hardware;
      const onMicrophone = microphone ? () => undefined : input.onMicrophone;
      const silent = silentMedia.start({ ...input, onMicrophone });
      if (microphone) input.onMicrophone({ status: "on" });
      const setEpoch: typeof silent.setEpoch = (epoch) => {
        epochs.push({ ...epoch, baseKey: epoch.baseKey.slice() });
        return silent.setEpoch(epoch);
      };
      const setMuted = (muted: boolean): void => input.onMicrophone({ status: muted ? "muted" : "on" });
      return { ...silent, setEpoch, ...(microphone ? { setMuted } : {}) };
    },
  };
}
