/** Pictures that people chose of themselves: signed here, and verified before they are given to be shown. */
import { headOf, sha256, verifyDeviceProof } from "@signet/device";
import { hasFeature, isPicture, mostPictures, SignetError } from "@signet/protocol";
import type { Bytes, ReplyBody, Transcript, UserId } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import type { System } from "../system.ts";
import type { PicturesApi } from "./pictures-api.ts";
import type { Session } from "./session.ts";

type Given = ReplyBody<"picture.get">["pictures"][number];

export class Pictures implements PicturesApi {
  readonly #session: Session;
  readonly #directory: () => Pick<Directory, "person" | "changedKeys">;
  readonly #system: Pick<System, "nowMs">;
  readonly #listeners = new Set<(userId: UserId) => void>();

  constructor(
    session: Session,
    directory: () => Pick<Directory, "person" | "changedKeys">,
    system: Pick<System, "nowMs">,
  ) {
    this.#session = session;
    this.#directory = directory;
    this.#system = system;
  }

  async choose(picture: Bytes, signal?: AbortSignal): Promise<void> {
    if (!isPicture(picture)) throw new SignetError("picture.unfit");
    const link = this.#link;
    this.#session.requireSignedIn();
    const own = this.#session.requirePerson();
    const { challenge } = await link.request("history.begin", {});
    const transcript: Transcript<"picture"> = {
      purpose: "picture",
      serverOrigin: this.#session.server.serverOrigin,
      userId: own.userId,
      deviceId: own.deviceId,
      issuedAtMs: this.#system.nowMs(),
      serverChallenge: challenge,
      pictureDigest: await sha256(picture),
      head: headOf(own.known.person),
    };
    const proof = await this.#session.signWithDevice(own, transcript, signal);
    await link.request("picture.set", { chosen: { picture, proof } });
  }

  async remove(): Promise<void> {
    await this.#link.request("picture.set", {});
  }

  async of(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, Bytes>> {
    const wanted = new Set(userIds);
    const found = new Map<UserId, Bytes>();
    const all = [...wanted];
    for (let from = 0; from < all.length; from += mostPictures) {
      const asked = all.slice(from, from + mostPictures);
      const { pictures } = await this.#link.request("picture.get", { userIds: asked });
      for (const given of pictures)
        if (asked.includes(given.userId) && (await this.#holds(given)))
          found.set(given.userId, given.picture);
    }
    return found;
  }

  watch(listener: (userId: UserId) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Their history goes on, so the device that signed it may count no more; or they were met. */
  changed(userId: UserId): void {
    for (const listener of this.#listeners) listener(userId);
  }

  /** The server's word for it counts nothing. */
  async #holds({ picture, proof, userId }: Given): Promise<boolean> {
    if (!isPicture(picture)) return false;
    try {
      const { firstSeen, person } = await this.#directory().person(userId);
      // Whoever was never met may have chosen anybody's picture.
      if (firstSeen) return false;
      if (this.#directory().changedKeys.some((changed) => changed.userId === userId)) return false;
      const { ok } = await verifyDeviceProof(proof, {
        purpose: "picture",
        serverOrigin: this.#session.server.serverOrigin,
        person,
        time: "any",
        fields: { pictureDigest: await sha256(picture) },
      });
      return ok;
    } catch {
      // Nobody whom this terminal knows as who they say they are.
      return false;
    }
  }

  get #link(): Session["link"] {
    if (!hasFeature(this.#session.server.features, "pictures")) throw new SignetError("picture.off");
    return this.#session.link;
  }
}
