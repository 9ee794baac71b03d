import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Project, ts } from "ts-morph";
import { afterAll, describe, expect, test } from "vitest";
import { classifyRegistryFile, registrySource } from "../../src/registry/registry-source.ts";
import { makeStamp } from "../../src/registry/registry-stamp.ts";
import * as registry from "../../src/registry/session-run-registry.ts";

const folder = mkdtempSync(join(tmpdir(), "rewire-abort-source-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("registrySource", () => {
  test.each(["ts", "js"] as const)(
    "%s: the header says what it is, and how to update and test it",
    (language) => {
      const [first, ...rest] = registrySource(language).split("\n");
      expect(first).toContain("rewire-abort");
      expect(rest.slice(0, 3).join("\n")).toMatch(/--force(.|\n)*registry verify/);
      expect(registrySource(language)).toMatch(
        /^\/\/ rewire-abort-registry: version=\d+\.\d+\.\d+ sha256=[0-9a-f]{64}$/m,
      );
    },
  );

  test("the TypeScript compiles under the strictest options a target may have, with Node's types only", () => {
    const project = new Project({
      compilerOptions: {
        strict: true,
        noEmit: true,
        noUnusedLocals: true,
        noUnusedParameters: true,
        noImplicitReturns: true,
        noUncheckedIndexedAccess: true,
        noPropertyAccessFromIndexSignature: true,
        exactOptionalPropertyTypes: true,
        verbatimModuleSyntax: true,
        isolatedModules: true,
        erasableSyntaxOnly: true,
        skipLibCheck: true,
        types: ["node"],
        lib: ["lib.es2022.d.ts"],
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
      },
    });
    // A virtual file of an ES module package: this one.
    const file = project.createSourceFile("src/registry/written.mts", registrySource("ts"));
    expect(file.getPreEmitDiagnostics().map((each) => each.getMessageText())).toEqual([]);
    expect(file.getImportDeclarations().map((each) => each.getModuleSpecifierValue())).toEqual([
      "node:diagnostics_channel",
      "node:fs",
    ]);
  });

  test("the JavaScript has no types left, keeps the comments, and exports the same", () => {
    const file = join(folder, "session-run-registry.mjs");
    writeFileSync(file, registrySource("js"));
    const script = `import(${JSON.stringify(file)}).then((it) => console.log(Object.keys(it).sort().join()))`;
    const exported = execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }).trim();
    expect(exported.split(",")).toEqual(Object.keys(registry).sort());
    expect(registrySource("js")).toContain("Release is compare-and-delete");
    expect(registrySource("js")).not.toMatch(/\n\n\n/);
  });
});

describe("classifyRegistryFile", () => {
  test.each(["ts", "js"] as const)("%s as written is the same", (language) => {
    expect(classifyRegistryFile(registrySource(language))).toBe("same");
  });

  test("a formatter's work is not an edit", () => {
    expect(classifyRegistryFile(registrySource("ts").replaceAll("\n", "\r\n").replaceAll('"', "'"))).toBe(
      "same",
    );
    expect(classifyRegistryFile(registrySource("js").replaceAll("  ", "\t").replaceAll(";\n", "\n"))).toBe(
      "same",
    );
  });

  test.each([
    ["a changed number", (text: string) => text.replace("SETTLE_MS = 1_000", "SETTLE_MS = 9_000")],
    ["a changed operator", (text: string) => text.replace("pid as number) > 1", "pid as number) > 0")],
    ["a line above the header", (text: string) => `/* eslint-disable */\n${text}`],
    ["a line at the end", (text: string) => `${text}export const ours = true;\n`],
    ["a cut end", (text: string) => text.slice(0, -200)],
  ])("%s is an edit", (_name, edit) => {
    const text = registrySource("ts");
    expect(edit(text)).not.toBe(text);
    expect(classifyRegistryFile(edit(text))).toBe("edited");
  });

  test("an untouched copy of an earlier version may be replaced, one of a later version may not", () => {
    const other = registrySource("ts").replace("SETTLE_MS = 1_000", "SETTLE_MS = 900");
    const stamp = /\/\/ rewire-abort-registry: .*\n/;
    const writtenBy = (version: string) =>
      other.replace(stamp, `${makeStamp(other.replace(stamp, ""), version)}\n`);
    expect(classifyRegistryFile(writtenBy("0.0.9"))).toBe("older-version");
    expect(classifyRegistryFile(writtenBy("99.0.0"))).toBe("edited");
    expect(classifyRegistryFile(`${writtenBy("0.0.9")}// ours\n`)).toBe("edited");
  });

  test.each([
    ["a registry of another origin", "export const killSessionRun = () => false;\n"],
    ["an empty file", ""],
    [
      "a file that talks about the stamp",
      "// see the line rewire-abort-registry: version=1.0.0 in the other file\n",
    ],
  ])("%s is foreign", (_name, text) => {
    expect(classifyRegistryFile(text)).toBe("foreign");
  });
});
