/** A frame of Opus as all terminals make it, in milliseconds. */
export const frameMs = 20;
/** The same in units of the 48 kHz clock that RTP timestamps of Opus count (RFC 7587 section 4.1), one for each sample. */
export const frameUnits = 960;
/**
 * A second of a voice: as much of what lies between two frames is kept as silence. Terminals hold RTP timestamps against it, so the SFU
 * has to write them by the same.
 */
export const secondFrames = 50;
