import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of real files, removed when the test ends. */
export interface TempProject {
  /** absolute real path */
  readonly root: string;
  path(file: string): string;
  write(file: string, content: string | Buffer): void;
  read(file: string): string;
  bytes(file: string): Buffer;
  /** every file below the root except .git, posix, sorted */
  list(): string[];
}

/** Makes a project inside a test. Content that is a Buffer is written byte for byte. */
export function tempProject(files: Readonly<Record<string, string | Buffer>> = {}): TempProject {
  const project = createProject(files);
  onTestFinished(() => removeFolder(project.root));
  return project;
}

/** The same for suites that share a project: the caller removes it with `removeFolder`. */
export function createProject(files: Readonly<Record<string, string | Buffer>> = {}): TempProject {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "rewire-abort-test-")));
  const project: TempProject = {
    root,
    path: (file) => join(root, file),
    write(file, content) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), content);
    },
    read: (file) => readFileSync(join(root, file), "utf8"),
    bytes: (file) => readFileSync(join(root, file)),
    list: () => listFolder(root, ""),
  };
  for (const [file, content] of Object.entries(files)) project.write(file, content);
  return project;
}

/** Removes a folder, also when a test took away its permissions. */
export function removeFolder(folder: string): void {
  try {
    chmodSync(folder, 0o755);
  } catch {
    // gone already
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function listFolder(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.name !== ".git")
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? listFolder(root, path) : [path];
    })
    .sort();
}
