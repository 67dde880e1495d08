import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TracewireError } from "../errors.ts";
import { makePacket, packetFiles } from "../freezing/freezing.ts";
import { findTrace } from "../tracing/tracing.ts";
import { list, openReader, text, type Command } from "./command.ts";

export const freeze: Command = {
  name: "freeze",
  summary: "Make the packet on which a service's desk acts: letter, addresses, transactions, amounts by convention, proof",
  arguments: "<trace>",
  records: { "": 1 },
  options: [
    { flags: "--service <name>", about: "the service, as the trace's stops name it" },
    { flags: "--address <address>", about: "an address of the service that no stop names (may be repeated)", repeat: true },
    { flags: "--contact <words>", about: "whom the desk answers" },
    { flags: "--reference <words>", about: "your own number for the matter" },
    { flags: "--out <folder>", about: "a new folder for the files" },
  ],
  examples: [['tracewire freeze lesson --service "the market" --address market --contact desk@example.org --out tmp/packet', "letter.pdf, addresses.csv, transactions.csv, packet.json, proof.json, SHA256SUMS"]],
  async run(context, [id], options) {
    const [service, contact, out] = ["service", "contact", "out"].map((name) => text(options, name));
    if (!service) throw new TracewireError("BAD_ARGUMENT", { what: "Which service? --service is missing" });
    if (!contact) throw new TracewireError("BAD_ARGUMENT", { what: "Whom shall the desk answer? --contact is missing", hint: 'For example --contact "desk@example.org, +41 …"' });
    if (!out) throw new TracewireError("BAD_ARGUMENT", { what: "A packet needs --out FOLDER" });
    if (existsSync(out)) throw new TracewireError("BAD_ARGUMENT", { what: "The folder is there already", where: out, hint: "Name a new one: a packet that was sent is not written over." });
    const newsroom = openReader(context);
    try {
      const trace = findTrace(newsroom.log, id!, undefined, "all");
      if (!trace) throw new TracewireError("NOT_FOUND", { what: `No trace is kept as "${id}"`, hint: "Keep one: tracewire trace --from SEED --save NAME" });
      const packet = await makePacket(newsroom, trace, {
        service,
        contact,
        addresses: list(options, "address"),
        made_at: context.effects.clock(),
        ...(text(options, "reference") === undefined ? {} : { reference: text(options, "reference")! }),
      });
      const files = await packetFiles(newsroom, trace, packet);
      mkdirSync(out, { recursive: true });
      for (const [name, bytes] of files) writeFileSync(join(out, name), bytes, { flag: "wx" });
      context.output.json({ out, files: [...files.keys()], addresses: packet.addresses.length, arrivals: packet.arrivals.length + packet.arrivals_left_out });
      context.output.line(`${context.output.bold(out)}: ${[...files.keys()].join(", ")}; ${counted(packet.addresses.length, "address", "addresses")}, ${counted(packet.arrivals.length + packet.arrivals_left_out, "arrival", "arrivals")}.`);
      if (packet.nothing_at.length > 0) context.output.note(`Nothing of the trace lies at ${packet.nothing_at.join(", ")}; the letter says so.`);
      if (trace.released === undefined) context.output.note("The trace is not public: proof.json proves nothing of it yet, and the letter says so. Where its receiver shall be able to check it, make it public first: at the desk, or by the question that kept it, with --save and --release.");
      context.output.line(`Its receiver checks it with: sha256sum -c SHA256SUMS; tracewire verify --bundle proof.json --key ${newsroom.verifierKey}`);
    } finally {
      newsroom.close();
    }
  },
};

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
