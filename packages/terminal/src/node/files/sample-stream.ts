/** The sound of a file or pipe, one channel, from its beginning to its end. */
export interface SampleStream {
  /** Hz. */
  readonly rate: number;
  /** The next samples, -1 to 1; none when more has to come first; undefined at the end. */
  read(): Float32Array | undefined;
  /** Back to the beginning. Not for a pipe. */
  rewind(): void;
  close(): void;
}
