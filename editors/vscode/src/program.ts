/** Which program is started for a folder, and with what. */

import * as path from "node:path";

export interface Wish {
  /** What the settings say, "" where they say nothing. */
  readonly path: string;
  readonly arguments: readonly string[];
}

export interface Surroundings {
  readonly folder: string;
  /** Whether what stands in the folder may be started. */
  readonly trusted: boolean;
  readonly home: string;
  readonly windows: boolean;
  readonly exists: (file: string) => boolean;
}

export interface Program {
  readonly command: string;
  readonly arguments: string[];
}

const NAME = "fbp-lint";
const ENVIRONMENTS = [".venv", "venv"];

/** Return what to start for a folder. */
export function program(wish: Wish, around: Surroundings): Program {
  return { command: command(wish.path.trim(), around), arguments: ["server", ...wish.arguments] };
}

function command(wished: string, around: Surroundings): string {
  if (wished) return resolved(wished, around);
  const found = around.trusted ? inEnvironment(around) : undefined;
  return found ?? NAME;
}

/** A name without a slash is looked for on the PATH, anything else begins at the folder. */
function resolved(wished: string, around: Surroundings): string {
  const join = around.windows ? path.win32 : path.posix;
  const named = wished.replaceAll("${workspaceFolder}", around.folder).replace(/^~(?=$|[\\/])/, around.home);
  const isName = !/[\\/]/.test(named);
  return isName || join.isAbsolute(named) ? named : join.join(around.folder, named);
}

function inEnvironment(around: Surroundings): string | undefined {
  const join = around.windows ? path.win32 : path.posix;
  const inner = around.windows ? ["Scripts", `${NAME}.exe`] : ["bin", NAME];
  const candidates = ENVIRONMENTS.map((name) => join.join(around.folder, name, ...inner));
  return candidates.find(around.exists);
}
