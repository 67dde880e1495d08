import type { FileRecord } from "./records.ts";
import type { InputFile } from "./reader.ts";
export async function* readParquet(_: InputFile): AsyncGenerator<FileRecord[]> {}
