/**
 * The two command parsers of the GitHub runner, as its ActionCommand reads a line of a step's output: `::name p::data`
 * after leading white space, and `##[name p]data` anywhere. A command counts whatever its name is, so that the tests
 * are stricter than the runner.
 */
export interface RunnerCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

export function findRunnerCommands(output: string): RunnerCommand[] {
  return output.split(/\r\n|\r|\n/).flatMap((line) => parseNew(line) ?? parseOld(line) ?? []);
}

function parseNew(line: string): RunnerCommand | null {
  // .NET's TrimStart takes every Unicode white space, as trimStart does.
  const message = line.trimStart();
  if (!message.startsWith("::")) return null;
  const end = message.indexOf("::", 2);
  if (end < 0) return null;
  return parseInfo(message.slice(2, end), ",", unescapeNew, unescapeData(message.slice(end + 2)));
}

function parseOld(line: string): RunnerCommand | null {
  const start = line.indexOf("##[");
  if (start < 0) return null;
  const end = line.indexOf("]", start);
  if (end < 0) return null;
  return parseInfo(line.slice(start + 3, end), ";", unescapeOld, unescapeOld(line.slice(end + 1)));
}

function parseInfo(
  info: string,
  separator: string,
  decode: (text: string) => string,
  data: string,
): RunnerCommand {
  const space = info.indexOf(" ");
  const name = space < 0 ? info : info.slice(0, space);
  const properties: Record<string, string> = {};
  if (space >= 0)
    for (const pair of info.slice(space + 1).split(separator)) {
      const equals = pair.indexOf("=");
      if (equals > 0) properties[pair.slice(0, equals).trim()] = decode(pair.slice(equals + 1));
    }
  return { name, properties, data };
}

const unescapeData = (text: string) =>
  text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
const unescapeNew = (text: string) =>
  text
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%25", "%");
const unescapeOld = (text: string) =>
  text
    .replaceAll("%3B", ";")
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%5D", "]")
    .replaceAll("%25", "%");
