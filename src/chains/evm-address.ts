// Accounts of Ethereum and of every chain that writes them alike: 20 bytes in hexadecimal. The case of the letters is a
// checksum and nothing else (EIP-55): all small or all capital carries none, mixed case has to be right.
import { keccak256, type AddressRule } from "./address-rule.ts";

/** Rootstock puts its chain id into the checksum (EIP-1191), so the same account is spelled otherwise there. */
const CHAIN_IN_CHECKSUM = new Set(["eip155:30", "eip155:31"]);

export const evmAddress: AddressRule = (text, chain) => {
  const match = /^0[xX]([0-9a-fA-F]*)$/.exec(text);
  if (!match) return undefined;
  const typed = match[1]!;
  if (typed.length !== 40)
    return { outcome: "form", reason: `an address has 40 hexadecimal digits after 0x, and this has ${typed.length}` };
  const digits = typed.toLowerCase();
  const display = withChecksum(digits, chain);
  const valid = { outcome: "valid", address: `0x${digits}`, display, kind: "account or contract" } as const;
  if (typed === digits || typed === typed.toUpperCase()) return { ...valid, checksum: /[a-f]/.test(digits) ? "absent" : "held" };
  if (`0x${typed}` === display) return { ...valid, checksum: "held" };
  const wrong = [...typed].filter((letter, at) => letter !== display[at + 2]).length;
  return {
    outcome: "checksum",
    expected: display,
    reason: `in mixed case, capitals are a checksum (EIP-55), and ${wrong === 1 ? "one letter has" : `${wrong} letters have`} the wrong case for these digits`,
  };
};

function withChecksum(digits: string, chain: string): string {
  const prefix = CHAIN_IN_CHECKSUM.has(chain) ? `${chain.slice("eip155:".length)}0x` : "";
  const sum = Buffer.from(keccak256(prefix + digits)).toString("hex");
  return `0x${[...digits].map((letter, at) => (Number.parseInt(sum[at]!, 16) > 7 ? letter.toUpperCase() : letter)).join("")}`;
}
