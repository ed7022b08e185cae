import type { MapNode } from "./hashes.ts";

/** Where the nodes of one state of a map are kept: at each path one, and none where the subtree is empty. */
export interface MapNodes {
  /** @param path the bits that lead to it, as the text of zeros and ones: the root is at "" */
  read(path: string): MapNode | undefined;
}

/** What is written within one change of the map becomes durable together, or not at all. */
export interface WritableMapNodes extends MapNodes {
  write(path: string, node: MapNode): void;
}

/** In memory: for whoever rebuilds a map, and holds no other. */
export class MapNodesInMemory implements WritableMapNodes {
  readonly #nodes = new Map<string, MapNode>();

  read(path: string): MapNode | undefined {
    return this.#nodes.get(path);
  }

  write(path: string, node: MapNode): void {
    this.#nodes.set(path, node);
  }

  get size(): number {
    return this.#nodes.size;
  }
}
