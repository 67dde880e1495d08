// The five conventions by name. Every one has its own file and version; a trace prints both.
import { fifo } from "./fifo.ts";
import { lifo } from "./lifo.ts";
import type { Method, MethodName } from "./method.ts";
import { haircut, poison, tiho } from "./pooled.ts";

export { METHOD_NAMES, METHOD_SENTENCES, VERSION_CHANGES, type Method, type MethodName } from "./method.ts";

// What a method carries differs (an amount, or stretches); whoever runs one never mixes two.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const METHODS: Record<MethodName, Method<any>> = { poison, haircut, fifo, lifo, tiho };
