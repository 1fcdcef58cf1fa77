import { stat } from 'node:fs/promises'
import { type Config, findExposures, type Inspected } from '../config.ts'
import { fail, type Finding, pass, passIf } from './finding.ts'

/** The bit of a file's mode that lets everybody read it. */
const READABLE_BY_ALL = 0o004

/** The variables, one line for each problem, and the files of secrets. */
export async function examineConfiguration({
  config,
  problems,
  secretFiles,
}: Inspected<Config>): Promise<Finding[]> {
  const { adyen, logLevel, personalData } = config
  // The debugger is this command's own, and how openids are stored is a line of its own.
  const exposures = findExposures({ logLevel, inspectorUrl: undefined, encryptsOpenids: true })
  return [
    ...(problems.length === 0
      ? [pass('configuration.variables', `valid, for ${adyen.live ? 'live' : 'test'} mode`)]
      : problems.map((problem) => fail('configuration.variables', problem))),
    ...(await examineFiles([...secretFiles])),
    passIf(
      !adyen.live || exposures.length === 0,
      'configuration.log',
      exposures[0] ?? `LOG_LEVEL is ${logLevel}`,
    ),
    passIf(
      !adyen.live || personalData.encrypts,
      'configuration.openids',
      personalData.encrypts ? 'they are encrypted' : 'they are stored in clear',
    ),
  ]
}

async function examineFiles(files: readonly (readonly [string, string])[]): Promise<Finding[]> {
  const readable: Finding[] = []
  for (const [name, file] of files) {
    // One that cannot be read is a problem of its variable.
    const mode = await stat(file).then(
      (found) => found.mode,
      () => 0,
    )
    if ((mode & READABLE_BY_ALL) !== 0)
      readable.push(fail('configuration.secret_files', `everybody can read ${file}, the file of ${name}`))
  }
  if (readable.length > 0) return readable
  return [pass('configuration.secret_files', `${files.length} secrets come from files`)]
}
