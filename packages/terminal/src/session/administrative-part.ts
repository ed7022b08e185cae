/** What administrators are to one terminal: whom it believes, what the person here does as one of them, and how they are brought back by one. */
import { hasFeature, isOnline } from "@signet/protocol";
import type { Bytes, ErrorCode, UserId } from "@signet/protocol";

import type { Environment } from "../environment.ts";
import type { Administrators } from "../people/administrators.ts";
import type { Directory } from "../people/directory.ts";
import type { AdministrationApi } from "../terminal-api.ts";
import { Administration } from "./administration.ts";
import { Recovery } from "./recovery.ts";
import type { Session } from "./session.ts";

interface AdministrativeShell {
  readonly directory: () => Directory;
  /** As of Administrators. */
  readonly onRefused: (userId: UserId, code: ErrorCode) => void;
  readonly onChange: () => void;
}

export class AdministrativePart extends Administration implements AdministrationApi {
  readonly administrators: Administrators;
  readonly #session: Session;
  readonly #recovery: Recovery;
  readonly #onChange: () => void;
  #connection: number | undefined;
  #isSignedIn = false;
  #looking: Promise<void> | undefined;

  constructor(
    session: Session,
    environment: Environment,
    administrators: Administrators,
    { directory, onChange, onRefused }: AdministrativeShell,
  ) {
    const common = {
      link: () => session.link,
      serverOrigin: () => session.server.serverOrigin,
      administratorDevices: administrators.devicesAt,
    };
    super({
      ...common,
      directory,
      doesAdminister: (person) => administrators.doesAdminister(person),
      nowMs: environment.nowMs,
      randomBytes: environment.randomBytes,
      person: () => {
        session.requireSignedIn();
        return session.requirePerson();
      },
      sign: (person, transcript, signal) => session.signWithDevice(person, transcript, signal),
      changeOwn: (change, signal) => session.changeHistory(change, signal),
    });
    this.administrators = administrators;
    this.#session = session;
    this.#onChange = onChange;
    const saysWho = (): boolean => hasFeature(session.state?.server?.features, "administrators");
    const log = () => directory().log;
    administrators.connect({ requests: session.link, saysWho, log }, onRefused);
    this.#recovery = new Recovery({
      ...common,
      devices: environment.devices,
      proveTerminal: () => session.proveTerminal(),
      system: environment,
    });
  }

  async askRecovery(input: Parameters<AdministrationApi["askRecovery"]>[0]): Promise<void> {
    await this.#session.signedOut();
    await this.#recovery.run(input);
  }

  async trust(userId: UserId, head: Bytes): Promise<void> {
    // It may not have been asked yet who is named now.
    await this.administrators.look();
    this.administrators.trust(userId, head);
    this.#onChange();
  }

  approved(body: Parameters<Recovery["approved"]>[0]): void {
    this.#recovery.approved(body);
  }

  recoveryEnded(): void {
    this.#recovery.ended();
  }

  /** When it is told whom the server names since the sign-in. Never rejects. */
  async settled(): Promise<void> {
    await this.#looking;
  }

  sessionChanged(): void {
    const { state } = this.#session;
    const wasSignedIn = this.#isSignedIn;
    this.#isSignedIn = state?.phase === "signedIn";
    if (this.#isSignedIn && !wasSignedIn) this.#looking = this.administrators.look().then(this.#onChange);
    if (state === undefined || !isOnline(state) || state.connection === this.#connection) return;
    this.#connection = state.connection;
    void this.#recovery.connected();
  }
}
