// Every fault a person can meet has a stable code here: what happened, what to do, how the process
// exits and which HTTP status it carries. docs/errors.md lists them; a test compares the two.
// Expected outcomes are returned as named values instead; broken invariants are `assert`s and crash.

type ErrorKind = { summary: string; hint: string; exit: number; status: number };

/** Exit codes: 1 a finding (verify, check, lint), 2 usage, 3 refused input, 4 not found, 5 busy or full, 6 damaged data, 70 bug. */
export const ERRORS = {
  BAD_ARGUMENT: { summary: "An argument cannot be used", hint: "Mend what is named here; of a command, --help says what it takes.", exit: 2, status: 400 },
  BAD_INPUT: {
    summary: "A value in the input is not what was expected",
    hint: "Mend the named place and run it again; nothing was written.",
    exit: 3,
    status: 400,
  },
  BAD_CLAIM: { summary: "A claim does not have the shape of a claim", hint: "See docs/claims.md for each field.", exit: 3, status: 400 },
  BAD_CONFIG: {
    summary: "A setting cannot be used",
    hint: "docs/running.md lists every setting; `tracewire config check` tries them.",
    exit: 2,
    status: 500,
  },
  BAD_FIGURE_SPEC: { summary: "A figure's rules cannot be used", hint: "See docs/figures.md for each rule.", exit: 3, status: 400 },
  BAD_STORY: { summary: "A story's text cannot be read", hint: "See docs/stories.md for the text form.", exit: 3, status: 400 },
  BAD_PICTURE: {
    summary: "A supplied picture cannot be used",
    hint: "Give one still JPEG, PNG or WebP; docs/stories.md says what is taken.",
    exit: 3,
    status: 400,
  },
  BAD_REPORT: { summary: "A report's file cannot be read", hint: "See docs/reports.md for each field.", exit: 3, status: 400 },
  UNMAPPED_VALUE: {
    summary: "A string in the input has no reviewed meaning",
    hint: "Add it to the importer's reviewed table, then import again; nothing was written.",
    exit: 3,
    status: 400,
  },
  LOCATOR_NOT_FOUND: {
    summary: "The place named is not in the captured text",
    hint: "Copy the quotation from `tracewire show CAPTURE --text`.",
    exit: 3,
    status: 422,
  },
  CAPTURE_UNREADABLE: {
    summary: "No text could be read from this capture",
    hint: "The bytes are kept; capture a readable copy and claim from that.",
    exit: 3,
    status: 422,
  },
  CHANGE_WITHOUT_REASON: {
    summary: "A number that readers saw changes, and nothing says why",
    hint: "Say what was wrong, for readers (a correction), or why there is a new revision.",
    exit: 3,
    status: 422,
  },
  ENTRY_TOO_LARGE: {
    summary: "What is to be kept does not fit one entry of the log",
    hint: "A story keeps every row of its figures: bind one that sums by year or country, or split the change. Nothing was written.",
    exit: 3,
    status: 413,
  },
  CAPTURE_TOO_LARGE: {
    summary: "The source is larger than the limit",
    hint: "Raise --max-bytes if you trust the source.",
    exit: 3,
    status: 413,
  },
  EGRESS_REFUSED: {
    summary: "The address may not be fetched",
    hint: "Only public http and https addresses are fetched; save the file and capture that.",
    exit: 3,
    status: 400,
  },
  EGRESS_FAILED: {
    summary: "The source could not be fetched",
    hint: "Check the address and the network, or capture a saved file.",
    exit: 5,
    status: 502,
  },
  NOT_FOUND: { summary: "There is nothing under this name", hint: "List what is there with `tracewire show`.", exit: 4, status: 404 },
  NOT_RELEASED: { summary: "This has not been released", hint: "Release it first: `tracewire release ID`.", exit: 3, status: 404 },
  NO_NEWSROOM: {
    summary: "There is no newsroom in this folder",
    hint: "Run `npm start`, or name its folder with --data DIR.",
    exit: 4,
    status: 500,
  },
  NEWSROOM_EXISTS: { summary: "There already is a newsroom in this folder", hint: "Choose an empty folder.", exit: 3, status: 409 },
  NEWER_NEWSROOM: {
    summary: "The newsroom was written by a newer Tracewire",
    hint: "Update this clone (git pull), then run the command again.",
    exit: 3,
    status: 500,
  },
  WRITER_BUSY: { summary: "Another process is writing", hint: "Wait for it to finish, or stop it, then try again.", exit: 5, status: 503 },
  READ_ONLY: {
    summary: "The newsroom cannot be written",
    hint: "Check the folder's permissions and free space with `tracewire doctor`.",
    exit: 5,
    status: 503,
  },
  KEY_MISMATCH: {
    summary: "The signing key is not the one that this log began with",
    hint: "Put the newsroom's own newsroom.key back, from a backup made --with-key. Nothing was written.",
    exit: 5,
    status: 503,
  },
  DISK_FULL: {
    summary: "The disk is full",
    hint: "Free some space; nothing of this write was kept, reading goes on.",
    exit: 5,
    status: 507,
  },
  BLOB_DAMAGED: {
    summary: "Stored bytes do not match their SHA-256",
    hint: "Run `tracewire verify`; restore the file from a backup.",
    exit: 6,
    status: 500,
  },
  LOG_DAMAGED: {
    summary: "The log does not match its own hashes",
    hint: "Run `tracewire verify`; restore from a backup.",
    exit: 6,
    status: 500,
  },
  VERIFY_FAILED: {
    summary: "Verification found damage",
    hint: "Keep the folder as it is and restore a backup elsewhere.",
    exit: 6,
    status: 500,
  },
  ERASED: { summary: "This was erased", hint: "Its place in the log stays; its content is gone for good.", exit: 4, status: 410 },
  CHECK_FAILED: { summary: "A named check found something", hint: "See docs/checks.md for what it means.", exit: 1, status: 409 },
  LINT_FAILED: { summary: "The story has open errors", hint: "Mend them, or waive each with a reason.", exit: 1, status: 422 },
  MIXED_BASES: {
    summary: "These values cannot be added",
    hint: "Choose one basis, currency and measure in the figure's rules.",
    exit: 3,
    status: 422,
  },
  UNEQUAL_PERIODS: {
    summary: "These periods are not equally long",
    hint: "Compare equal periods, or set unequal_periods to allow and it will be said.",
    exit: 3,
    status: 422,
  },
  NOT_REPRODUCED: {
    summary: "The figure did not come out the same",
    hint: "Compare the two with `tracewire reproduce ID --json`.",
    exit: 6,
    status: 500,
  },
  PORT_TAKEN: { summary: "The port is in use", hint: "Choose another with --port.", exit: 5, status: 500 },
  UNKNOWN_HOST: {
    summary: "This address is not served here",
    hint: "Start with --host, or use the address that was printed.",
    exit: 2,
    status: 421,
  },
  FOREIGN_FORM: {
    summary: "This form was sent from another site",
    hint: "Open the page here, and send its form from there.",
    exit: 3,
    status: 403,
  },
  TOO_MANY_SIGN_UPS: {
    summary: "Too many sign-ups came from your network",
    hint: "Wait an hour, then try again.",
    exit: 5,
    status: 429,
  },
  CONFLICT: { summary: "Somebody changed it meanwhile", hint: "Look at the newer one, then do it again.", exit: 3, status: 409 },
  PRECONDITION_FAILED: { summary: "It is not any more what you changed", hint: "Look at `conflict`: what is there now beside what you sent; then send it again on top of that.", exit: 3, status: 412 },
  PRECONDITION_REQUIRED: { summary: "It is not said which version is to be changed", hint: "Send the ETag that you read as If-Match.", exit: 3, status: 428 },
  NOT_SIGNED_IN: { summary: "This is for people of the newsroom", hint: "Sign in, then ask again.", exit: 3, status: 401 },
  NOT_ALLOWED: { summary: "Your role does not allow this", hint: "Ask an administrator, or somebody whose role does.", exit: 3, status: 403 },
  SECOND_STEP: {
    summary: "This newsroom asks for more than a password",
    hint: "Set up a passkey or an app for codes at your account; where you have one, sign out and sign in with it.",
    exit: 3,
    status: 403,
  },
  CONFIRM_IDENTITY: {
    summary: "For this you prove once more who you are",
    hint: "Confirm with your passkey or password, then do it again.",
    exit: 3,
    status: 403,
  },
  WRONG_CREDENTIALS: {
    summary: "Name, password or code is wrong",
    hint: "Whoever uses an app for codes types its code too. Locked out? An administrator can reset the account.",
    exit: 3,
    status: 403,
  },
  BAD_PASSWORD: { summary: "This password cannot be used", hint: "Take a longer one: a sentence is easy to remember.", exit: 3, status: 422 },
  TOO_MANY_ATTEMPTS: { summary: "Too many attempts", hint: "Wait a quarter of an hour. A passkey works meanwhile.", exit: 5, status: 429 },
  LINK_SPENT: { summary: "This link opens nothing any more", hint: "Ask an administrator for a new one.", exit: 3, status: 410 },
  BAD_KEY: {
    summary: "This key opens nothing",
    hint: "Send it as `Authorization: Bearer …`; `tracewire key list` shows which are in force.",
    exit: 2,
    status: 401,
  },
  TOO_MANY_REQUESTS: { summary: "Too many requests came from your network", hint: "Wait as long as Retry-After says.", exit: 5, status: 429 },
  TOO_MANY_JOBS: { summary: "Too many jobs are waiting", hint: "Wait for one to end, or cancel one.", exit: 5, status: 429 },
  JOB_LIMIT: {
    summary: "The job would take more than a job may",
    hint: "Ask for less (a floor, a day, fewer sets), or run `tracewire trace`, which has no such limit.",
    exit: 5,
    status: 422,
  },
  IDEMPOTENCY_KEY_REUSED: {
    summary: "This Idempotency-Key came with another question before",
    hint: "Take a new key for a new question.",
    exit: 3,
    status: 422,
  },
  BODY_TOO_LARGE: { summary: "The request's body is larger than the limit", hint: "Send it in parts.", exit: 3, status: 413 },
  UNSUPPORTED_MEDIA_TYPE: {
    summary: "A body of this type is not read here",
    hint: "Send what the address names in /v1/openapi.json.",
    exit: 3,
    status: 415,
  },
  METHOD_NOT_ALLOWED: { summary: "This page can only be read", hint: "Use GET or HEAD.", exit: 2, status: 405 },
  BACKUP_INCOMPLETE: {
    summary: "The backup is not complete",
    hint: "Run the same backup command again: it goes on where it stopped.",
    exit: 5,
    status: 500,
  },
  INDEX_DAMAGED: {
    summary: "The index of transfers is not whole",
    hint: "It is made from the transfers and holds nothing else: delete its folder and build it again.",
    exit: 6,
    status: 500,
  },
  BUNDLE_DAMAGED: { summary: "The bundle does not verify", hint: "Ask its sender for the file again.", exit: 6, status: 400 },
  INTERNAL: { summary: "A fault of ours", hint: "Please report it with the command and this text.", exit: 70, status: 500 },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

export type ErrorDetails = {
  /** What exactly happened, in one sentence without a full stop at its end. */
  what?: string;
  /** File, line, field, index: where it happened. */
  where?: string;
  /** Overrides the code's general hint. */
  hint?: string;
  cause?: unknown;
};

export class TracewireError extends Error {
  override readonly name = "TracewireError";
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly hint: string;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.what ?? ERRORS[code].summary, { cause: details.cause });
    this.code = code;
    this.where = details.where;
    this.hint = details.hint ?? ERRORS[code].hint;
  }
  get status(): number {
    return ERRORS[this.code].status;
  }
  get exit(): number {
    return ERRORS[this.code].exit;
  }
  toJSON() {
    return { error: { code: this.code, what: this.message, where: this.where, hint: this.hint } };
  }
}
