import assert from "node:assert/strict";
import { test } from "node:test";

import { program, type Surroundings } from "../src/program";

const around: Surroundings = {
  folder: "/code/shop",
  trusted: true,
  home: "/home/me",
  windows: false,
  exists: (file) => file === "/code/shop/.venv/bin/fbp-lint",
};
const nothing = { path: "", arguments: [] };

test("the environment of the folder comes before the PATH", () => {
  assert.deepEqual(program(nothing, around), {
    command: "/code/shop/.venv/bin/fbp-lint",
    arguments: ["server"],
  });
  assert.equal(program(nothing, { ...around, exists: () => false }).command, "fbp-lint");
  const other = (file: string) => file === "/code/shop/venv/bin/fbp-lint";
  assert.equal(program(nothing, { ...around, exists: other }).command, "/code/shop/venv/bin/fbp-lint");
});

test("a folder that is not trusted starts nothing of its own", () => {
  assert.equal(program(nothing, { ...around, trusted: false }).command, "fbp-lint");
});

test("the setting comes first, and its path begins at the folder", () => {
  const asked = (path: string) => program({ path, arguments: ["--verbose"] }, around);
  assert.deepEqual(asked("tools/fbp-lint"), {
    command: "/code/shop/tools/fbp-lint",
    arguments: ["server", "--verbose"],
  });
  assert.equal(asked(" /opt/fbp-lint ").command, "/opt/fbp-lint");
  assert.equal(asked("fbp-lint-next").command, "fbp-lint-next");
  assert.equal(asked("~/bin/fbp-lint").command, "/home/me/bin/fbp-lint");
  assert.equal(asked("${workspaceFolder}/bin/fbp-lint").command, "/code/shop/bin/fbp-lint");
});

test("on Windows programs stand elsewhere", () => {
  const there = "C:\\shop\\.venv\\Scripts\\fbp-lint.exe";
  const windows = { ...around, windows: true, folder: "C:\\shop", exists: (file: string) => file === there };
  assert.equal(program(nothing, windows).command, there);
  assert.equal(program({ path: "tools\\lint.exe", arguments: [] }, windows).command, "C:\\shop\\tools\\lint.exe");
});
