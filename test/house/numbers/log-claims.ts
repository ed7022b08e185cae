/** What the documents say of monitors. */
import { inDocument } from "./claim.ts";
import { named } from "./code.ts";

const commandLine = inDocument("docs/command-line.md");
commandLine("| {} | the log of a server is not", named("cli", "dishonest"));
commandLine("ends it with exit code {}, in words", named("cli", "dishonest"));
