// One question in a process of its own: answered by the same functions as the commands, its files written into the job's
// folder. It may be stopped at any moment.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TracewireError } from "../errors.ts";
import { openNewsroom } from "../newsroom.ts";
import { answerListQuestion } from "./answer-list-question.ts";
import { answerTraceQuestion } from "./answer-trace-question.ts";
import { onJob } from "./job-child.ts";
import type { AnswerFile, Question, QuestionAsk, QuestionNote, Save } from "./questions.ts";

const TELL_EVERY_MS = 200;

onJob<QuestionAsk, QuestionNote>(run);

const isOfLists = (question: Question): question is Extract<Question, { kind: "screen" | "cluster" }> => question.kind === "screen" || question.kind === "cluster";

async function run({ folder, place, by, question }: QuestionAsk, say: (note: QuestionNote) => Promise<void>): Promise<void> {
  const files: AnswerFile[] = [];
  const save: Save = (file, content) => {
    writeFileSync(join(place, file.name), content, { mode: 0o600 });
    files.push(file);
  };
  let told = 0;
  const tell = (done: number): void => {
    if (performance.now() - told < TELL_EVERY_MS) return;
    told = performance.now();
    void say({ note: "progress", done });
  };
  const newsroom = openNewsroom(folder);
  try {
    const answer = isOfLists(question) ? await answerListQuestion(newsroom, question, { by, save, tell }) : await answerTraceQuestion(newsroom, question, save);
    await say({ note: "answered", ...answer, files });
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    await say({ note: "fault", what: error.message, hint: error.hint, ...(error.where === undefined ? {} : { where: error.where.replaceAll(join(place, "/"), "") }) });
  } finally {
    newsroom.close();
  }
}
