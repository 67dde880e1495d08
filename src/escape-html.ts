// Text as HTML: one rule for pages and for files that stand alone.

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

// Bidirectional controls could reorder what a reader sees of a hostile claim (Trojan Source, CVE-2021-42574).
const UNSAFE = /[&<>"'\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/;

/** Escapes for element content and for attributes in quotes; control characters that HTML forbids become U+FFFD. */
export function escapeHtml(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
