// Part of the build: the command line in few files, made of what the compiler made. Node takes its time for each module
// that it resolves and reads, and a check would load two hundred. What the package exports stays one file per module.
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const bundle = await rolldown({
  input: {
    main: at("../dist/src/cli/main.js"),
    // What runs in a thread or process of its own is started from a file beside the one that starts it.
    "discovery-thread": at("../dist/src/discover/discovery-thread.js"),
    "run-case": at("../dist/src/registry/conformance/run-case.js"),
  },
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
  platform: "node",
});
await bundle.write({ dir: at("../dist/cli"), entryFileNames: "[name].js", chunkFileNames: "[name].js" });
