/** What the documents say of monitors. */
import { inDocument, mib } from "./claim.ts";
import { named } from "./code.ts";

const commandLine = inDocument("docs/command-line.md");
commandLine("| {} | the log of a server is not", named("cli", "dishonest"));
commandLine("ends it with exit code {}, in words", named("cli", "dishonest"));
commandLine("| {} | every signature of the record", named("cli", "ok"));
commandLine("is larger than {} MB", mib(named("record", "mostFileBytes")));
commandLine("| {} | something does not hold", named("cli", "refused"));
commandLine("| {} | a lie of the server", named("cli", "dishonest"));
