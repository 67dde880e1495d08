// What a limited child is given (limited-child.ts): one line of JSON that says what is asked, then the bytes.
const NEWLINE = 0x0a;

/** Also keeps what parsers print, and promises that they fail and nobody waits for, from being taken for the answer. */
export async function readChildInput<Asked>(): Promise<{ asked: Asked; bytes: Buffer }> {
  console.log = console.info = console.warn = console.error = console.debug = () => {};
  process.on("unhandledRejection", () => {});
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const input = Buffer.concat(chunks);
  const head_end = input.indexOf(NEWLINE);
  return { asked: JSON.parse(input.subarray(0, head_end).toString("utf8")) as Asked, bytes: input.subarray(head_end + 1) };
}
