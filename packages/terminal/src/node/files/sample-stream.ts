/** The sound of a file, one channel, from its beginning to its end. */
export interface SampleStream {
  /** Hz. */
  readonly rate: number;
  /** The next samples, some, -1 to 1; undefined at the end. */
  read(): Float32Array | undefined;
  /** Back to the beginning. */
  rewind(): void;
  close(): void;
}
