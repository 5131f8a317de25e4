/** A client of the language server that writes down what it is asked to do. */

interface Run {
  command: string;
  args: string[];
  options: { cwd: string };
}
interface Asked {
  documentSelector: { pattern: string; language: string }[];
  initializationOptions: Record<string, unknown>;
  middleware: { workspace: { configuration(params: { items: unknown[] }): unknown } };
}

export const running = new Map<string, { run: Run; asked: Asked }>();
export const failing = new Set<string>();
export const history: string[] = [];

export class LanguageClient {
  constructor(
    readonly id: string,
    readonly name: string,
    readonly run: Run,
    readonly asked: Asked,
  ) {}

  async start(): Promise<void> {
    await new Promise((done) => setTimeout(done, 5));
    if (failing.has(this.run.command)) throw new Error("no such program");
    history.push(`start ${this.run.options.cwd}`);
    running.set(this.run.options.cwd, { run: this.run, asked: this.asked });
  }

  async dispose(): Promise<void> {
    history.push(`stop ${this.run.options.cwd}`);
    running.delete(this.run.options.cwd);
  }
}
