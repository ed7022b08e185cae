import type { MapNode, WritableMapNodes } from "@signet/directory";

interface Branch {
  node?: MapNode;
  readonly below: [Branch?, Branch?];
}

/** The nodes of a map as a tree: of everybody, their paths would take more room than what is at them. */
export class MapTree implements WritableMapNodes {
  readonly #root: Branch = { below: [] };

  read(path: string): MapNode | undefined {
    let branch: Branch | undefined = this.#root;
    for (let i = 0; i < path.length && branch !== undefined; i++) branch = branch.below[bitOf(path, i)];
    return branch?.node;
  }

  write(path: string, node: MapNode): void {
    let branch = this.#root;
    for (let i = 0; i < path.length; i++) branch = branch.below[bitOf(path, i)] ??= { below: [] };
    branch.node = node;
  }
}

const bitOf = (path: string, at: number): 0 | 1 => (path[at] === "1" ? 1 : 0);
