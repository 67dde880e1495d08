// A job of the desk in a process of its own: given one message, it tells how far it is and what came of it, and ends. It has
// a limit on time and memory, and may be ended at any moment; the desk goes on answering meanwhile.
import { fork } from "node:child_process";
import { join } from "node:path";

const TIME_MS_MAX = 600_000;
const MEMORY_MB_MAX = 2_048;

export const ENDED_SILENTLY = "Its process ended without an answer; it may have needed too much memory";

/** `isOver` resolves when the process is gone. */
export type JobChild = { end(signal?: "SIGKILL" | "SIGTERM"): void; isOver: Promise<void> };
export type JobEvents<Note> = { note(note: Note): void; /** It took as long as it may, and is ended. */ late(seconds: number): void; exit(): void };

/** `module`: a file of this folder. `limits`: where they are others than those of a question. */
export function startJob<Note>(module: string, question: object, events: JobEvents<Note>, { time_ms, memory_mb } = { time_ms: TIME_MS_MAX, memory_mb: MEMORY_MB_MAX }): JobChild {
  const child = fork(join(import.meta.dirname, module), [], { execArgv: ["--disable-warning=ExperimentalWarning", `--max-old-space-size=${memory_mb}`], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const late = setTimeout(() => {
    events.late(time_ms / 1_000);
    child.kill("SIGKILL");
  }, time_ms);
  child.on("message", (note) => events.note(note as Note));
  const isOver = new Promise<void>((resolve) =>
    child.once("exit", () => {
      clearTimeout(late);
      events.exit();
      resolve();
    }),
  );
  child.send(question);
  return { end: (signal = "SIGKILL") => void child.kill(signal), isOver };
}

/** The other side: runs once for the message that comes. What it says is kept until it is written out: an answer of megabytes is still on its way when the channel is closed behind it. */
export function onJob<Question, Note>(run: (question: Question, say: (note: Note) => Promise<void>) => Promise<void>): void {
  const say = (note: Note): Promise<void> => new Promise((resolve) => process.send!(note, undefined, undefined, () => resolve()));
  process.once("message", (question) => void run(question as Question, say).finally(() => process.disconnect?.()));
}
