// Makes the four font files beside this script; run by hand when a glyph is missing, and commit what it writes.
// In a scratch folder, outside the project (nothing here is a dependency of it):
//
//   npm init -y && npm install --ignore-scripts subset-font@2.9.0 @expo-google-fonts/source-serif-4@0.4.1 \
//     @expo-google-fonts/source-sans-3@0.4.1 @fontsource-variable/source-serif-4@5.3.1
//   node …/src/site/assets/make-fonts.ts SCRATCH_FOLDER
//
// The same packages give the same bytes. Source Serif 4 and Source Sans 3 are under the SIL Open Font License 1.1
// (OFL-source-serif.txt, OFL-source-sans.txt). The whole TTFs are used where features are needed that the packages
// made for the web leave out: `onum` for prose, `tnum` for tables.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

type Subset = (font: Uint8Array, text: string, options: object) => Promise<Uint8Array>;
type Face = { name: string; from: string; text: string; features: string[]; axes?: Record<string, number> };

const ASCII = String.fromCodePoint(...Array.from({ length: 95 }, (_, at) => 32 + at));
const LETTERS = "éèêëàâäãåçñóöôøúüíïßæÉÖÜ";
const DASHES_AND_QUOTES = "–—‘’“”…";
const TEXT = `${ASCII}\u00a0·×£€¥§${LETTERS}šžğığćč₩₿${DASHES_AND_QUOTES}−→≤≥`;

const FACES: Face[] = [
  {
    name: "serif-text",
    from: "@expo-google-fonts/source-serif-4/400Regular/SourceSerif4_400Regular.ttf",
    text: TEXT,
    features: ["kern", "liga", "onum", "lnum", "locl"],
  },
  // Headlines are cut from the optical size that was drawn for them.
  {
    name: "serif-display",
    from: "@fontsource-variable/source-serif-4/files/source-serif-4-latin-opsz-normal.woff2",
    text: `${ASCII}${DASHES_AND_QUOTES}€£${LETTERS}`,
    features: ["kern"],
    axes: { opsz: 40, wght: 600 },
  },
  {
    name: "sans-text",
    from: "@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf",
    text: `${TEXT}←↑•`,
    features: ["kern", "tnum"],
  },
  {
    name: "sans-bold",
    from: "@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf",
    text: `${ASCII}${DASHES_AND_QUOTES}·€£é`,
    features: ["tnum"],
  },
];

const LICENCES = {
  "OFL-source-serif.txt": "@expo-google-fonts/source-serif-4/LICENSE_FONT",
  "OFL-source-sans.txt": "@expo-google-fonts/source-sans-3/LICENSE_FONT",
};

const scratch = resolve(process.argv[2] ?? ".");
const subset = createRequire(join(scratch, "package.json"))("subset-font") as Subset;
let total = 0;
for (const { name, from, text, features, axes } of FACES) {
  const bytes = await subset(readFileSync(join(scratch, "node_modules", from)), text, {
    targetFormat: "woff2",
    keepFeatures: features,
    variationAxes: axes,
    noHinting: true,
    dropTables: ["GDEF", "STAT", "meta", "DSIG", "gasp"],
  });
  writeFileSync(join(import.meta.dirname, `${name}.woff2`), bytes);
  process.stdout.write(`${name}.woff2 ${bytes.length} bytes\n`);
  total += bytes.length;
}
// For PNG previews: sharp's font engine wants TrueType files and names them by family (fonts.conf).
for (const [name, from] of [
  ["preview-serif", "@expo-google-fonts/source-serif-4/600SemiBold/SourceSerif4_600SemiBold.ttf"],
  ["preview-sans", "@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf"],
] as const)
  writeFileSync(
    join(import.meta.dirname, `${name}.ttf`),
    await subset(readFileSync(join(scratch, "node_modules", from)), TEXT, {
      targetFormat: "truetype",
      keepFeatures: ["kern"],
      noHinting: true,
    }),
  );
for (const [name, from] of Object.entries(LICENCES)) copyFileSync(join(scratch, "node_modules", from), join(import.meta.dirname, name));
process.stdout.write(`together ${total} bytes\n`);
