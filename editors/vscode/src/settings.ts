/** What of the settings the linter itself reads; the others are about the extension. */

const LINTER = ["preset", "certainty", "select", "extendSelect", "ignore", "config", "isolated", "codeLens"];

export type Settings = Readonly<Record<string, unknown>>;

/** Return the settings for the server: those that say something. */
export function linter(get: (name: string) => unknown): Settings {
  const said = LINTER.map((name) => [name, get(name)] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== undefined && value !== null && value !== ""));
}
