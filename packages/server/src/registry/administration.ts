import { administers } from "@signet/device";
import type { Person } from "@signet/device";
import type { UserId } from "@signet/protocol";

/** Who administers: named by the operator, or appointed by a statement of one who did. */
export class Administration {
  /** By the configuration of now. */
  readonly named: readonly UserId[];
  readonly #ever: ReadonlySet<string>;

  /** @param ever all who were ever named: what they signed counts on, and they sign nothing more */
  constructor(named: readonly UserId[], ever: readonly UserId[]) {
    this.named = named;
    this.#ever = new Set([...named, ...ever]);
  }

  isNamed(userId: string): boolean {
    return this.named.some((one) => one === userId);
  }

  wasNamed(userId: string): boolean {
    return this.#ever.has(userId);
  }

  /** Whether they may sign for others now. */
  administers(person: Person): boolean {
    return administers(person, this.isNamed(person.userId));
  }

  /** Whether what somebody signed as an administrator may rest on this history. */
  everAdministered({ appointments, userId }: Person): boolean {
    return this.wasNamed(userId) || appointments.length > 0;
  }
}
