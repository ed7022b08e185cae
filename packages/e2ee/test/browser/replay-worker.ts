/** A sender's transform as a dishonest server would have it: sends recorded frames, one after the other, and again from the start. */
interface Transformer {
  readonly options: { readonly recorded: readonly Uint8Array<ArrayBuffer>[] };
  readonly readable: ReadableStream<{ data: ArrayBuffer }>;
  readonly writable: WritableStream<{ data: ArrayBuffer }>;
}

addEventListener("rtctransform", (event) => {
  const { options, readable, writable } = (event as unknown as { readonly transformer: Transformer })
    .transformer;
  const queue = [...options.recorded];
  const replay = new TransformStream<{ data: ArrayBuffer }, { data: ArrayBuffer }>({
    transform(frame, controller) {
      const next = queue.shift();
      if (next === undefined) return;
      frame.data = next.slice().buffer;
      controller.enqueue(frame);
    },
  });
  void readable
    .pipeThrough(replay)
    .pipeTo(writable)
    .catch(() => undefined);
});
