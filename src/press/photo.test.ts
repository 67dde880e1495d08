// What becomes of a file that somebody supplied as a picture: refused with its reason, or made anew without what stood in it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import sharp from "sharp";
import { hostilePictures, madePhoto, SECRET_CAMERA } from "../../test/made-pictures.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { TracewireError } from "../errors.ts";
import { formatStoryText, lintStory, parseStoryText, preparePhoto, publishStory, readPublication } from "./press.ts";

const AT = "2026-01-01T00:00:00.000Z";
const text = (lines: string) => `---\nslug: a-story\ntopic: Test\nbyline: Test\nhappened: 2024\n${lines}---\n\n# A story\n\n> Standfirst.\n\nA body.\n`;
const FULL = "photo: a.jpg\ncredit: A Person, 2019\nlicence: CC BY 4.0\nalt: A field under a sky\ncaption: A field, on a day that nobody noted.\n";

describe("a supplied picture", () => {
  test("is made anew in several widths, without camera, place, colour profile or turn", async () => {
    for (const format of ["jpeg", "png", "webp"] as const) {
      const bytes = await madePhoto({ width: 2_000, height: 1_200, format, orientation: 6 });
      assert.ok(Buffer.from(bytes).includes(SECRET_CAMERA), "the file itself says where it is from");
      const file = `a.${format === "jpeg" ? "jpg" : format}`;
      const { versions, width, height } = await preparePhoto(bytes, file, AT);
      assert.deepEqual([width, height], [1_200, 2_000], "turned as the camera was held");
      assert.deepEqual(
        versions.map((version) => [version.media_type, version.width, version.height]),
        [["image/webp", 480, 800], ["image/webp", 960, 1_600], ["image/webp", 1_200, 2_000], ["image/jpeg", 1_200, 2_000]],
      );
      for (const version of versions) {
        const found = await sharp(version.bytes).metadata();
        assert.deepEqual([found.exif, found.icc, found.xmp, found.iptc, found.orientation, found.comments], Array(6).fill(undefined));
        assert.equal(found.space, "srgb");
        assert.equal(Buffer.from(version.bytes).includes(SECRET_CAMERA), false);
        assert.ok(version.bytes.length < 400 * 1024);
        // The upper band is blue: after the turn it is on the right.
        const { data } = await sharp(version.bytes).extract({ left: version.width - 20, top: 40, width: 1, height: 1 }).raw().toBuffer({ resolveWithObject: true });
        assert.ok(data[2]! > data[0]!, `${version.media_type} ${version.width}: ${[...data].join()}`);
      }
    }
    const small = await preparePhoto(await madePhoto({ width: 400, height: 300 }), "a.jpeg", AT);
    assert.deepEqual(small.versions.map((version) => version.width), [400, 400], "nothing is blown up");
    const again = await preparePhoto(await madePhoto({ width: 400, height: 300 }), "a.jpeg", AT);
    assert.deepEqual(again.versions, small.versions, "the same bytes give the same bytes");
  });

  test("that is hostile or unfit is refused, with what is wrong and in which file", async (t) => {
    const pictures = await hostilePictures();
    t.diagnostic(`${pictures.length} files`);
    for (const [what, file, bytes, words] of pictures)
      await assert.rejects(
        preparePhoto(bytes, file, AT),
        (error: unknown) => {
          assert.ok(error instanceof TracewireError, `${what}: ${String(error)}`);
          assert.deepEqual([error.code, error.where], ["BAD_PICTURE", file], what);
          assert.match(error.message, words, what);
          return true;
        },
        what,
      );
  });

  test("stands in the text form, and is not published without credit, licence and alternative text", async () => {
    const newsroom = await smallNewsroom();
    const story = parseStoryText(text(FULL));
    assert.deepEqual(parseStoryText(formatStoryText(story)), story);
    const lint = (lines: string) => lintStory(newsroom.log, parseStoryText(text(lines)), new Map()).map(({ rule, place }) => `${rule} at ${place}`);
    assert.deepEqual(lint(FULL), []);
    assert.deepEqual(lint("photo: a.jpg\n"), ["credit", "licence", "alt"].map((key) => `photo-without-rights at head, ${key}`));
    assert.deepEqual(lint(FULL.replace("A field under", "7 fields under")), ["unbound-number at head, alt"]);
    assert.deepEqual(lint(FULL.replace("A field, on", "Three fields, on")), ["unbound-number at head, caption"]);
    for (const lines of ["credit: A Person\n", "photo: ../a.jpg\n", "photo: /etc/passwd\n", "photo: a b.jpg\n"])
      assert.throws(() => parseStoryText(text(lines)), /speaks of a picture|photo.file/, lines);
    const photo = { prepared: await preparePhoto(await madePhoto(), "a.jpg", AT), blobs: newsroom.blobs };
    const publish = (lines: string, given: typeof photo | undefined, waivers: { rule: string; why: string }[] = []) =>
      newsroom.transact("test", (transaction) =>
        publishStory(transaction, newsroom.log, parseStoryText(text(lines)), { by: "test", waivers, ...(given ? { photo: given } : {}) }),
      );
    const size = newsroom.log.size();
    assert.throws(() => publish("photo: a.jpg\nalt: A field\n", photo, [{ rule: "photo-without-rights", why: "it is pretty" }]), /lacks its credit/);
    assert.throws(() => publish(FULL, undefined), /bytes of “a\.jpg” were not given/);
    assert.throws(() => publish("", photo), /names no picture/);
    assert.equal(newsroom.log.size(), size);
    assert.equal(newsroom.blobs.has(photo.prepared.sha256), false, "a refused picture leaves nothing");

    assert.equal(publish(FULL, photo).outcome, "published");
    const { photo: kept } = readPublication(newsroom.log, "a-story")!;
    assert.deepEqual(new Uint8Array(newsroom.blobs.get(kept!.sha256)!), photo.prepared.bytes, "the file is kept byte for byte");
    assert.equal(publish(FULL, photo).outcome, "unchanged");
    assert.equal(publish(FULL.replace("A Person", "Another person"), photo).outcome, "published");
    assert.deepEqual(readPublication(newsroom.log, "a-story")!.photo, kept, "and once");
    newsroom.remove();
  });
});
