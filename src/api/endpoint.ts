// An address of the API as data: what it takes, what it answers, how it is made. Requests are checked by these schemas and
// the OpenAPI document is written from them, so neither can say something else.
import type { Static, TObject, TSchema } from "typebox";
import type { Vantage } from "../casefile/casefile.ts";
import type { Clock } from "../effects.ts";
import type { ErrorCode } from "../errors.ts";
import type { NewsroomReader } from "../newsroom.ts";
import type { Jobs } from "./jobs.ts";
import type { Scope } from "./keys.ts";
import type { Ledger } from "./ledger.ts";

export type Caller = {
  /** "key 3", or the network: limits, jobs and idempotency keys are theirs alone. */
  name: string;
  scopes: ReadonlySet<Scope>;
  hasKey: boolean;
};

/** What an address is made from. A reader: nothing here can write to the newsroom. */
export type ApiContext = Pick<NewsroomReader, "log" | "blobs" | "folder" | "verifierKey"> & {
  clock: Clock;
  caller: Caller;
  /** What the caller may see, at the state of the log asked for. */
  at: Vantage;
  /** Asked for a state other than the newest: the answer then stays the same. */
  isPinned: boolean;
  jobs: Jobs;
  ledger: Ledger;
  /** A part that follows from the log and the vantage alone; some are kept. */
  memo<T>(key: string, make: () => T): T;
  openApi(): string;
};

export type Asked<P, Q, B> = { params: P; query: Q; body: B; headers: Record<string, string | undefined> };

export type Answer = (
  | {
      /** Written as JSON, or as it stands where `type` says what it is. */
      body: unknown;
      type?: string;
    }
  /** JSON that is written already. */
  | { json: string }
) & {
  status?: number;
  headers?: Record<string, string>;
};

export type Endpoint = {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** As OpenAPI writes it, below /v1: "/thefts/{id}". */
  path: string;
  about: string;
  group: string;
  params?: TObject;
  query?: TObject;
  body?: TSchema;
  /** Also taken as plain text, one item a line. */
  lines?: boolean;
  headers?: TObject;
  answer: TSchema;
  /** Of a page for people, or of somebody else's format. */
  type?: string;
  status?: number;
  /** Besides those that every address has. */
  errors?: readonly ErrorCode[];
  /** What a key may add here. */
  scopes?: readonly Scope[];
  /** Requests that it counts as. */
  cost?: number;
  /** Its answer is one caller's alone. */
  own?: boolean;
  run(context: ApiContext, asked: Asked<never, never, never>): Answer | Promise<Answer>;
};

/** An address without how it is made: what the OpenAPI document and the check of a request need. */
export type Described = Omit<Endpoint, "run">;

export type Taken<S> = S extends TSchema ? Static<S> : Record<string, never>;
type Definition<P, Q, B> = Omit<Endpoint, "run" | "params" | "query" | "body"> & {
  params?: P;
  query?: Q;
  body?: B;
  run(context: ApiContext, asked: Asked<Taken<P>, Taken<Q>, Taken<B>>): Answer | Promise<Answer>;
};

/** Gives `run` the types of what was checked. */
export function endpoint<P extends TObject | undefined = undefined, Q extends TObject | undefined = undefined, B extends TSchema | undefined = undefined>(
  definition: Definition<P, Q, B>,
): Endpoint {
  return definition as unknown as Endpoint;
}

/** As Fastify writes it. */
export const fastifyPath = (path: string): string => `/v1${path === "/" ? "" : path.replaceAll(/\{(\w+)\}/g, ":$1")}`;
export const patternOf = (path: string): RegExp => new RegExp(`^/v1${path === "/" ? "/?" : path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
