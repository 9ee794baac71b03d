// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAnswer } from "../../../src/cli/interactive/parse-answer.ts";
import {
  candidatesOf,
  decisionsOf,
  type ReviewAction,
  reviewSession,
  takeAction,
} from "../../../src/cli/interactive/review-session.ts";
import { makeSite } from "./make-site.ts";

const MANUAL = {
  decision: "manual",
  key: null,
  replacement: null,
  confidence: null,
  reason: "rival-keys",
} as const;
const play = (session: ReturnType<typeof reviewSession>, ...actions: ReviewAction[]) =>
  actions.reduce(takeAction, session);
const brief = (session: ReturnType<typeof reviewSession>) =>
  decisionsOf(session).map(({ site, action, key }) => `${site} ${action} ${key}`);

describe("reviewSession", () => {
  it("asks about manual and likely calls only", () => {
    const session = reviewSession([
      makeSite({ line: 1 }),
      makeSite({ line: 2, ...MANUAL }),
      makeSite({ line: 5, confidence: "proven" }),
      makeSite({ line: 6, ...MANUAL, kind: "mock", reason: "test-double" }),
      makeSite({ line: 7, ...MANUAL, reason: "test-double" }),
      makeSite({ line: 8, ...MANUAL, kind: "text", reason: "name-in-text" }),
      makeSite({ line: 3, decision: "keep", key: null }),
      makeSite({ line: 4, kind: "import", key: null }),
    ]);
    expect(session.steps.map((step) => step.map(({ line }) => line))).toEqual([[1], [2]]);
    expect(session.state).toBe("asking");
  });

  it("keeps an answer and goes on, and has nothing to keep where none was given", () => {
    const start = reviewSession([makeSite({ line: 1 }), makeSite({ line: 2 })]);
    expect(takeAction(start, { type: "keep" })).toMatchObject({
      at: 0,
      refusal: "Nothing was decided here yet.",
    });
    const kept = play(start, { type: "skip" }, { type: "back" }, { type: "keep" });
    expect(kept).toMatchObject({ at: 1, state: "asking", refusal: null });
    expect(brief(kept)).toEqual(["src/a.ts:1:3:stop skip null"]);
    expect(parseAnswer("k")).toEqual({ type: "keep" });
  });

  it("is finished where there is nothing to ask", () => {
    expect(reviewSession([])).toMatchObject({ state: "finished", at: 0 });
  });

  it("asks once about a cluster and answers for each of its sites", () => {
    const cluster = { cluster: "c" };
    const session = reviewSession([
      makeSite({ line: 1, ...cluster }),
      makeSite({ line: 2, ...cluster, callee: "wait" }),
    ]);
    expect(session.steps).toHaveLength(1);
    expect(brief(play(session, { type: "skip" }))).toEqual([
      "src/a.ts:1:3:stop skip null",
      "src/a.ts:2:3:stop skip null",
    ]);
  });

  it("asks about a proven call that shares its cluster with an open one", () => {
    const cluster = { cluster: "c" };
    const session = reviewSession([
      makeSite({ line: 1, ...cluster, confidence: "proven" }),
      makeSite({ line: 2, ...cluster, ...MANUAL }),
    ]);
    expect(session.steps.map((step) => step.map(({ line }) => line))).toEqual([[1, 2]]);
  });

  it.each(["no-counterpart", "dynamic-callee", "unsupported-shape"])(
    "takes no key where none can move the call: %s",
    (reason) => {
      const session = reviewSession([makeSite({ ...MANUAL, reason })]);
      for (const action of [
        { type: "choose", candidate: 0 },
        { type: "expression", text: "key" },
      ] as const)
        expect(takeAction(session, action).refusal).toMatch(/skip it or mark it/);
      expect(takeAction(session, { type: "mark" }).state).toBe("finished");
    },
  );

  it("asks for each site of a step whether the key can stand there", () => {
    const asked: string[] = [];
    const session = reviewSession(
      [makeSite({ line: 1, cluster: "c" }), makeSite({ line: 2, cluster: "c" })],
      [],
      (site, key) => {
        asked.push(`${site} ${key}`);
        return key === "fine" ? null : `${key} is not visible.`;
      },
    );
    expect(takeAction(session, { type: "expression", text: "hidden" })).toMatchObject({
      refusal: "hidden is not visible.",
      at: 0,
      answers: new Map(),
    });
    expect(takeAction(session, { type: "choose", candidate: 1 }).refusal).toBe(
      "requesterKey is not visible.",
    );
    expect(takeAction(session, { type: "expression", text: "fine" }).state).toBe("finished");
    expect(asked).toContain("src/a.ts:2:3:stop fine");
  });

  it("takes each kind of answer", () => {
    const session = reviewSession([1, 2, 3, 4, 5].map((line) => makeSite({ line })));
    const done = play(
      session,
      { type: "accept" },
      { type: "choose", candidate: 1 },
      { type: "expression", text: "  params.entry?.key ?? key " },
      { type: "skip" },
      { type: "mark" },
    );
    expect(done.state).toBe("finished");
    expect(brief(done)).toEqual([
      "src/a.ts:1:3:stop accept childKey",
      "src/a.ts:2:3:stop key requesterKey",
      "src/a.ts:3:3:stop key params.entry?.key ?? key",
      "src/a.ts:4:3:stop skip null",
      "src/a.ts:5:3:stop mark null",
    ]);
  });

  it("refuses what cannot be taken, and stays where it is", () => {
    const session = reviewSession([makeSite({ ...MANUAL, rejected: [] })]);
    for (const [action, refusal] of [
      [{ type: "accept" }, /no proposed key/],
      [{ type: "choose", candidate: 0 }, /no such candidate/],
      [{ type: "choose", candidate: -1 }, /no such candidate/],
      [{ type: "back" }, /first site/],
    ] as const) {
      const next = takeAction(session, action);
      expect(next.refusal).toMatch(refusal);
      expect(next).toMatchObject({ at: 0, state: "asking", answers: new Map() });
    }
  });

  it.each([
    "",
    "  ",
    "a; b",
    "a // c",
    "a /* c */",
    "a\nb",
    "f(a",
    "a)",
    "f(a]",
    "a, b",
    '"open',
    "x".repeat(201),
  ])("refuses the expression %j", (text) => {
    expect(takeAction(reviewSession([makeSite()]), { type: "expression", text }).refusal).not.toBeNull();
  });

  it.each(["key", "a.b?.[0]!", "f(a, b)", "`agent:${id}`", '"a, b"', "x ? (y) : z"])(
    "takes the expression %j",
    (text) => {
      expect(takeAction(reviewSession([makeSite()]), { type: "expression", text }).refusal).toBeNull();
    },
  );

  it("goes back to an answered site and takes another answer, then on to the first open one", () => {
    const session = reviewSession([1, 2, 3].map((line) => makeSite({ line })));
    const back = play(session, { type: "accept" }, { type: "accept" }, { type: "back" }, { type: "back" });
    expect(back.at).toBe(0);
    const again = takeAction(back, { type: "skip" });
    expect(again.at).toBe(2);
    expect(brief(again)).toEqual(["src/a.ts:1:3:stop skip null", "src/a.ts:2:3:stop accept childKey"]);
  });

  it("can go back after the last answer", () => {
    const done = play(reviewSession([makeSite()]), { type: "accept" });
    expect(takeAction(done, { type: "back" })).toMatchObject({ at: 0, state: "asking" });
  });

  it("keeps decisions when quitting and goes on from them", () => {
    const sites = [1, 2, 3].map((line) => makeSite({ line }));
    const quit = play(reviewSession(sites), { type: "accept" }, { type: "quit" });
    expect(quit.state).toBe("quit");
    const resumed = reviewSession(sites, decisionsOf(quit));
    expect(resumed.at).toBe(1);
    expect(brief(resumed)).toEqual(["src/a.ts:1:3:stop accept childKey"]);
  });

  it("asks again where the site of an earlier decision reads differently or is gone", () => {
    const earlier = decisionsOf(play(reviewSession([makeSite()]), { type: "accept" }));
    const moved = { line: 9 };
    for (const changed of [
      { argument: "other" },
      { callee: "wait" },
      { ...moved, function: "other" },
      { ...moved, file: "src/b.ts" },
    ])
      expect(reviewSession([makeSite(changed)], earlier)).toMatchObject({ at: 0, answers: new Map() });
    expect(reviewSession([makeSite()], earlier).state).toBe("finished");
  });

  it("keeps a decision whose call only moved, never one that could be of another call", () => {
    const lone = decisionsOf(play(reviewSession([makeSite()]), { type: "accept" }));
    const resumed = reviewSession([makeSite({ line: 9 })], lone);
    expect(resumed.state).toBe("finished");
    expect(brief(resumed)).toEqual(["src/a.ts:9:3:stop accept childKey"]);
    // Two that read alike now, or that did when it was decided: which of them is meant nobody knows.
    expect(reviewSession([makeSite({ line: 8 }), makeSite({ line: 9 })], lone).answers.size).toBe(0);
    const twins = reviewSession([makeSite(), makeSite({ line: 2 })]);
    const ofTwins = decisionsOf(play(twins, { type: "accept" }));
    expect(ofTwins[0]).not.toHaveProperty("function");
    expect(reviewSession([makeSite({ line: 9 })], ofTwins).answers.size).toBe(0);
  });

  it("lists candidates once, the proposed one first", () => {
    expect(
      candidatesOf([makeSite(), makeSite({ line: 2, key: "k2", rejected: [{ key: "childKey", why: "" }] })]),
    ).toEqual(["childKey", "k2", "requesterKey"]);
  });

  it("never loses or invents a decision, whatever is typed", () => {
    const action: fc.Arbitrary<ReviewAction> = fc.oneof(
      fc.constantFrom<ReviewAction>(
        { type: "accept" },
        { type: "skip" },
        { type: "mark" },
        { type: "back" },
        { type: "quit" },
      ),
      fc.integer({ min: -1, max: 4 }).map((candidate): ReviewAction => ({ type: "choose", candidate })),
      fc.string().map((text): ReviewAction => ({ type: "expression", text })),
    );
    const sites = [
      makeSite(),
      makeSite({ line: 2, ...MANUAL }),
      makeSite({ line: 3, cluster: "c" }),
      makeSite({ line: 4, cluster: "c" }),
    ];
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
        let session = reviewSession(sites);
        for (const next of actions) {
          const before = session.answers.size;
          session = takeAction(session, next);
          expect(session.answers.size).toBeGreaterThanOrEqual(before);
          expect(session.at).toBeLessThanOrEqual(session.steps.length);
          expect(session.state === "finished").toBe(
            session.state !== "quit" && session.at === session.steps.length,
          );
        }
        const ids = new Set(sites.map(({ id }) => id));
        for (const { site, action: kind, key } of decisionsOf(session)) {
          expect(ids.has(site)).toBe(true);
          expect(key === null).toBe(kind === "skip" || kind === "mark");
        }
      }),
    );
  });
});

describe("parseAnswer", () => {
  it.each([
    ["a", { type: "accept" }],
    [" accept ", { type: "accept" }],
    ["2", { type: "choose", candidate: 1 }],
    ["0", { type: "choose", candidate: -1 }],
    ["e", { type: "ask-expression" }],
    ["e a.b", { type: "expression", text: "a.b" }],
    ["s", { type: "skip" }],
    ["m", { type: "mark" }],
    ["b", { type: "back" }],
    ["q", { type: "quit" }],
    ["?", { type: "help" }],
    ["", null],
    ["yes", null],
    ["accepted", null],
    ["ea", null],
  ])("reads %j", (line, answer) => {
    expect(parseAnswer(line)).toEqual(answer);
  });
});
