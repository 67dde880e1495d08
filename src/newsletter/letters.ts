// The short letters that are not issues: asking whether somebody really signed up, and answering one who is subscribed
// already. Both cost the sender the same, so that a form does not tell who reads us.
import { escape, withPersonalLinks, wrap } from "./issue-forms.ts";

export type Words = { subject: string; text: string; html: string };

export const CONFIRM_HOURS = 48;

export function confirmLetter(base: string, token: string): Words {
  const href = `${base}/newsletter/confirm/${token}`;
  const lines = [
    "Somebody, we hope you, asked for the Tracewire newsletter to be sent to this address.",
    `To get it, open this address and press the button there. It works for ${CONFIRM_HOURS} hours.`,
    "If it was not you, do nothing: nothing more will come, and the address is deleted by itself.",
  ];
  return {
    subject: "Confirm your address for the Tracewire newsletter",
    text: `${wrap(lines[0]!)}\n\n${wrap(lines[1]!)}\n\n${href}\n\n${wrap(lines[2]!)}\n`,
    html: letterHtml("Confirm your address", [escape(lines[0]!), escape(lines[1]!), link(href, "Open the page with the button"), escape(lines[2]!)]),
  };
}

export function knownLetter(base: string, token: string): Words {
  const line = "Somebody, perhaps you, asked for the Tracewire newsletter to be sent to this address. It is subscribed already, so there is nothing to do.";
  const words = {
    text: `${wrap(line)}\n`,
    html: letterHtml("You are subscribed already", [escape(line)]),
  };
  return { subject: "Your Tracewire newsletter", ...withPersonalLinks(words, base, token) };
}

export const link = (href: string, words: string): string => `<a href="${escape(href)}" style="color:inherit">${escape(words)}</a>`;

/** Paragraphs are markup already. */
export function letterHtml(title: string, paragraphs: readonly string[]): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
</head>
<body style="margin:0;padding:16px;font:17px/1.5 Georgia,serif">
<div style="max-width:600px;margin:0 auto">
<p style="margin:0 0 16px;font:bold 22px/1.2 Georgia,serif">Tracewire</p>
${paragraphs.map((paragraph) => `<p style="margin:0 0 12px">${paragraph}</p>\n`).join("")}</div>
</body>
</html>
`;
}
