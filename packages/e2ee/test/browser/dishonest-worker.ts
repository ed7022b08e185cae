/**
 * A sender's transform as a dishonest server would have it: what was recorded goes out in its order, under numbers and times of its own. The
 * browser's own frames only carry it: RTP numbers are given to what leaves here, so they never show that anything is missing.
 */
interface Carrier {
  data: ArrayBuffer;
}

export interface DishonestOrders {
  /** One for each 20 ms of RTP's time: what is sent then, or that nothing is. */
  readonly orders: readonly (Uint8Array<ArrayBuffer> | null)[];
  /** So many carriers are kept waiting: RTP's time can then pass over what is left out without any time passing. */
  readonly lead: number;
}

interface Transformer {
  readonly options: DishonestOrders;
  readonly readable: ReadableStream<Carrier>;
  readonly writable: WritableStream<Carrier>;
}

addEventListener("rtctransform", (event) => {
  const { options, readable, writable } = (event as unknown as { readonly transformer: Transformer })
    .transformer;
  const orders = [...options.orders];
  const carriers: Carrier[] = [];
  const relay = new TransformStream<Carrier, Carrier>({
    transform(frame, controller) {
      carriers.push(frame);
      if (carriers.length <= options.lead) return;
      for (let carrier = carriers.shift(); carrier !== undefined; carrier = carriers.shift()) {
        const data = orders.shift() ?? undefined;
        if (data === undefined) continue;
        carrier.data = data.slice().buffer;
        return controller.enqueue(carrier);
      }
    },
  });
  void readable
    .pipeThrough(relay)
    .pipeTo(writable)
    .catch(() => undefined);
});
