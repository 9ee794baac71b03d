import { describe, expect, it } from "vitest";
import { readKeyCases, runKeyCase, sameKey, siteAt } from "./helpers/key-cases.ts";

const cases = readKeyCases();

it("has cases of every shape", () => {
  const shapes = new Set(cases.map((keyCase) => keyCase.shape));
  for (const shape of "abcdefghijklm") expect(shapes).toContain(shape);
  expect(shapes).toContain("trap");
});

describe.each(cases.map((keyCase) => [keyCase.name, keyCase] as const))("%s", (_name, keyCase) => {
  it(keyCase.why, async () => {
    const { plan, after, refused } = await runKeyCase(keyCase);
    expect(refused).toEqual([]);
    for (const site of keyCase.sites) {
      const found = siteAt(plan, keyCase, site);
      expect(found, `line ${site.line}: no decision for ${site.callee}`).toBeDefined();
      if (!found) continue;
      const where = `line ${site.line} ${site.callee}: ${found.decision} ${found.key} ${found.reason}`;
      if (found.key !== null)
        for (const forbidden of [...(site.forbidden ?? []), found.argument ?? ""])
          expect(sameKey(found.key, forbidden), `WRONG KEY ${where}`).toBe(false);
      if (found.decision === "manual" && site.acceptable?.includes("manual")) continue;
      expect(found.decision, where).toBe(site.decision);
      if (site.decision === "rewrite" && site.key)
        expect(
          [site.key, ...(site.alternatives ?? [])].some((key) => sameKey(key, found.key ?? "")),
          `${where}, wanted ${site.key}`,
        ).toBe(true);
    }
    for (const caller of keyCase.callers) {
      const found = plan.sites.find(
        (site) =>
          site.kind === "wrapper" && site.file === (caller.file ?? keyCase.main) && site.line === caller.line,
      );
      const moved = keyCase.sites.every((site) => siteAt(plan, keyCase, site)?.decision === "rewrite");
      if (moved)
        expect(sameKey(found?.key ?? "", caller.key ?? ""), `caller line ${caller.line}: ${found?.key}`).toBe(
          true,
        );
      else expect(found?.decision ?? "manual").not.toBe("rewrite");
    }
    for (const place of keyCase.untouched) {
      const rewritten = plan.sites.filter(
        (site) => site.file === place.file && site.line === place.line && site.decision === "rewrite",
      );
      expect(rewritten, `line ${place.line} must stay`).toEqual([]);
    }
    if (keyCase.expected !== null) expect(after.get(keyCase.main)).toBe(keyCase.expected);
  });
});
