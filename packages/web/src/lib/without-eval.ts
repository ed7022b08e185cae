/**
 * The page's policy allows no code made of text. `zod` tries whether it may as soon as there is a schema, and falls back; the browser reports
 * each try all the same. To be imported before anything else that has schemas.
 */
import { config } from "zod";

config({ jitless: true });
