/** Starts `fbp-lint server` for each folder of the workspace, and ends it when the folder goes. */

import * as fs from "node:fs";
import * as os from "node:os";
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

import { program } from "./program";
import { linter } from "./settings";

const ID = "fbp-lint";
const INSTALL = "https://fastapi-bp-lint.readthedocs.io/en/stable/vscode/";

const clients = new Map<string, LanguageClient>();
let log: vscode.LogOutputChannel;
/** Starts and stops happen one after another, whatever asks for them. */
let queue: Promise<void> = Promise.resolve();

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  log = vscode.window.createOutputChannel(ID, { log: true });
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand("fbp-lint.restart", () => enqueue(restart)),
    vscode.commands.registerCommand("fbp-lint.showLog", () => log.show()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => enqueue(follow)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => enqueue(restart)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      return event.affectsConfiguration(ID) ? enqueue(restart) : undefined;
    }),
  );
  await enqueue(follow);
}

export async function deactivate(): Promise<void> {
  await enqueue(stopAll);
}

function enqueue(task: () => Promise<void>): Promise<void> {
  queue = queue.then(task).catch((error: unknown) => log.error(String(error)));
  return queue;
}

async function restart(): Promise<void> {
  await stopAll();
  await follow();
}

async function stopAll(): Promise<void> {
  await Promise.all([...clients.keys()].map(stop));
}

/** Have one server for each folder that is there and wants one. */
async function follow(): Promise<void> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(isWanted);
  const wanted = new Set(folders.map((folder) => folder.uri.toString()));
  await Promise.all([...clients.keys()].filter((key) => !wanted.has(key)).map(stop));
  await Promise.all(folders.filter((folder) => !clients.has(folder.uri.toString())).map(start));
}

function isWanted(folder: vscode.WorkspaceFolder): boolean {
  const settings = vscode.workspace.getConfiguration(ID, folder.uri);
  return folder.uri.scheme === "file" && settings.get("enable", true);
}

async function start(folder: vscode.WorkspaceFolder): Promise<void> {
  const settings = vscode.workspace.getConfiguration(ID, folder.uri);
  const { command, arguments: args } = program(
    { path: settings.get("path", ""), arguments: settings.get<string[]>("arguments", []) },
    {
      folder: folder.uri.fsPath,
      trusted: vscode.workspace.isTrusted,
      home: os.homedir(),
      windows: process.platform === "win32",
      exists: fs.existsSync,
    },
  );
  const server: ServerOptions = { command, args, options: { cwd: folder.uri.fsPath } };
  const client = new LanguageClient(ID, `fbp-lint (${folder.name})`, server, options(folder));
  clients.set(folder.uri.toString(), client);
  log.info(`${folder.name}: ${command} ${args.join(" ")}`);
  try {
    await client.start();
  } catch (error) {
    clients.delete(folder.uri.toString());
    log.error(`${folder.name}: ${command} did not start: ${String(error)}`);
    void complain(command);
  }
}

function options(folder: vscode.WorkspaceFolder): LanguageClientOptions {
  const asked = linter((name) => vscode.workspace.getConfiguration(ID, folder.uri).get(name));
  return {
    initializationOptions: asked,
    middleware: { workspace: { configuration: (params) => params.items.map(() => asked) } },
    documentSelector: [
      { scheme: "file", language: "python", pattern: `${glob(folder.uri.fsPath)}/**/*` },
    ],
    workspaceFolder: folder,
    outputChannel: log,
    diagnosticCollectionName: ID,
  };
}

/** A folder's name as a pattern that matches just it. */
function glob(name: string): string {
  return name.replaceAll("\\", "/").replace(/[[\]{}*?]/g, "[$&]");
}

async function stop(key: string): Promise<void> {
  const client = clients.get(key);
  clients.delete(key);
  await client?.dispose();
}

async function complain(command: string): Promise<void> {
  const [how, show] = ["How to install it", "Show the log"];
  const text = `fbp-lint does not start: ${command}. It is installed with pip install "fastapi-bp-lint[lsp]".`;
  const answer = await vscode.window.showErrorMessage(text, how, show);
  if (answer === how) await vscode.env.openExternal(vscode.Uri.parse(INSTALL));
  if (answer === show) log.show();
}
