/** What the documents say of `signet echo`. */
import { inDocument, seconds } from "./claim.ts";
import { named } from "./code.ts";

const commandLine = inDocument("docs/command-line.md");
commandLine("gives back what it hears {} seconds later", seconds(named("cli", "echoDelayMs")));
commandLine("that waits for {} seconds at most", seconds(named("protocol", "mostWaitMs")));
commandLine("leaves after {} seconds (`--hang-up-after SECONDS`)", named("cli", "usualEchoSeconds"));
