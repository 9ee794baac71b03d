import type { RunResult } from "../run-result.ts";
import { html, type Markup } from "./markup.ts";

const WIDTH = 1_000;
const HEIGHT = 320;
const DOT = 11;
const GAP = 3;
const STEP = DOT + GAP;
const TEXT = 17;
const LETTER = 9;
/** worst first, as the bars are drawn */
const STYLES = ["error", "manual", "warning", "rewrite", "keep", "info"];

interface Mark {
  readonly style: string;
  /** folder of the file, below the drawn one */
  readonly within: string;
  readonly title: string;
}
interface Folder {
  readonly name: string;
  readonly files: number;
  readonly marks: readonly Mark[];
}
interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Folders sized by scanned files; each site or finding is a square in its folder, coloured by what became of it. */
export function renderTreeMap(result: RunResult): Markup {
  const folders = collectFolders(result);
  if (folders.length === 0) return html``;
  const boxes = layOut(
    folders.map((folder) => folder.files),
    { x: 0, y: 0, w: WIDTH, h: HEIGHT },
  );
  const styles = result.command === "migrate" ? ["manual", "rewrite", "keep"] : ["error", "warning", "info"];
  return html`<section id="tree" aria-labelledby="h-tree"><h2 id="h-tree">Where <small>folders sized by scanned files; a square for each ${result.command === "migrate" ? "site" : "finding"}</small></h2>
<svg class="tree wide" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Folders sized by files; the table below has the same numbers">${folders.map((folder, i) => renderFolder(folder, boxes[i]!))}</svg>
<p class="legend wide">${styles.map((style) => html`<span class="swatch ${style}"></span>${style} `)}</p>
<details class="numbers"><summary>The same as a table</summary><table><thead><tr><th scope="col">Folder</th><th scope="col">Files</th>${styles.map((style) => html`<th scope="col">${style}</th>`)}</tr></thead>
<tbody>${folders.map((folder) => html`<tr><td class="wrap">${folder.name}</td><td>${folder.files}</td>${styles.map((style) => html`<td>${folder.marks.filter((mark) => mark.style === style).length}</td>`)}</tr>`)}</tbody></table></details>
</section>`;
}

function collectFolders(result: RunResult): Folder[] {
  const names = Object.keys(result.files.byFolder).sort((a, b) => b.length - a.length);
  const marks = new Map<string, Mark[]>(names.map((name) => [name, []]));
  const items = [
    ...result.sites.map((site) => ({ file: site.file, line: site.line, style: site.decision as string })),
    ...result.findings.map((finding) => ({
      file: finding.file,
      line: finding.line,
      style: finding.severity as string,
    })),
  ];
  for (const { file, line, style } of items) {
    const name = names.find((folder) => file.startsWith(`${folder}/`)) ?? (names.includes(".") ? "." : null);
    if (name === null) continue;
    const within = file.slice(name === "." ? 0 : name.length + 1, Math.max(0, file.lastIndexOf("/")));
    marks.get(name)!.push({ style, within, title: `${style}: ${file}:${line}` });
  }
  return names
    .map((name) => ({ name, files: result.files.byFolder[name]!, marks: marks.get(name)! }))
    .filter((folder) => folder.files > 0)
    .sort((a, b) => b.files - a.files || (a.name < b.name ? -1 : 1));
}

/** Halves the list by weight and the box along its longer side, until one is left. */
function layOut(weights: readonly number[], box: Box): Box[] {
  if (weights.length <= 1) return weights.map(() => box);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let head = weights[0]!;
  let count = 1;
  while (count < weights.length - 1 && head + weights[count]! / 2 < total / 2) {
    head += weights[count]!;
    count += 1;
  }
  const share = head / total;
  const [first, second]: [Box, Box] =
    box.w >= box.h
      ? [
          { ...box, w: box.w * share },
          { ...box, x: box.x + box.w * share, w: box.w * (1 - share) },
        ]
      : [
          { ...box, h: box.h * share },
          { ...box, y: box.y + box.h * share, h: box.h * (1 - share) },
        ];
  return [...layOut(weights.slice(0, count), first), ...layOut(weights.slice(count), second)];
}

function renderFolder(folder: Folder, box: Box): Markup {
  const x = Math.round(box.x + 2);
  const y = Math.round(box.y + 2);
  const w = Math.max(1, Math.round(box.w - 4));
  const h = Math.max(1, Math.round(box.h - 4));
  const worst =
    ["error", "manual", "warning", "rewrite"].find((style) =>
      folder.marks.some((mark) => mark.style === style),
    ) ?? "none";
  const letters = Math.floor((w - 12) / LETTER);
  const count = ` ${folder.files}`;
  const showsCount = letters >= folder.name.length + count.length;
  const title = html`<title>${folder.name}: ${folder.files} files, ${folder.marks.length} marked</title>`;
  const frame = html`<rect class="folder worst-${worst}" x="${x}" y="${y}" width="${w}" height="${h}" rx="4"/>`;
  const name = fitName(folder.name, letters);
  const label =
    name !== "" && h > 24
      ? html`<text x="${x + 8}" y="${y + 18}">${name}${showsCount ? html`<tspan class="muted">${count}</tspan>` : ""}</text>`
      : "";
  return html`<g>${title}${frame}${label}${renderRows(folder, { x: x + 8, y: y + 28, w: w - 14, h: h - 32 })}</g>`;
}

/** For each folder below its name and a square for each of its sites, in lines; what has no room is counted. */
function renderRows(folder: Folder, box: Box): Markup[] {
  const groups = new Map<string, Mark[]>();
  for (const mark of folder.marks) groups.set(mark.within, [...(groups.get(mark.within) ?? []), mark]);
  const all = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  const perLine = Math.max(1, Math.floor((box.w + GAP) / STEP));
  const letters = Math.floor(box.w / LETTER);
  const bottom = box.y + box.h;
  const drawn: Markup[] = [];
  let y = box.y;
  let at = 0;
  for (; at < all.length; at += 1) {
    const [name, marks] = all[at]!;
    const squares = Math.ceil(marks.length / perLine) * STEP;
    // The last group may take all that is left; the others leave a line for the count of the rest.
    const room = bottom - y - (name === "" ? 0 : TEXT) - (at < all.length - 1 ? TEXT : 0);
    if (room < STEP) break;
    if (name !== "") {
      drawn.push(html`<text class="muted" x="${box.x}" y="${y + 11}">${cut(name, letters)}</text>`);
      y += TEXT;
    }
    const fits = squares <= room;
    drawn.push(fits ? renderSquares(marks, box.x, y, perLine) : renderBar(marks, box.x, y, box.w));
    y += (fits ? squares : STEP) + GAP;
  }
  const hidden = all.slice(at);
  if (hidden.length > 0 && bottom - y >= DOT) {
    const sites = hidden.reduce((sum, [, marks]) => sum + marks.length, 0);
    drawn.push(
      html`<text class="muted" x="${box.x}" y="${y + 11}">${cut(`+${sites} in ${hidden.length} more`, letters)}</text>`,
    );
  }
  return drawn;
}

function renderSquares(marks: readonly Mark[], x: number, y: number, perLine: number): Markup {
  return html`${marks.map(
    (mark, i) =>
      html`<rect class="${mark.style}" x="${x + (i % perLine) * STEP}" y="${y + Math.floor(i / perLine) * STEP}" width="${DOT}" height="${DOT}" rx="2"><title>${mark.title}</title></rect>`,
  )}`;
}

/** More than squares can show: one bar with the shares, and how many there are. */
function renderBar(marks: readonly Mark[], x: number, y: number, room: number): Markup {
  const width = Math.max(DOT, room - 40);
  let at = x;
  const parts = STYLES.map((style) => {
    const own = marks.filter((mark) => mark.style === style).length;
    const length = Math.round((own / marks.length) * width);
    const part =
      own === 0
        ? ""
        : html`<rect class="${style}" x="${at}" y="${y}" width="${Math.max(1, length - 1)}" height="${DOT}" rx="2"><title>${own} ${style}</title></rect>`;
    at += length;
    return part;
  });
  return html`${parts}<text class="muted" x="${x + width + 4}" y="${y + 11}">${marks.length}</text>`;
}

/** The path, or its last folder where there is no room for more; the start of a path tells nothing. */
function fitName(name: string, letters: number): string {
  if (name.length <= letters) return name;
  const last = name.slice(name.lastIndexOf("/") + 1);
  return last.length <= letters || letters >= 5 ? cut(last, letters) : "";
}

function cut(text: string, letters: number): string {
  return text.length > letters ? `${[...text].slice(0, Math.max(0, letters - 1)).join("")}…` : text;
}
