import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import * as vscode from "vscode";

import { activate, deactivate } from "../src/extension";
import { failing, history, running } from "./client";
import { folder, happen, told, workspace } from "./vscode";

const context = { subscriptions: [] as { dispose(): void }[] };

async function open(...folders: string[]): Promise<void> {
  workspace.workspaceFolders = folders.map((path) => folder(path));
  await activate(context as unknown as vscode.ExtensionContext);
}

beforeEach(async () => {
  await deactivate();
  for (const one of context.subscriptions.splice(0)) one.dispose();
  history.splice(0);
  told.errors.splice(0);
  told.opened.splice(0);
  told.log.splice(0);
  told.settings.clear();
  failing.clear();
  told.answer = undefined;
  workspace.isTrusted = true;
});

test("each folder has a server that starts in it and sees its files alone", async () => {
  await open("/code/shop", "/code/st[o]re");
  assert.deepEqual([...running.keys()].sort(), ["/code/shop", "/code/st[o]re"]);
  const store = running.get("/code/st[o]re");
  assert.deepEqual(store?.run.args, ["server"]);
  assert.deepEqual(store?.asked.documentSelector.map((one) => one.pattern), ["/code/st[[]o[]]re/**/*"]);
});

test("what is no folder on the disk, or is switched off, has none", async () => {
  workspace.workspaceFolders = [folder("/code/remote", "vscode-vfs")];
  await activate(context as unknown as vscode.ExtensionContext);
  assert.equal(running.size, 0);
  told.settings.set("enable", false);
  workspace.workspaceFolders = [folder("/code/shop")];
  await happen("folders", {});
  assert.equal(running.size, 0);
});

test("folders come and go", async () => {
  await open("/code/shop");
  workspace.workspaceFolders = [folder("/code/shop"), folder("/code/store")];
  await happen("folders", {});
  workspace.workspaceFolders = [folder("/code/store")];
  await happen("folders", {});
  assert.deepEqual([...running.keys()], ["/code/store"]);
  assert.deepEqual(history, ["start /code/shop", "start /code/store", "stop /code/shop"]);
  workspace.workspaceFolders = undefined;
  await happen("folders", {});
  assert.equal(running.size, 0);
});

test("the linter is told its own settings, and only those that say something", async () => {
  told.settings.set("preset", "strict");
  told.settings.set("config", "");
  told.settings.set("ignore", ["FBP4"]);
  told.settings.set("path", "/opt/fbp-lint");
  await open("/code/shop");
  const asked = running.get("/code/shop")?.asked;
  const wanted = { preset: "strict", ignore: ["FBP4"] };
  assert.deepEqual(asked?.initializationOptions, wanted);
  assert.deepEqual(asked?.middleware.workspace.configuration({ items: [{}, {}] }), [wanted, wanted]);
});

test("a setting of ours starts the servers anew, another does not", async () => {
  await open("/code/shop");
  told.settings.set("path", "/opt/fbp-lint");
  await happen("configuration", { affectsConfiguration: (name: string) => name === "editor.fontSize" });
  assert.equal(running.get("/code/shop")?.run.command, "fbp-lint");
  await happen("configuration", { affectsConfiguration: (name: string) => name === "fbp-lint" });
  assert.equal(running.get("/code/shop")?.run.command, "/opt/fbp-lint");
});

test("the command starts the servers anew, one after the other even when asked twice", async () => {
  await open("/code/shop");
  const restart = told.commands.get("fbp-lint.restart");
  await Promise.all([restart?.(), restart?.()]);
  const turn = ["stop /code/shop", "start /code/shop"];
  assert.deepEqual(history, ["start /code/shop", ...turn, ...turn]);
});

test("a program that does not start is said once, with what helps", async () => {
  failing.add("fbp-lint");
  told.answer = "How to install it";
  await open("/code/shop");
  await new Promise((done) => setTimeout(done, 5));
  assert.equal(told.errors.length, 1);
  assert.match(told.errors[0] ?? "", /pip install "fastapi-bp-lint\[lsp\]"/);
  assert.match(told.opened[0] ?? "", /\/vscode\/$/);
  assert.match(told.log.join("\n"), /did not start: Error: no such program/);
  failing.clear();
  await told.commands.get("fbp-lint.restart")?.();
  assert.equal(running.size, 1);
  told.commands.get("fbp-lint.showLog")?.();
  assert.equal(told.opened.at(-1), "log");
});

test("trust that is granted later is used", async () => {
  workspace.isTrusted = false;
  await open("/code/shop");
  workspace.isTrusted = true;
  await happen("trust", undefined);
  assert.deepEqual(history, ["start /code/shop", "stop /code/shop", "start /code/shop"]);
});
