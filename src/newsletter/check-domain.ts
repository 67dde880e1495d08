// Whether a domain says in the DNS what large receivers ask for: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489). Only
// asked when somebody asks, and through the resolver that is passed in.
import { createPublicKey } from "node:crypto";
import { Resolver } from "node:dns/promises";
import { readFileSync } from "node:fs";
import type { MailSettings } from "../config.ts";

export type DomainCheck = {
  domain: string;
  selector?: string;
  /** Our own DKIM key in PEM, to compare with the one published. */
  private_key?: string;
  resolveTxt(name: string): Promise<string[][]>;
};

export type DomainFinding = { record: "SPF" | "DKIM" | "DMARC"; ok: boolean; what: string };

const TIMEOUT_MS = 5_000;

/** Asks the machine's name server, or the one at this address. */
export function txtResolver(server?: string): DomainCheck["resolveTxt"] {
  const resolver = new Resolver({ timeout: TIMEOUT_MS });
  if (server) resolver.setServers([server]);
  return (name) => resolver.resolveTxt(name);
}

/** With the selector and the key that letters are signed with, where none is named. */
export function checkMailDomain({ dkim }: Pick<MailSettings, "dkim">, { selector, ...asked }: Pick<DomainCheck, "domain" | "selector" | "resolveTxt">): Promise<DomainFinding[]> {
  return checkDomain({ ...asked, selector: selector ?? (dkim?.selector || undefined), private_key: dkim?.key_file ? readFileSync(dkim.key_file, "utf8") : undefined });
}

/** RFC 7208 §4.6.4: more than ten mechanisms that ask the DNS, and receivers give up. Ours are counted, not those included. */
const SPF_LOOKUPS_MAX = 10;

export async function checkDomain({ domain, selector, private_key, resolveTxt }: DomainCheck): Promise<DomainFinding[]> {
  const read = async (name: string): Promise<string[] | string> => {
    try {
      return (await resolveTxt(name)).map((parts) => parts.join(""));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      return ["ENOTFOUND", "ENODATA"].includes(code) ? [] : `${name} could not be asked for (${code || String(error)})`;
    }
  };
  return [
    checkSpf(domain, await read(domain)),
    selector
      ? checkDkim(`${selector}._domainkey.${domain}`, await read(`${selector}._domainkey.${domain}`), private_key)
      : { record: "DKIM", ok: false, what: "no selector was given: --selector, or TRACEWIRE_DKIM_SELECTOR" },
    checkDmarc(domain, await read(`_dmarc.${domain}`)),
  ];
}

function checkSpf(domain: string, found: string[] | string): DomainFinding {
  const finding = (ok: boolean, what: string): DomainFinding => ({ record: "SPF", ok, what });
  if (typeof found === "string") return finding(false, found);
  const records = found.filter((text) => /^v=spf1( |$)/i.test(text));
  if (records.length === 0) return finding(false, `${domain} has no TXT record that begins with v=spf1`);
  if (records.length > 1) return finding(false, `${domain} has ${records.length} SPF records; with more than one, none counts (RFC 7208 §3.2)`);
  const record = records[0]!;
  const lookups = record.split(/\s+/).filter((term) => /^[+?~-]?(include:|a(?=[:/]|$)|mx(?=[:/]|$)|ptr|exists:)|^redirect=/i.test(term)).length;
  if (lookups > SPF_LOOKUPS_MAX) return finding(false, `${record}: ${lookups} terms ask the DNS, and only ${SPF_LOOKUPS_MAX} may`);
  if (/(^|\s)\+?all(\s|$)/i.test(record)) return finding(false, `${record}: "all" lets every server in the world send for ${domain}`);
  if (!/[~-]all(\s|$)|redirect=/i.test(record)) return finding(false, `${record}: it does not end in -all or ~all`);
  return finding(true, record);
}

function checkDkim(name: string, found: string[] | string, privateKey: string | undefined): DomainFinding {
  const finding = (ok: boolean, what: string): DomainFinding => ({ record: "DKIM", ok, what });
  if (typeof found === "string") return finding(false, found);
  const record = found.find((text) => /(^|;)\s*p=/.test(text));
  if (!record) return finding(false, `${name} has no key`);
  const published = /(?:^|;)\s*p=([^;]*)/.exec(record)![1]!.replace(/\s/g, "");
  if (published === "") return finding(false, `${name}: the key was revoked (an empty p=)`);
  if (privateKey === undefined) return finding(true, `${name} has a key; set TRACEWIRE_DKIM_KEY_FILE and it is compared with yours`);
  const own = createPublicKey(privateKey);
  const der = own.export({ type: "spki", format: "der" }).toString("base64");
  const raw = own.asymmetricKeyType === "ed25519" ? Buffer.from(der, "base64").subarray(-32).toString("base64") : der;
  return published === der || published === raw ? finding(true, `${name} is the key we sign with`) : finding(false, `${name} is another key than the one we sign with`);
}

function checkDmarc(domain: string, found: string[] | string): DomainFinding {
  const finding = (ok: boolean, what: string): DomainFinding => ({ record: "DMARC", ok, what });
  if (typeof found === "string") return finding(false, found);
  const records = found.filter((text) => /^v=DMARC1\s*(;|$)/.test(text));
  if (records.length !== 1) return finding(false, records.length === 0 ? `_dmarc.${domain} has no record` : `_dmarc.${domain} has ${records.length} records, and so none`);
  const policy = /;\s*p\s*=\s*(none|quarantine|reject)\s*(;|$)/i.exec(records[0]!)?.[1]?.toLowerCase();
  if (!policy) return finding(false, `${records[0]!}: it states no policy (p=none, quarantine or reject)`);
  return finding(true, policy === "none" ? `${records[0]!} (it only watches; quarantine or reject would protect the name)` : records[0]!);
}
