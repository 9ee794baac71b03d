/** One simple command of a shell script, with what stands around it. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** 0-based line in the script */
  readonly line: number;
  /** operator after it: `&&`, `||`, `|`, `&`, `;` (also a line end), or "" at the end of the script */
  readonly next: string;
  /** position in `commands` */
  readonly index: number;
  /** commands joined by && || | belong to the same list */
  readonly list: number;
  /** the blocks around it, outermost first: `if`, `while`, `until`, `for`, `case`, `select`, `function NAME` */
  readonly inside: readonly string[];
}

interface Token {
  readonly kind: "word" | "operator";
  readonly text: string;
  readonly line: number;
}

/**
 * Splits a POSIX shell script into its simple commands. Quotes, comments, continued lines and here-documents are
 * respected; grouping is flattened, since only the operators after a command decide about its exit status here.
 */
export function splitShell(script: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let line = 0;
  let list = 0;
  let depth = 0;
  let defined: string | undefined;
  const blocks: { readonly name: string; readonly depth: number }[] = [];
  const close = (next: string): void => {
    if (words.length > 0) {
      const inside = blocks.map(({ name }) => name);
      commands.push({ words, line, next, index: commands.length, list, inside });
      if (BLOCKS.has(words[0]!)) blocks.push({ name: words[0]!, depth: -1 });
      if (words[0] === "esac") leave("case");
    } else if (commands.length > 0 && next !== ";" && next !== "") {
      // `( … ) || true`, `{ …; } || true`: what follows the group follows its last command.
      const last = commands.at(-1)!;
      commands[commands.length - 1] = { ...last, next };
      list = last.list;
    }
    // What a group holds is one operand of the list around it.
    if ((next === ";" || next === "&") && depth === 0) list += 1;
    words = [];
  };
  /** The innermost block ends; one that a stray word seems to end stays. */
  const leave = (...names: readonly string[]): void => {
    if (names.includes(blocks.at(-1)?.name ?? "")) blocks.pop();
  };
  for (const token of tokens(script)) {
    if (token.text === "{" && words.length === 2 && words[0] === "function") {
      defined = words[1]!;
      words = [];
    }
    const opens = token.text === "{" || token.text === "(";
    const shuts = token.text === "}" || token.text === ")";
    if (token.kind === "operator" && !opens && !shuts) close(token.text);
    else if ((opens || shuts) && (token.kind === "operator" || words.length === 0)) {
      if (token.text === "(" && words.length === 1) {
        // `name ()`: the braces that follow hold a function.
        defined = words[0]!;
        words = [];
      } else if (words.length > 0) {
        defined = undefined;
        close(";");
      }
      if (token.text === "{" && defined !== undefined) {
        blocks.push({ name: `function ${defined}`, depth });
        defined = undefined;
      }
      depth = Math.max(0, depth + (opens ? 1 : -1));
      if (token.text === "}" && blocks.at(-1)?.depth === depth) blocks.pop();
    } else if (GROUPING.has(token.text) && words.length === 0) {
      if (token.text === "fi") leave("if");
      if (token.text === "done") leave("while", "until", "for", "select");
    } else {
      if (words.length === 0) line = token.line;
      words.push(token.text);
    }
  }
  close("");
  return commands;
}

const BLOCKS = new Set(["if", "while", "until", "for", "case", "select"]);
const GROUPING = new Set(["then", "do", "else", "fi", "done"]);

function* tokens(script: string): Generator<Token> {
  let at = 0;
  let line = 0;
  let word: string | null = null;
  let wordLine = 0;
  const heredocs: string[] = [];
  const add = (text: string): void => {
    if (word === null) wordLine = line;
    word = (word ?? "") + text;
  };
  const take = (): Token | null => {
    const token: Token | null = word === null ? null : { kind: "word", text: word, line: wordLine };
    word = null;
    return token;
  };
  while (at < script.length) {
    const char = script[at]!;
    const two = script.slice(at, at + 2);
    if (two === "\\\n" || two === "\\\r") {
      at += script.startsWith("\\\r\n", at) ? 3 : 2;
      line += 1;
    } else if (char === "\\") {
      add(script[at + 1] ?? "");
      at += 2;
    } else if (char === "'" || char === '"') {
      const end = closingQuote(script, at);
      const inner = script.slice(at + 1, end);
      add(inner);
      line += inner.split("\n").length - 1;
      at = end + 1;
    } else if (script.startsWith("${{", at)) {
      // A GitHub expression is one piece of a word.
      const end = script.indexOf("}}", at);
      const stop = end < 0 ? script.length : end + 2;
      add(script.slice(at, stop));
      at = stop;
    } else if (char === "#" && word === null) {
      while (at < script.length && script[at] !== "\n") at += 1;
    } else if (char === "\n" || char === "\r") {
      const token = take();
      if (token) yield token;
      if (char === "\n") {
        yield { kind: "operator", text: ";", line };
        line += 1;
        at += 1;
        for (const marker of heredocs.splice(0)) {
          const skipped = skipHeredoc(script, at, marker);
          line += script.slice(at, skipped).split("\n").length - 1;
          at = skipped;
        }
      } else at += 1;
    } else if (char === " " || char === "\t") {
      const token = take();
      if (token) yield token;
      at += 1;
    } else if (two === "<<" && script[at + 2] !== "<") {
      const marker = /^<<-?\s*(["']?)([A-Za-z_]\w*)\1/.exec(script.slice(at, at + 80));
      if (marker) heredocs.push(marker[2]!);
      at += marker ? marker[0].length : 2;
    } else if (two === ">&" || two === "&>" || two === "<&") {
      add(two);
      at += 2;
    } else if (["&&", "||", "|&", ";;"].includes(two)) {
      const token = take();
      if (token) yield token;
      yield { kind: "operator", text: two === "|&" ? "|" : two === ";;" ? ";" : two, line };
      at += 2;
    } else if (";|&".includes(char)) {
      const token = take();
      if (token) yield token;
      yield { kind: "operator", text: char, line };
      at += 1;
    } else if (char === "(" || char === ")") {
      const token = take();
      if (token) yield token;
      yield { kind: "operator", text: char, line };
      at += 1;
    } else {
      add(char);
      at += 1;
    }
  }
  const token = take();
  if (token) yield token;
}

function closingQuote(script: string, start: number): number {
  const quote = script[start]!;
  for (let at = start + 1; at < script.length; at += 1) {
    if (script[at] === "\\" && quote === '"') at += 1;
    else if (script[at] === quote) return at;
  }
  return script.length;
}

function skipHeredoc(script: string, start: number, marker: string): number {
  let at = start;
  while (at < script.length) {
    const end = script.indexOf("\n", at);
    const stop = end < 0 ? script.length : end + 1;
    if (script.slice(at, stop).trim() === marker) return stop;
    at = stop;
  }
  return script.length;
}
