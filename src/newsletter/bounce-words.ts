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
    "temporar|(try|retry) (again )?later|please try again|timed? ?out|greylist|deferred|too many|rate limit|throttl|delayed",
    "relay(ing)? (access )?(denied|not|is)|authentication|not authenticated|authorization|use the smtp server|sender|content|rejected by user",
    "access denied|not permitted|not allowed|administrative|suspended|disabled|inactive|deactivated|closed|restrict|loop|ptr\\b|reverse dns|\\btls\\b|filter|preferences|refused due to",
  ].join("|"),
  "i",
);

/** Words that say it outright: about the mailbox or its host, not being there. */
const NO_SUCH_MAILBOX = new RegExp(
  [
    "user (is )?unknown|unknown (user|recipient|local.part|mailbox|address)|(user|recipient|mailbox|address|account|addressee).{0,40}((not|n.t) (be )?found|does ?n.t exist|does not exist|not exist|unknown|not recognized|no longer (here|valid|available|active|in service|exist|on))",
    "no such (user|mailbox|recipient|person|address|account)|no mailbox (here|by)|recipient name is not recognized|no (user|account|recipient) (with|by|here)|invalid (recipient|mailbox|user|address)|not a valid (mailbox|user|recipient|address)|bad destination mailbox|not our customer",
    "(doesn.t|does not) have an? .{0,30}(account|mailbox)|recipient ?not ?found|recipnotfound|not listed in (domino|public)|mailbox (unavailable|not found|does not exist|unknown)|undeliverable address|user not (known|found)|there is no (one|such)",
    "(host|domain|domain name).{0,30}(unknown|not found|does not exist|no such)|unknown host|nxdomain|no such (host|domain)|illegal host|host or domain name not found|has moved|no longer accepts|does not accept mail|null ?mx",
  ].join("|"),
  "i",
);

export type Weight = { says_gone: boolean; says_other: boolean; is_temporary: boolean; is_permanent: boolean };

/** What one answer of a server, or one line of its letter, speaks for. */
export function weighReply(reply: string): Weight {
  const status = /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\.\d)/.exec(reply)?.[1];
  const code = /(?:^|[^\d.])([245]\d\d)(?:[ -]|$)/.exec(reply)?.[1];
  const first = (status ?? code)?.[0];
  // Addresses are data: "spam@example.org" says nothing about spam.
  const words = reply.replace(/<[^<>]*>|\S+@\S+|https?:\S+/g, " ");
  return {
    says_gone: NO_SUCH_MAILBOX.test(words) || (status !== undefined && HARD_STATUS.test(status)),
    says_other: NOT_THE_MAILBOX.test(words),
    is_temporary: first === "4",
    is_permanent: first === "5",
  };
}

export function classifyReply(reply: string): ReplyClass {
  const { says_gone, says_other, is_temporary, is_permanent } = weighReply(reply);
  if (says_gone && !says_other && !is_temporary) return "hard";
  return says_gone || says_other || is_temporary || is_permanent ? "soft" : "unknown";
}
