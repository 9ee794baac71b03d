// Takes a moment to end after SIGTERM, as a CLI that saves its state does.
process.on("SIGTERM", () => setTimeout(() => process.exit(0), 500));
setInterval(() => {}, 1_000);
process.stdin.resume().on("end", () => process.exit(99));
process.stdout.write("ready\n");
