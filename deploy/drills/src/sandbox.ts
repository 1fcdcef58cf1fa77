import { spawn, spawnSync } from 'node:child_process'

/** Set inside of the sandbox. */
const INSIDE = 'TAEL_DRILL_INSIDE'

/**
 * Runs this program again in namespaces of its own for the network, the processes and the mounts, and exits as it does.
 * No address of the machine is reachable there, and with the drill every program that it started is gone. Returns
 * whether this is still the program outside.
 */
export function enterSandbox(): boolean {
  if (process.env[INSIDE] !== undefined) {
    openSandbox()
    return false
  }
  // The shell is the first process in there, because it collects what others left behind: a
  // PostgreSQL that was killed would look alive otherwise.
  const script = '"$@"; exit $?'
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child']
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const child = spawn('unshare', [...namespaces, 'sh', '-c', script, 'sh', ...again], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  })
  // The terminal sends Ctrl-C to both: the one inside stops first.
  process.on('SIGINT', () => undefined).on('SIGTERM', () => child.kill('SIGKILL'))
  child.on('exit', (code) => process.exit(code ?? 1))
  return true
}

/** Named network namespaces are kept in a folder that only this sandbox sees. */
function openSandbox(): void {
  for (const [command = '', ...args] of [
    ['mkdir', '-p', '/run/netns'],
    ['mount', '-t', 'tmpfs', 'tmpfs', '/run/netns'],
    ['ip', 'link', 'set', 'lo', 'up'],
  ]) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`)
  }
}
