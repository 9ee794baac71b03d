import type { SpanTransform } from "../../transforms/ast/span-transform.ts";

/** Every transform, in the order in which a reader would make the changes. Loaded only when there is something to apply. */
export async function loadTransforms(): Promise<readonly SpanTransform[]> {
  const modules = await Promise.all([
    import("../../transforms/rewire-run-calls.ts"),
    import("../../transforms/restore-placeholders.ts"),
    import("../../transforms/move-presence-guards.ts"),
    import("../../transforms/rename-dependencies.ts"),
    import("../../transforms/move-mocks.ts"),
    import("../../transforms/rename-doubles.ts"),
    import("../../transforms/rekey-tests.ts"),
    import("../../transforms/expect-kills.ts"),
    import("../../transforms/settle-after-kill.ts"),
    import("../../transforms/drop-unused-locals.ts"),
    import("../../transforms/rewire-imports.ts"),
    import("../../transforms/mark-manual.ts"),
  ]);
  return modules.map((module) => module.default);
}
