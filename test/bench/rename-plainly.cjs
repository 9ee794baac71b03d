// What a plain codemod does: rename identifiers, knowing nothing of keys. The measure that migrate is held to.
const NAMES = new Map([
  ["abortEmbeddedPiRun", "killSessionRun"],
  ["waitForEmbeddedPiRunEnd", "waitForSessionRunEnd"],
]);

module.exports = (file, { jscodeshift: j }) => {
  const root = j(file.source);
  let renamed = 0;
  for (const [from, to] of NAMES) {
    root.find(j.Identifier, { name: from }).forEach((at) => {
      at.node.name = to;
      renamed += 1;
    });
  }
  return renamed > 0 ? root.toSource() : undefined;
};
