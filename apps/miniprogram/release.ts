import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { appId } from './src/merchant/shop.ts'

/** WeChat's own uploader. It weighs 276 MB with all it brings, so it is fetched on the day it is needed. */
const UPLOADER = 'miniprogram-ci@2.1.42'

const [verb = '', version = '', key = ''] = process.argv.slice(2)

if (!/^(preview|upload)$/.test(verb) || version === '' || key === '') {
  process.stderr.write(
    `Usage: release <preview|upload> <version> <key file>

  version    as mp.weixin.qq.com shall show it: 1.0.0
  key file   the code upload key of ${appId} (mp.weixin.qq.com, Development settings, where the
             address of this machine must be listed too)
`,
  )
  process.exitCode = 1
} else {
  const dist = path.join(import.meta.dirname, 'dist')
  const { status, error } = spawnSync(
    'npx',
    ['-y', UPLOADER, verb, '--pp', dist, '--pkp', path.resolve(key), '--appid', appId, '--uv', version],
    { stdio: 'inherit' },
  )
  if (error !== undefined) throw error
  process.exitCode = status ?? 1
}
