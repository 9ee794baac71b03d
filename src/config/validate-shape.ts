import * as v from "valibot";
import { UserError } from "../shared/errors.ts";
import { nearestName } from "./nearest-name.ts";

/**
 * Checks a parsed JSON value against a schema and says what is wrong in words.
 * @param source the name of the file, for the message
 * @throws UserError naming the first wrong key, and for an unknown key the nearest valid one
 */
export function validateShape<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  source: string,
): v.InferOutput<Schema> {
  refuseArraysForObjects(schema, value, source, "");
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  // An unknown key explains the missing ones beside it, so it is said first.
  const issue = parsed.issues.find(isUnknownKey) ?? parsed.issues[0];
  const path = v.getDotPath(issue) ?? "";
  if (isUnknownKey(issue)) {
    const name = String(issue.path?.at(-1)?.key);
    const known = knownKeys(schema, (issue.path ?? []).slice(0, -1));
    const near = nearestName(name, known);
    throw new UserError(
      `${source}: unknown key "${path}"${near === undefined ? "." : `; did you mean "${near}"?`}`,
      known.length > 0 ? `Known keys here: ${known.join(", ")}.` : undefined,
    );
  }
  const where = path === "" ? source : `${source}: "${path}"`;
  throw new UserError(`${where} ${wording(issue)}.`);
}

/** valibot takes an array for an object without keys; a person who wrote one meant something else. */
function refuseArraysForObjects(schema: unknown, value: unknown, source: string, path: string): void {
  const node = unwrap(schema);
  if (node === undefined || typeof value !== "object" || value === null) return;
  if (Array.isArray(value) && (node.entries ?? node.key) !== undefined)
    throw new UserError(`${path === "" ? source : `${source}: "${path}"`} must be an object, not a list.`);
  for (const [name, inner] of Object.entries(value)) {
    const next = node.entries ? node.entries[name] : (node.item ?? node.value);
    refuseArraysForObjects(next, inner, source, path === "" ? name : `${path}.${name}`);
  }
}

function isUnknownKey(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === "strict_object" && issue.expected === "never";
}

const WORDS: Readonly<Record<string, string>> = {
  Object: "an object",
  Array: "a list",
  string: "a string",
  number: "a number",
};

function wording(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === "validation" || issue.message.startsWith("must ")) return issue.message;
  if (issue.received === "undefined") return "is missing";
  return `must be ${WORDS[issue.expected ?? ""] ?? issue.expected ?? "valid"}, not ${issue.received}`;
}

/** The keys of the strict object at a path of the schema; empty where the schema is open. */
function knownKeys(schema: unknown, path: readonly { readonly key: unknown }[]): string[] {
  let at = unwrap(schema);
  for (const { key } of path) {
    if (at?.entries && Object.hasOwn(at.entries, String(key))) at = unwrap(at.entries[String(key)]);
    else at = unwrap(at?.item ?? at?.value);
  }
  return at?.entries ? Object.keys(at.entries).sort() : [];
}

interface SchemaNode {
  readonly entries?: Record<string, unknown>;
  readonly item?: unknown;
  readonly key?: unknown;
  readonly value?: unknown;
  readonly wrapped?: unknown;
}

function unwrap(schema: unknown): SchemaNode | undefined {
  let node = schema as SchemaNode | undefined;
  while (node?.wrapped !== undefined) node = node.wrapped as SchemaNode;
  return node;
}
