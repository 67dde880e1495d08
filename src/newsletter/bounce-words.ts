// What a mail server's refusal means for an address. "hard" is said only of a mailbox or host that does not exist: being
// wrong there silences a reader who did nothing. Everything that speaks of us, of the message or of the moment is "soft".
export type ReplyClass = "hard" | "soft" | "unknown";

/** RFC 3463 and the IANA registry: mailbox (5.1.1), host (5.1.2), moved (5.1.6), null MX (5.1.10). */
const HARD_STATUS = /^5\.1\.(1|2|6|10)$/;

/** Words that speak against "no such mailbox" even beside a 5.1.1 or 550, which servers use for all sorts of refusals. */
const NOT_THE_MAILBOX = new RegExp(
  [
    "spam|junk|virus|malware|phish|reputation|black ?list|block(ed|list)|dnsbl|rbl\\b|spamhaus|spf|dkim|dmarc|policy|banned|prohibited",
    "quota|mailbox (is )?full|over ?quota|too large|size limit|exceeds|insufficient|disk full|storage",
    "temporar|try again|try later|timed? ?out|greylist|deferred|too many|rate limit|throttl|delayed",
    "relay(ing)? (access )?(denied|not|is)|authentication|not authenticated|authorization|use the smtp server|sender|content|rejected by user",
    "access denied|not permitted|not allowed|administrative|suspended|disabled|inactive|deactivated|closed|restrict|loop|ptr\\b|reverse dns|\\btls\\b|filter",
  ].join("|"),
  "i",
);

/** Words that say it outright: about the mailbox or its host, not being there. */
const NO_SUCH_MAILBOX = new RegExp(
  [
    "user (is )?unknown|unknown (user|recipient|local.part|mailbox|address)|(user|recipient|mailbox|address|account|addressee).{0,40}(not (be )?found|does ?n.t exist|does not exist|not exist|unknown|no longer (here|valid|available|active|in service|exist|on))",
    "no such (user|mailbox|recipient|person|address|account)|no mailbox (here|by)|no (user|account|recipient) (with|by|here)|invalid (recipient|mailbox|user|address)|not a valid (mailbox|user|recipient|address)|bad destination mailbox|not our customer",
    "(doesn.t|does not) have an? .{0,30}(account|mailbox)|recipient ?not ?found|recipnotfound|not listed in (domino|public)|mailbox (unavailable|not found|does not exist|unknown)|undeliverable address|user not (known|found)|there is no (one|such)",
    "(host|domain|domain name).{0,30}(unknown|not found|does not exist|no such)|unknown host|nxdomain|no such (host|domain)|illegal host|host or domain name not found|has moved|no longer accepts|does not accept mail|null ?mx",
  ].join("|"),
  "i",
);

export function classifyReply(reply: string): ReplyClass {
  const status = /\b([245]\.\d{1,3}\.\d{1,3})\b(?!\.\d)/.exec(reply)?.[1];
  const code = /(?:^|[^\d.])([245]\d\d)(?:[ -]|$)/.exec(reply)?.[1];
  const permanent = status ? status.startsWith("5") : code?.startsWith("5");
  if (status?.startsWith("4") || (!status && code?.startsWith("4"))) return "soft";
  const saysMailbox = NO_SUCH_MAILBOX.test(reply);
  const saysOther = NOT_THE_MAILBOX.test(reply.replace(/<[^<>]*>|\S+@\S+|https?:\S+/g, " "));
  if (saysMailbox && !saysOther && permanent !== false) return "hard";
  if (status && HARD_STATUS.test(status) && !saysOther) return "hard";
  if (permanent || saysOther || saysMailbox) return "soft";
  return "unknown";
}
