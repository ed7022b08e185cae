/** What a voice is made of. An entry of its own, since what forwards packets loads this and nothing else of the protocol. */

/** A frame of Opus as all terminals make it, in milliseconds. */
export const frameMs = 20;
/** The same in units of the 48 kHz clock that RTP timestamps of Opus count (RFC 7587 section 4.1), one for each sample. */
export const frameUnits = 960;
/**
 * A second of a voice: as much of what lies between two frames is kept as silence. Terminals hold RTP timestamps against it, so the SFU
 * has to write them by the same.
 */
export const secondFrames = 50;

/**
 * From this loudness on (-dBov, RFC 6464) a frame is speech: its sender sets the bit for it, and the SFU may give it a seat. Both
 * mean the same, so that whoever is told to speak can be heard. A larger number lets noise take seats.
 */
export const speechDbov = 50;
