import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { BuildError, throwIfAny } from '@tael/miniprogram-host/check'
import { uploadProblems } from './build/upload-problems.ts'
import { appId } from './src/merchant/shop.ts'

/** WeChat's uploader. With its dependencies it has 276 MB, so it is not a dependency here. */
const UPLOADER = 'miniprogram-ci@2.1.42'

const [verb = '', version = '', key = ''] = process.argv.slice(2)

if (!/^(preview|upload)$/.test(verb) || version === '' || key === '') {
  process.stderr.write(
    `Usage: release <preview|upload> <version> <key file>

  version    the version to show in mp.weixin.qq.com, such as 1.0.0
  key file   the code upload key of ${appId}, from the development settings of mp.weixin.qq.com;
             add the IP address of this machine to the allowlist there
`,
  )
  process.exitCode = 1
} else {
  const dist = path.join(import.meta.dirname, 'dist')
  try {
    if (verb === 'upload') throwIfAny(await uploadProblems(dist))
    const { status, error } = spawnSync(
      'npx',
      ['-y', UPLOADER, verb, '--pp', dist, '--pkp', path.resolve(key), '--appid', appId, '--uv', version],
      { stdio: 'inherit' },
    )
    if (error !== undefined) throw error
    process.exitCode = status ?? 1
  } catch (error) {
    if (!(error instanceof BuildError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
