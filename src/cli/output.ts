// What a person or a program reads: text for a terminal, JSON lines for a pipe; progress on stderr, on a terminal only.
import type { Json } from "../evidence/evidence.ts";

export type Output = {
  /** A line for people; nothing under --json. */
  line(text?: string): void;
  /** One JSON document on a line of its own; only under --json. */
  json(value: unknown): void;
  /** A remark on stderr, under --json too. */
  note(text: string): void;
  progress(done: number, total: number, what: string): void;
  endProgress(): void;
  bold(text: string): string;
  dim(text: string): string;
  width: number;
};

/** "1 row", "1,200 rows". */
export function counted(count: number | string, one: string, many = `${one}s`): string {
  return `${Number(count).toLocaleString("en-US")} ${Number(count) === 1 ? one : many}`;
}

const PROGRESS_INTERVAL_MS = 80;
const WIDTH_MIN = 60;

export function terminalOutput(json: boolean, environment: NodeJS.ProcessEnv = process.env): Output {
  const colours = process.stdout.isTTY === true && !environment.NO_COLOR && environment.TERM !== "dumb";
  const showsProgress = process.stderr.isTTY === true && !json;
  const style = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  let last = 0;
  let open = false;
  const clear = () => {
    if (open) process.stderr.write("\r\u001b[K");
    open = false;
  };
  return {
    line(text = "") {
      clear();
      if (!json) process.stdout.write(`${text}\n`);
    },
    json(value) {
      if (json) process.stdout.write(`${JSON.stringify(value as Json)}\n`);
    },
    note(text) {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress(done, total, what) {
      const now = performance.now();
      if (!showsProgress || (now - last < PROGRESS_INTERVAL_MS && done < total)) return;
      last = now;
      open = true;
      const share = total > 0 ? ` ${String(Math.round((100 * done) / total)).padStart(3)} %` : "";
      process.stderr.write(`\r\u001b[K${what}${share} ${total > 0 ? `${done}/${total}` : done}`);
    },
    endProgress: clear,
    bold: style(1),
    dim: style(2),
    width: Math.max(WIDTH_MIN, Math.min(process.stdout.columns ?? 100, 140)),
  };
}

/** Columns aligned; numbers to the right; the last column is cut to the terminal's width. */
export function table(rows: readonly (readonly string[])[], width: number, right: readonly number[] = []): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  return rows.map((row) => {
    const line = row
      .map((cell, at) => (right.includes(at) ? cell.padStart(widths[at]!) : at === columns - 1 ? cell : cell.padEnd(widths[at]!)))
      .join("  ")
      .trimEnd();
    return line.length > width ? `${line.slice(0, width - 1)}…` : line;
  });
}

/** Text broken at spaces to the width, each line indented. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(/\s+/)) {
    if (line.length + word.length + 1 > width && line.trim()) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  if (line.trim()) lines.push(line.trimEnd());
  return lines;
}
