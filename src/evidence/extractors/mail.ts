// A message (RFC 5322, MIME): who, to whom, when and about what first, then the text. Attachments are named with
// their hash, not opened: an attachment that matters is captured by itself.
import { simpleParser, type AddressObject } from "mailparser";
import { Unreadable, type Extractor } from "../extraction.ts";
import { createTextBuilder } from "../text-builder.ts";
import { writeHtml } from "./html.ts";
import { appendParagraphs } from "./plain-text.ts";

const ATTACHMENTS_LISTED_MAX = 1000;
const MIME_PARTS_MAX = 1000;

export const mail: Extractor = {
  name: "mail",
  version: "1 mailparser 3.14.2 parse5 8.1.1",
  async read({ bytes, limits }) {
    const builder = createTextBuilder(limits);
    const message = await simpleParser(Buffer.from(bytes), {
      skipHtmlToText: true,
      skipTextToHtml: true,
      skipImageLinks: true,
      skipTextLinks: true,
      checksumAlgo: "sha256",
      maxChildNodes: MIME_PARTS_MAX,
    }).catch((error: Error) => {
      throw new Unreadable(`not a readable message: ${error.message}`);
    });
    // As written: the parser puts the present moment in place of a date it cannot read.
    const date = message.headerLines.find(({ key }) => key === "date")?.line.replace(/^[^:]*:\s*/, "");
    const fields: [string, string | undefined][] = [
      ["From", addresses(message.from)],
      ["To", addresses(message.to)],
      ["Cc", addresses(message.cc)],
      ["Date", date],
      ["Subject", message.subject],
    ];
    for (const [name, value] of fields) {
      if (value === undefined) continue;
      if (builder.length() > 0) builder.append("\n");
      builder.startParagraph();
      builder.append(`${name}: ${value.replace(/\s+/g, " ").trim()}`);
    }
    if (message.text) {
      if (builder.length() > 0) builder.append("\n\n");
      appendParagraphs(builder, message.text.replaceAll("\f", "\n"));
    } else if (message.html) writeHtml(builder, message.html, limits);
    for (const file of message.attachments.slice(0, ATTACHMENTS_LISTED_MAX)) {
      if (builder.length() > 0) builder.append("\n");
      builder.startParagraph();
      const name = file.filename ?? "without a name";
      builder.append(`Attachment: ${name} (${file.contentType}, ${file.size} bytes, SHA-256 ${file.checksum})`);
    }
    if (message.attachments.length > ATTACHMENTS_LISTED_MAX)
      builder.warn(`${message.attachments.length} attachments, the first ${ATTACHMENTS_LISTED_MAX} listed`);
    else if (message.attachments.length) builder.warn(`${message.attachments.length} attachments are listed by hash, not read`);
    return builder.finish();
  },
};

function addresses(field: AddressObject | AddressObject[] | undefined): string | undefined {
  if (field === undefined) return undefined;
  return [field]
    .flat()
    .map(({ text }) => text)
    .join(", ");
}
