// Every address of the API, in one list: requests are checked by it, and the OpenAPI document is written from it.
import type { Endpoint } from "./endpoint.ts";
import { aboutEndpoints } from "./endpoints/about.ts";
import { addressEndpoints } from "./endpoints/addresses.ts";
import { casefileEndpoints } from "./endpoints/casefile.ts";
import { datasetEndpoints } from "./endpoints/datasets.ts";
import { graphsenseEndpoints } from "./endpoints/graphsense.ts";
import { logEndpoints } from "./endpoints/log.ts";
import { screeningEndpoints } from "./endpoints/screening.ts";
import { traceEndpoints } from "./endpoints/traces.ts";

export const ENDPOINTS: readonly Endpoint[] = [
  ...aboutEndpoints,
  ...casefileEndpoints,
  ...datasetEndpoints,
  ...screeningEndpoints,
  ...traceEndpoints,
  ...addressEndpoints,
  ...logEndpoints,
  ...graphsenseEndpoints,
];
