// Makes small PDFs for tests (ISO 32000-1): real files with an xref table, from the words and where they stand.
import { Buffer } from "node:buffer";

export type PdfLine = { y: number; words: string };

/** A page's content stream with one 12 point line for each entry. */
export function pageContent(lines: PdfLine[]): string {
  return `BT /F1 12 Tf ${lines.map(({ y, words }) => `1 0 0 1 50 ${y} Tm (${words.replace(/[\\()]/g, "\\$&")}) Tj`).join(" ")} ET`;
}

/** One page for each content stream; `filter` is the stream's filter entry, e.g. `/Filter /FlateDecode`. */
export function makePdf(contents: (string | Uint8Array)[], filter = ""): Uint8Array {
  const kids = contents.map((_, index) => `${4 + 2 * index} 0 R`).join(" ");
  const objects: Uint8Array[] = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${contents.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ].map((text) => Buffer.from(text));
  for (const [index, content] of contents.entries()) {
    const stream = Buffer.from(content as string);
    const resources = "/Resources << /Font << /F1 3 0 R >> >>";
    const page = `/Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents ${5 + 2 * index} 0 R ${resources}`;
    objects.push(Buffer.from(`<< ${page} >>`));
    objects.push(Buffer.concat([Buffer.from(`<< /Length ${stream.length} ${filter} >>\nstream\n`), stream, Buffer.from("\nendstream")]));
  }
  const parts: Uint8Array[] = [Buffer.from("%PDF-1.4\n")];
  const offsets: number[] = [];
  let length = 9;
  for (const [index, object] of objects.entries()) {
    offsets.push(length);
    const whole = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from("\nendobj\n")]);
    parts.push(whole);
    length += whole.length;
  }
  const entries = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  parts.push(
    Buffer.from(`xref\n0 ${size}\n0000000000 65535 f \n${entries}trailer << /Size ${size} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`),
  );
  return new Uint8Array(Buffer.concat(parts));
}
