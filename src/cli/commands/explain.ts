import { nearestNames } from "../../config/nearest-name.ts";
import { UserError } from "../../shared/errors.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { useColor } from "../use-color.ts";
import { writeText } from "../write-text.ts";

/** `rewire-abort explain [RULE|REASON]` */
export async function explain(
  name: string | undefined,
  flags: { readonly color: boolean },
  context: CliContext,
): Promise<ExitCode> {
  const { default: picocolors } = await import("picocolors");
  const { bold, dim } = picocolors.createColors(useColor(context.stdout, context.env, flags.color));
  const rules = await context.stages.listRules();
  const reasons = await context.stages.listReasons();
  const paragraph = (title: string, text: string) => `${bold(title)}\n  ${text}\n`;

  if (name === undefined) {
    const width = Math.max(
      0,
      ...rules.map(({ id }) => id.length),
      ...Object.keys(reasons).map((code) => code.length),
    );
    const list = (entries: (readonly [string, string])[]) =>
      entries.map(([id, text]) => `  ${id.padEnd(width)}  ${dim(text)}\n`).join("");
    const ruleList = list(rules.map(({ id, docs }) => [id, docs.what] as const));
    const reasonList = list(Object.entries(reasons).map(([code, { title }]) => [code, title] as const));
    await writeText(
      context.stdout,
      `${bold("Rules of check")}\n${ruleList}\n${bold("Reasons of migrate")}\n${reasonList}`,
    );
    return EXIT.ok;
  }

  const rule = rules.find(({ id }) => id === name);
  if (rule) {
    const fixable = rule.fixable ? "migrate can mend it" : "mended by hand";
    await writeText(
      context.stdout,
      `${bold(rule.id)} ${dim(`rule of check, ${rule.severity}, ${fixable}`)}\n\n${[
        paragraph("What", rule.docs.what),
        paragraph("Why", rule.docs.why),
        paragraph("What to do", rule.docs.fix),
      ].join("\n")}`,
    );
    return EXIT.ok;
  }

  if (Object.hasOwn(reasons, name)) {
    const { title, meaning, why, whatToDo } = reasons[name]!;
    await writeText(
      context.stdout,
      `${bold(name)} ${dim("reason of migrate")}\n${title}\n\n${[
        paragraph("What", meaning),
        paragraph("Why", why),
        paragraph("What to do", whatToDo),
      ].join("\n")}`,
    );
    return EXIT.ok;
  }

  const near = nearestNames(name, [...rules.map(({ id }) => id), ...Object.keys(reasons)], 3);
  throw new UserError(
    `There is no rule and no reason named ${JSON.stringify(name)}.`,
    near.length > 0 ? `Did you mean ${near.join(" or ")}?` : "rewire-abort explain lists them all.",
  );
}
