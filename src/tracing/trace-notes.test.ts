import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { NOTE_CHARS_MAX, openTraceNotes, TRACE_NOTES_FILE } from "./trace-notes.ts";

test("one note a place; taken away it is nowhere in the file", () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-notes-"));
  try {
    const clock = () => "2026-03-01T00:00:00.000Z";
    const notes = openTraceNotes(folder, { clock });
    notes.put("one", "0xabc", "perhaps the brother", "anna");
    notes.put("one", "0xabc", "perhaps the sister", "edda");
    notes.put("two", "0xabc", "another trace", "anna");
    assert.deepEqual(notes.list("one"), [{ place: "0xabc", text: "perhaps the sister", by: "edda", at: clock() }]);
    assert.throws(() => notes.put("one", "0xdef", "x".repeat(NOTE_CHARS_MAX + 1), "anna"), /at most 2,000 characters/);
    notes.put("one", "0xabc", " ", "anna");
    assert.deepEqual(notes.list("one"), []);
    assert.equal(notes.list("two").length, 1);
    notes.close();
    assert.equal(statSync(join(folder, TRACE_NOTES_FILE)).mode & 0o777, 0o600);
    const bytes = readFileSync(join(folder, TRACE_NOTES_FILE)).toString("latin1");
    assert.equal(bytes.includes("brother") || bytes.includes("sister"), false);
    assert.ok(bytes.includes("another trace"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
