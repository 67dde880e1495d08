// Serves a newsroom with no page kept ready: what each page costs to make. bench/site.ts starts it and asks.
// Run: <pinned node> bench/site-cold.ts FOLDER PORT
import { systemEffects } from "../src/effects.ts";
import { openNewsroom } from "../src/newsroom.ts";
import { openSite } from "../src/site/site.ts";

const [folder, port] = process.argv.slice(2) as [string, string];
const site = openSite(openNewsroom(folder), { clock: systemEffects.clock, hosts: ["127.0.0.1", "localhost"], keep: false });
await site.app.listen({ port: Number(port), host: "127.0.0.1" });
console.log("ready");
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));
