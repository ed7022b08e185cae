/** Takes the window over, and ends by a mistake at the first key. */
import { Screen } from "../../src/live/screen.ts";

const screen = new Screen(process.stdin, process.stdout, () => undefined);
screen.open();
screen.draw(["taken over"]);
process.stdin.once("data", () => {
  throw new Error("a mistake");
});
