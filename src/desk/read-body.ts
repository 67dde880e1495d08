// What a form brings, read by us and checked before any room hears of it: a body of a known type and a bounded length, known
// names only, each of its form. Names that every object has (__proto__, constructor) are names like any other here: unknown.
import type { IncomingMessage } from "node:http";
import type { TObject, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { TracewireError } from "../errors.ts";
import { faultWords, type SchemaFault } from "../schema.ts";
import { CAPTURE_BYTES_MAX } from "./read-inbox.ts";
import type { DeskRoute, Upload } from "./route.ts";

const FORM_BYTES_MAX = 1024 * 1024;
const FIELDS_MAX = 200;
/** Each holds its whole file in memory, for a moment three times over. */
const UPLOADS_AT_ONCE_MAX = 2;
const NAME_CHARS_MAX = 200;

type Fields = [name: string, value: string][];
type Body = { fields: Fields; files: Upload[] };

let uploads = 0;

/** Throws UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE, BAD_ARGUMENT, TOO_MANY_JOBS. The type is compared whole: no tab or second value slips past. */
export async function readBody(request: IncomingMessage, route: DeskRoute): Promise<Body> {
  const type = (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") return { fields: limited([...new URLSearchParams((await bytesOf(request, FORM_BYTES_MAX)).toString("utf8"))]), files: [] };
  if (type === "application/json") return { fields: limited(jsonFields((await bytesOf(request, FORM_BYTES_MAX)).toString("utf8"))), files: [] };
  if (type === "multipart/form-data" && route.upload) return readUpload(request, route.upload === "several");
  if (type === "" && Number(request.headers["content-length"] ?? 0) === 0) return { fields: [], files: [] };
  throw new TracewireError("UNSUPPORTED_MEDIA_TYPE", { what: `A form of type “${type.slice(0, 60)}” is not read here`, hint: "Send the form of the page." });
}

function limited(fields: Fields): Fields {
  if (fields.length > FIELDS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `A form has at most ${FIELDS_MAX} fields` });
  return fields;
}

async function bytesOf(request: IncomingMessage, bytes_max: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Not torn down when it is too much: the answer still has to reach who sends.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > bytes_max) throw new TracewireError("BODY_TOO_LARGE", { what: `It is larger than ${bytes_max} bytes` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** From our own script: an object of strings, or a passkey's answer, which is handed on as the text it is. */
function jsonFields(text: string): Fields {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TracewireError("BAD_ARGUMENT", { what: "body: one object is taken" });
    return Object.entries(value).map(([name, field]) => [name, typeof field === "string" ? field : JSON.stringify(field)]);
  } catch (error) {
    if (error instanceof TracewireError) throw error;
    // Also what is nested deeper than the stack goes (RangeError).
    throw new TracewireError("BAD_ARGUMENT", { what: "body: this is no JSON that is read here", cause: error });
  }
}

async function readUpload(request: IncomingMessage, takesSeveral: boolean): Promise<Body> {
  if (uploads >= UPLOADS_AT_ONCE_MAX) throw new TracewireError("TOO_MANY_JOBS", { what: "Too many files are being sent at once" });
  uploads += 1;
  try {
    const bytes = await bytesOf(request, CAPTURE_BYTES_MAX + FORM_BYTES_MAX);
    const boundary = /boundary="?([^";,\s]{1,70})"?/.exec(request.headers["content-type"]!)?.[1];
    if (!boundary || countOf(bytes, `--${boundary}`, FIELDS_MAX) > FIELDS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: "The form cannot be read" });
    let parts: FormData;
    try {
      parts = await new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { "content-type": `multipart/form-data; boundary=${boundary}` } }).formData();
    } catch (error) {
      throw new TracewireError("BAD_ARGUMENT", { what: "The form cannot be read", cause: error });
    }
    const fields: Fields = [];
    const files: File[] = [];
    for (const [name, part] of parts) {
      if (typeof part === "string") fields.push([name, part]);
      // A file field that was left empty comes as a file without name and bytes.
      else if (name === "file" && (part.size > 0 || part.name !== "")) files.push(part);
      else if (name !== "file") throw new TracewireError("BAD_ARGUMENT", { what: `“${name.slice(0, 60)}” takes no file` });
    }
    if (files.length > 1 && !takesSeveral) throw new TracewireError("BAD_ARGUMENT", { what: "One file at a time" });
    return { fields, files: await Promise.all(files.map(async (file) => ({ name: fileName(file.name), type: file.type, bytes: await file.bytes() }))) };
  } finally {
    uploads -= 1;
  }
}

/** Only to be shown: nothing is ever stored under it. Its folders are nobody's business. */
function fileName(name: string): string {
  const own = name.split(/[\\/]/).at(-1)!.replaceAll(/[\u0000-\u001f\u007f]/g, "").slice(-NAME_CHARS_MAX);
  return own || "file";
}

function countOf(bytes: Buffer, text: string, most: number): number {
  let count = 0;
  for (let at = bytes.indexOf(text); at !== -1 && count <= most; at = bytes.indexOf(text, at + text.length)) count += 1;
  return count;
}

/** The token that says from whose page a form came, out of the fields. */
export function takeToken(fields: Fields): string {
  const at = fields.findIndex(([name]) => name === "csrf");
  return at === -1 ? "" : fields.splice(at, 1)[0]![1];
}

const compiled = new WeakMap<TSchema, ReturnType<typeof Compile>>();

/** Fields by name, as the route's schema has them; an empty optional field is one that was left out. Throws BAD_ARGUMENT naming the field. */
export function checkForm(schema: TObject | undefined, fields: Fields): unknown {
  const values = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of fields) {
    const known = schema && Object.hasOwn(schema.properties, name) ? (schema.properties[name] as TSchema & { type?: string }) : undefined;
    if (!known) throw new TracewireError("BAD_ARGUMENT", { what: `“${name.slice(0, 60)}” is no field of this form`, where: name.slice(0, 60), hint: "Open the page again, and send its form." });
    if (known.type === "array") ((values[name] ??= []) as string[]).push(value);
    else if (name in values) throw new TracewireError("BAD_ARGUMENT", { what: `${name}: it is given twice`, where: name });
    else if (value !== "" || schema!.required?.includes(name)) values[name] = value;
  }
  if (!schema) return {};
  const check = compiled.get(schema) ?? Compile(schema);
  compiled.set(schema, check);
  const plain = { ...values };
  if (check.Check(plain)) return plain;
  const error = check.Errors(plain)[0] as SchemaFault | undefined;
  const field = (error?.instancePath ?? "").slice(1).split("/")[0]! || error?.params?.requiredProperties?.[0] || "form";
  throw new TracewireError("BAD_ARGUMENT", { what: `${field}: ${faultWords(error ?? {})}`, where: field, hint: "Mend the field and send the form again." });
}
