import { BuildError, PHONE_ENGINES } from '@tael/miniprogram-host/check'
import { type CodeSplittingGroup, type Plugin, rolldown } from 'rolldown'
import { plainExports } from './plain-exports.ts'
import { trimmedContract } from './trimmed-contract.ts'

export interface PhoneBundle {
  /** The source of each script, by its name without extension. */
  readonly input: Readonly<Record<string, string>>
  readonly format: 'cjs' | 'es'
  /** The oldest JavaScript that runs the scripts; by default that of WeChat's base library 3.6. */
  readonly target?: string
  readonly plugins?: readonly Plugin[]
  /** Which modules share a script, besides what rolldown finds itself. */
  readonly groups?: readonly CodeSplittingGroup[]
}

const ENGINES = Object.entries(PHONE_ENGINES).map(([engine, version]) => `${engine}${version}`)

/**
 * Bundles scripts with all that they import in one pass, so that each module exists once. Returns each
 * file's code. Throws a BuildError on any message of the bundler.
 */
export async function bundleForPhones(bundle: PhoneBundle): Promise<ReadonlyMap<string, string>> {
  const { input, format, target = ENGINES, plugins = [], groups } = bundle
  const build = await rolldown({
    input: { ...input },
    platform: 'neutral',
    plugins: [trimmedContract(), ...plugins],
    treeshake: { manualPureFunctions: ['Type', 'meaning'] },
    resolve: { mainFields: ['module', 'main'] },
    transform: { target },
    onLog(_level, log) {
      throw new BuildError([{ message: log.message }])
    },
  })
  try {
    const { output } = await build.generate({
      format,
      minify: true,
      entryFileNames: '[name].js',
      chunkFileNames: '[name].js',
      ...(groups === undefined ? {} : { codeSplitting: { groups: [...groups] } }),
    })
    return new Map(
      output.flatMap((each) => {
        if (each.type !== 'chunk') return []
        const { fileName, code } = each
        return [[fileName, format === 'cjs' ? plainExports(fileName, code) : code] as const]
      }),
    )
  } finally {
    await build.close()
  }
}
