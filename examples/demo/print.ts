/** What the demo prints: at most 80 columns, colour only where somebody looks at it. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** One claim, and what was measured to support it. */
interface Check {
  readonly step: string;
  readonly passed: boolean;
  readonly what: string;
}

interface Step {
  readonly title: string;
  readonly startedMs: number;
  endedMs: number;
  /** The one measured value that tells most. */
  outcome: string;
}

const colours = { bold: "1", dim: "2", green: "32", red: "31" } as const;
const columns = 80;
const indent = "     ";

export class Printer {
  readonly #output: Output;
  readonly #isColoured: boolean;
  readonly #checks: Check[] = [];
  readonly #steps: Step[] = [];

  constructor(output: Output, env: NodeJS.ProcessEnv) {
    this.#output = output;
    // https://no-color.org: any value that is not empty.
    this.#isColoured = output.isTTY === true && (env["NO_COLOR"] ?? "") === "";
  }

  get hasFailed(): boolean {
    return this.#checks.some(({ passed }) => !passed);
  }

  get #step(): Step | undefined {
    return this.#steps.at(-1);
  }

  title(text: string): void {
    this.line(this.#paint("bold", text));
  }

  /** Begins a step. @param why what happens and what it is for, in a sentence or two */
  step(title: string, why: string): void {
    this.#endStep();
    this.#steps.push({ title, startedMs: performance.now(), endedMs: Number.NaN, outcome: "" });
    this.line();
    this.line(this.#paint("bold", `${this.#steps.length}. ${title}`));
    for (const line of wrapped(why, columns - 3)) this.line(`   ${this.#paint("dim", line)}`);
  }

  /** @param what the claim together with what was measured */
  check(passed: boolean, what: string): void {
    this.#checks.push({ step: this.#step?.title ?? "", passed, what });
    const [first = "", ...rest] = wrapped(what, columns - indent.length - 3);
    this.line(`   ${passed ? this.#paint("green", "ok  ") : this.#paint("red", "FAIL")} ${first}`);
    for (const line of rest) this.line(`${indent}   ${line}`);
  }

  /** A line of measured values in which something is not as it should be; the checks that say what follow. */
  row(text: string): void {
    this.line(`   ${this.#paint("red", "FAIL")} ${text}`);
  }

  note(text: string): void {
    for (const line of wrapped(text, columns - indent.length - 3)) this.line(`${indent}   ${line}`);
  }

  /** The measured value that stands for this step in the summary. */
  outcome(text: string): void {
    if (this.#step !== undefined) this.#step.outcome = text;
  }

  summary(): void {
    this.#endStep();
    this.line();
    this.line(this.#paint("bold", "Summary"));
    for (const [index, { title, startedMs, endedMs, outcome }] of this.#steps.entries()) {
      const own = this.#checks.filter(({ step }) => step === title);
      const passed = own.filter((check) => check.passed).length;
      const isGood = passed === own.length && own.length > 0;
      const mark = isGood ? this.#paint("green", "ok  ") : this.#paint("red", "FAIL");
      const counts = `${passed}/${own.length}`.padStart(6);
      const seconds = `${((endedMs - startedMs) / 1000).toFixed(1)} s`.padStart(7);
      this.line(`   ${mark} ${index + 1}. ${title.padEnd(12)}${counts}${seconds}   ${outcome}`);
    }
    const failed = this.#checks.filter((check) => !check.passed);
    const seconds = ((performance.now() - (this.#steps[0]?.startedMs ?? 0)) / 1000).toFixed(1);
    this.line();
    const total = `${this.#checks.length - failed.length} of ${this.#checks.length} checks passed in ${seconds} s`;
    this.line(this.#paint(failed.length === 0 ? "green" : "red", total));
    for (const { step, what } of failed)
      for (const line of wrapped(`failed: ${step}: ${what}`, columns)) this.line(line);
  }

  line(text = ""): void {
    this.#output.write(`${text}\n`);
  }

  #endStep(): void {
    if (this.#step !== undefined && Number.isNaN(this.#step.endedMs)) this.#step.endedMs = performance.now();
  }

  #paint(colour: keyof typeof colours, text: string): string {
    return this.#isColoured ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
  }
}

/** Breaks at spaces, and keeps runs of them within a line, which align columns. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space <= 0 ? width : space;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
