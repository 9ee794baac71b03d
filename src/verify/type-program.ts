import path from "node:path/posix";
import { Project, ts } from "ts-morph";
import { ConfinedFiles } from "./confined-files.ts";
import { outlineSource } from "./outline-source.ts";
import type { OnProgress } from "../shared/on-progress.ts";

const BUNDLED_LIB_FOLDER = "/node_modules/typescript/lib/";
const LIB_FOLDER = "/typescript-lib/";

/**
 * Programs over the same files with and without some changes. Parsed files and resolved modules are shared
 * between them, so that the second costs little more than its questions.
 */
export class TypePrograms {
  readonly #sources = new Map<string, { text: string | undefined; source: ts.SourceFile | undefined }>();
  readonly #libs = new Project({ useInMemoryFileSystem: true }).getModuleResolutionHost();
  #last: ts.Program | undefined;

  constructor(
    readonly files: ConfinedFiles,
    readonly options: ts.CompilerOptions,
  ) {}

  /**
   * Semantic diagnostics of files, with some texts in place of those on disk.
   *
   * @param roots  the files that the program starts from, posix, relative to the root
   * @param texts  texts by file; files that are not on disk exist too
   * @param asked  the roots that are asked about. @default all of them
   */
  diagnostics(
    roots: readonly string[],
    texts: ReadonlyMap<string, string>,
    asked: readonly string[] = roots,
    onProgress?: OnProgress,
  ): ReadonlyMap<string, readonly ts.Diagnostic[]> {
    const program = ts.createProgram({
      rootNames: roots.map((file) => nameOf(file)),
      options: this.options,
      host: this.#host(texts, onProgress),
      ...(this.#last && { oldProgram: this.#last }),
    });
    const found = asked.map((file, done) => {
      onProgress?.(done, asked.length);
      const source = program.getSourceFile(nameOf(file));
      return [file, source ? program.getSemanticDiagnostics(source) : []] as const;
    });
    this.#last = program;
    return new Map(found);
  }

  #host(texts: ReadonlyMap<string, string>, onProgress?: OnProgress): ts.CompilerHost {
    let read = 0;
    const changed = new Map([...texts].map(([file, text]) => [nameOf(file), text]));
    const { files } = this;
    const folders = new Set([...changed.keys()].map((name) => path.dirname(name)));
    return {
      fileExists: (name) => changed.has(name) || files.isFile(name),
      readFile: (name) => changed.get(name) ?? files.read(name),
      directoryExists: (name) => files.isFolder(name) || folders.has(name),
      getDirectories: (name) => files.folders(name),
      realpath: (name) => (changed.has(name) ? name : files.realName(name)),
      getSourceFile: (name, version) => {
        // How many files the program has is known only when it is made.
        read += 1;
        onProgress?.(read, 0);
        return this.#source(name, changed.get(name), version);
      },
      getDefaultLibFileName: (options) => LIB_FOLDER + ts.getDefaultLibFileName(options),
      getDefaultLibLocation: () => LIB_FOLDER.slice(0, -1),
      writeFile: () => undefined,
      getCurrentDirectory: () => ConfinedFiles.root,
      getCanonicalFileName: (name) => name,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => "\n",
      jsDocParsingMode: ts.JSDocParsingMode.ParseForTypeErrors,
    };
  }

  /** Parses a file once, and again only for another text. */
  #source(
    name: string,
    changed: string | undefined,
    version: ts.ScriptTarget | ts.CreateSourceFileOptions,
  ): ts.SourceFile | undefined {
    const known = this.#sources.get(name);
    if (known && (known.text === changed || known.source?.text === changed)) return known.source;
    const text = changed ?? this.#read(name);
    const source = text === undefined ? undefined : ts.createSourceFile(name, text, version);
    this.#sources.set(name, { text: changed, source });
    return source;
  }

  #read(name: string): string | undefined {
    return name.startsWith(LIB_FOLDER)
      ? this.#libs.readFile?.(BUNDLED_LIB_FOLDER + name.slice(LIB_FOLDER.length))
      : this.#outline(name);
  }

  /** Files that are not asked about matter only for their types. */
  #outline(name: string): string | undefined {
    const text = this.files.read(name);
    return text === undefined || name.includes("/node_modules/") ? text : outlineSource(name, text);
  }
}

function nameOf(file: string): string {
  return `${ConfinedFiles.root}/${file}`;
}
