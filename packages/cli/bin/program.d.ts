export function programOf(room: string): string;
export function isFresh(folder: string): boolean;
