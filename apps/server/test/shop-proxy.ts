import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import tls from 'node:tls'
import { promisify } from 'node:util'
import { freePort } from '@tael/stack'

const programs = { nginx: '/usr/sbin/nginx', caddy: '/usr/bin/caddy' } as const
const START_MS_MAX = 30_000
export type ProxyName = keyof typeof programs

/** Why tests with this proxy cannot run here; undefined if they can. In CI a missing one throws. */
export function missingProxy(name: ProxyName): string | undefined {
  if (existsSync(programs[name])) return undefined
  const problem = `No ${name} at ${programs[name]}: install it (apt-get install ${name})`
  if (process.env['CI'] !== undefined) throw new Error(problem)
  return problem
}

/** A certificate for localhost, which this process trusts until it is forgotten. */
export interface TrustedCertificate {
  readonly folder: string
  readonly cert: string
  readonly key: string
  forget(): Promise<void>
}

export async function createTrustedCertificate(): Promise<TrustedCertificate> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-proxy-'))
  // The proxies' workers are not root.
  await chmod(folder, 0o755)
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const files = ['-keyout', key, '-out', cert]
  await promisify(execFile)('openssl', ['req', '-x509', ...newKey, '-days', '1', ...subject, ...files])
  const trusted = tls.getCACertificates('default')
  tls.setDefaultCACertificates([...trusted, await readFile(cert, 'utf8')])
  return {
    folder,
    cert,
    key,
    async forget() {
      tls.setDefaultCACertificates(trusted)
      await rm(folder, { recursive: true })
    },
  }
}

/** A proxy of deploy/ before two servers. */
export interface ShopProxy {
  stop(): Promise<void>
}

interface ProxyOptions {
  readonly port: string
  readonly servers: readonly [{ readonly url: string }, { readonly url: string }]
  readonly certificate: TrustedCertificate
}

/** Runs the sample of deploy/ with the host, ports and certificate of a test in their places. */
export async function startShopProxy(name: ProxyName, options: ProxyOptions): Promise<ShopProxy> {
  const { folder } = options.certificate
  const args = await (name === 'nginx' ? configureNginx(options) : configureCaddy(options))
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  }
  const child = spawn(programs[name], args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += String(chunk)
  })
  const exited = once(child, 'exit')
  const end = performance.now() + START_MS_MAX
  const isReady = (): Promise<boolean> =>
    fetch(`https://localhost:${options.port}/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    )
  while (!(await isReady())) {
    if (child.exitCode !== null || performance.now() > end) throw new Error(`${name} did not start: ${said}`)
    await pause(100)
  }
  return {
    async stop() {
      child.kill()
      await exited
    },
  }
}

async function configureNginx({ port, servers, certificate }: ProxyOptions): Promise<readonly string[]> {
  const { folder } = certificate
  const site = await fillIn('nginx/tael.conf', [
    ['127.0.0.1:8600', new URL(servers[0].url).host],
    ['127.0.0.1:8610', new URL(servers[1].url).host],
    ['listen 443 ', `listen 127.0.0.1:${port} `],
    ['listen 80;', `listen 127.0.0.1:${await freePort()};`],
    ['/etc/letsencrypt/live/shop.example/fullchain.pem', certificate.cert],
    ['/etc/letsencrypt/live/shop.example/privkey.pem', certificate.key],
    ['server_name shop.example', 'server_name localhost'],
  ])
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ')
  await writeFile(path.join(folder, 'tael.conf'), site)
  await writeFile(
    path.join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/nginx.pid; worker_processes 2; events {}
     http { access_log off; error_log stderr; ${temporary} include ${folder}/tael.conf; }`,
  )
  return ['-c', path.join(folder, 'nginx.conf'), '-e', 'stderr']
}

async function configureCaddy({ port, servers, certificate }: ProxyOptions): Promise<readonly string[]> {
  const site = await fillIn('caddy/Caddyfile', [
    ['127.0.0.1:8600 127.0.0.1:8610', `${new URL(servers[0].url).host} ${new URL(servers[1].url).host}`],
    ['shop.example {', `https://localhost:${port} {\n\ttls ${certificate.cert} ${certificate.key}`],
  ])
  const file = path.join(certificate.folder, 'Caddyfile')
  await writeFile(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`)
  return ['run', '--adapter', 'caddyfile', '--config', file]
}

/** A file of deploy/ with each place replaced. Throws where the file has not got one. */
async function fillIn(name: string, places: readonly (readonly [string, string])[]): Promise<string> {
  let text = await readFile(new URL(`../../../deploy/${name}`, import.meta.url), 'utf8')
  for (const [place, value] of places) {
    if (!text.includes(place)) throw new Error(`deploy/${name} has no ${place}`)
    text = text.replaceAll(place, value)
  }
  return text
}
