/** The major version of Node that the bundles are built for and tested with. */
const NODE_MAJOR = 24
/** EX_CONFIG of sysexits.h. */
const EXIT_CODE = 78

/**
 * Runs `load` where this Node can; otherwise ends the process with one sentence. The bundles do not even
 * parse on an old Node, so `load` imports them, and this file is built for old ones.
 */
export function requireNode(load: () => Promise<unknown>): void {
  const { node } = process.versions
  if (Number(node.split('.')[0]) >= NODE_MAJOR) {
    void load()
    return
  }
  process.stderr.write(`Tael needs Node ${NODE_MAJOR}; this is ${node}.\n`)
  process.exitCode = EXIT_CODE
}
