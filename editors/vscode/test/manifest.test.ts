import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";

const read = (name: string) => fs.readFileSync(name, "utf-8");
const manifest = JSON.parse(read("package.json"));
const code = read("src/extension.ts") + read("src/settings.ts");
const readme = read("README.md");
const settings = Object.keys(manifest.contributes.configuration.properties);

test("every setting and command is used and described", () => {
  for (const name of settings) {
    assert.ok(readme.includes(`\`${name}\``), name);
    const short = name.replace("fbp-lint.", "");
    if (short !== "trace.server") assert.ok(code.includes(`"${short}"`), name); // the client reads it
  }
  for (const { command, title } of manifest.contributes.commands) {
    assert.ok(code.includes(`"${command}"`), command);
    assert.ok(readme.includes(`\`fbp-lint: ${title}\``), title);
  }
});

test("what names a program cannot come from a workspace that is not trusted", () => {
  const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
  assert.deepEqual(restricted, ["fbp-lint.path", "fbp-lint.arguments"]);
  assert.ok(restricted.every((name: string) => settings.includes(name)));
});

test("the linter knows the settings that are passed on to it", (context) => {
  const server = "../../fastapi_bp_lint/lsp/settings.py";
  if (!fs.existsSync(server)) return context.skip("no server");
  const [, table] = /^SETTINGS = \{\n(.*?)^\}/ms.exec(read(server)) ?? [];
  const known = [...(table ?? "").matchAll(/^    "(\w+)":/gm)].map(([, name]) => `fbp-lint.${name}`);
  const own = ["enable", "path", "arguments", "trace.server"].map((name) => `fbp-lint.${name}`);
  assert.deepEqual([...known, ...own].sort(), [...settings].sort());
});

test("the version is that of the linter", () => {
  const linter = /__version__ = "(.+)"/.exec(read("../../fastapi_bp_lint/__init__.py"));
  assert.equal(manifest.version, linter?.[1]);
});
