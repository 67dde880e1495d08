// For looking around: each convention is asked of the fast kernel first, and of the exact one where the fast one refuses.
// The answer says which it was and why. It is no evidence: nobody keeps it, and it has no hash to be quoted by.
import type { MethodName } from "./methods/methods.ts";
import { traceFastKernel } from "./fast/fast-kernel.ts";
import { Refusal } from "./fast/run.ts";
import type { Step, TraceRequest } from "./request.ts";
import { trace, type Trace, type TraceData } from "./trace.ts";

/** Which kernel answered under a convention; `why` says what the fast one refused. */
export type KernelUsed = { kernel: "fast" | "exact"; why?: string };
export type Kernels = Partial<Record<MethodName, KernelUsed>>;

/** `onBridge`: each transfer at which it ended at a bridge. */
export function explore(data: TraceData, request: TraceRequest, onBridge: (transfer: string, place: string) => void): { trace: Trace; kernels: Kernels } {
  const found: Trace = new Map();
  const kernels: Kernels = {};
  const onStep = ({ rule, reason, transfer, place }: Step): void => {
    if (rule === "stop" && reason === "bridge") onBridge(transfer, place);
  };
  for (const method of request.methods) {
    const one = { ...request, methods: [method] };
    try {
      if (request.direction === "backward") throw new Refusal("backward", "the fast kernel follows forward only");
      const { bound, ...fast } = traceFastKernel(data, one, onBridge).get(method)!;
      found.set(method, method === "haircut" ? { ...fast, bound } : fast);
      kernels[method] = { kernel: "fast" };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      found.set(method, trace(data, { ...one, onStep }).get(method)!);
      kernels[method] = { kernel: "exact", why: error.message };
    }
  }
  return { trace: found, kernels };
}
