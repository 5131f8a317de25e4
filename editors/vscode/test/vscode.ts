/** As much of the editor as the extension asks for; tests put in what they want to see. */

import { EventEmitter } from "node:events";

type Listener = (event: unknown) => unknown;

export const told = {
  commands: new Map<string, (...args: unknown[]) => unknown>(),
  errors: [] as string[],
  log: [] as string[],
  opened: [] as string[],
  answer: undefined as string | undefined,
  settings: new Map<string, unknown>(),
};
const events = new EventEmitter();

function on(name: string) {
  return (listener: Listener) => {
    events.on(name, listener);
    return { dispose: () => events.off(name, listener) };
  };
}

/** Let the editor tell that something has changed, and wait for what the extension does. */
export async function happen(name: string, event: unknown): Promise<void> {
  await Promise.all(events.listeners(name).map((listener) => (listener as Listener)(event)));
}

export interface Folder {
  name: string;
  uri: { scheme: string; fsPath: string; toString(): string };
}

export function folder(fsPath: string, scheme = "file"): Folder {
  return { name: fsPath.split("/").at(-1) ?? "", uri: { scheme, fsPath, toString: () => `${scheme}://${fsPath}` } };
}

export const workspace = {
  workspaceFolders: [] as Folder[] | undefined,
  isTrusted: true,
  getConfiguration: () => ({
    get: (name: string, otherwise?: unknown) => told.settings.get(name) ?? otherwise,
  }),
  onDidChangeWorkspaceFolders: on("folders"),
  onDidGrantWorkspaceTrust: on("trust"),
  onDidChangeConfiguration: on("configuration"),
};

export const window = {
  createOutputChannel: () => ({
    info: (text: string) => told.log.push(text),
    error: (text: string) => told.log.push(text),
    show: () => told.opened.push("log"),
    dispose: () => undefined,
  }),
  showErrorMessage: async (text: string) => {
    told.errors.push(text);
    return told.answer;
  },
};

export const commands = {
  registerCommand: (name: string, run: () => unknown) => {
    told.commands.set(name, run);
    return { dispose: () => told.commands.delete(name) };
  },
};

export const env = { openExternal: async (uri: { text: string }) => told.opened.push(uri.text) };
export const Uri = { parse: (text: string) => ({ text }) };
