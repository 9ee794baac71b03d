import { compatibilityCases } from "./cases-compatibility.ts";
import { identityCases } from "./cases-identity.ts";
import { killCases } from "./cases-kill.ts";
import { modelCases } from "./cases-model.ts";
import { processGroupCases } from "./cases-process-group.ts";
import { resourceCases } from "./cases-resources.ts";
import { selfCheckCases } from "./cases-self-check.ts";
import { stressCases } from "./cases-stress.ts";
import { waitCases } from "./cases-wait.ts";
import type { ConformanceCase } from "./conformance-case.ts";

/** All 55 cases, by id. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...compatibilityCases,
  ...identityCases,
  ...killCases,
  ...processGroupCases,
  ...waitCases,
  ...resourceCases,
  ...modelCases,
  ...stressCases,
  ...selfCheckCases,
].sort((a, b) => (a.id < b.id ? -1 : 1));
