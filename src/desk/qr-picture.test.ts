// What was drawn is read back from its pixels, as a telephone does.
import assert from "node:assert/strict";
import { test } from "node:test";
import decodeQR from "qr/decode.js";
import sharp from "sharp";
import { keyUri } from "../accounts/totp.ts";
import { qrPicture } from "./qr-picture.ts";

const SIDE_PX = 380;

test("a QR code says the text that it was made of, for the shortest and the longest name", async () => {
  for (const handle of ["ab", "a-name-of-thirty-one-characters"]) {
    const uri = keyUri(new Uint8Array(20).fill(0xa7), "Tracewire", handle);
    const svg = qrPicture(uri, "a code").markup.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ');
    const { data, info } = await sharp(Buffer.from(svg)).resize(SIDE_PX, SIDE_PX, { kernel: "nearest" }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    assert.equal(decodeQR({ data, width: info.width, height: info.height }), uri);
    assert.doesNotMatch(svg, /data:|style=|<script/, "the page's policy refuses these");
  }
});
