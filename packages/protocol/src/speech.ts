/**
 * From this loudness on (-dBov, RFC 6464) a frame is speech: its sender sets the bit for it, and the SFU may give it a seat. Both
 * mean the same, so that whoever is told to speak can be heard. A larger number lets noise take seats.
 */
export const speechDbov = 50;
