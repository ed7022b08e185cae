/** Shows the page each encoded frame as it came from the network, and passes it on unchanged. */
interface TapScope {
  postMessage(message: ArrayBuffer): void;
  onrtctransform:
    | ((event: {
        readonly transformer: { readonly readable: ReadableStream; readonly writable: WritableStream };
      }) => void)
    | null;
}

const scope = globalThis as unknown as TapScope;

scope.onrtctransform = ({ transformer: { readable, writable } }) => {
  const tap = new TransformStream<{ readonly data: ArrayBuffer }>({
    transform(frame, controller) {
      scope.postMessage(frame.data.slice(0));
      controller.enqueue(frame);
    },
  });
  void readable
    .pipeThrough(tap)
    .pipeTo(writable)
    .catch(() => undefined);
};
