import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const DAY_MS = 86_400_000

/** A key and a chain of certificates, as a TLS server presents them (PEM). */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** A certificate authority with an intermediate one, made by openssl. */
export interface Authority {
  /** Of the root: whoever trusts it trusts the complete chains. */
  readonly root: string
  /** A certificate for a host that is valid from yesterday for so many days; negative: it expired. */
  issue(host: string, days: number): Promise<Certificate & { readonly leafOnly: Certificate }>
  selfSigned(host: string): Promise<Certificate>
  close(): Promise<void>
}

/** What `openssl ca` needs to be told; the serial number of each certificate is random. */
const settings = (folder: string): string => `
[ca]
default_ca = it
[it]
database = ${folder}/index.txt
new_certs_dir = ${folder}
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
[leaf]
basicConstraints = CA:FALSE
`

export async function createAuthority(): Promise<Authority> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-certificates-'))
  const openssl = (...args: readonly string[]) => promisify(execFile)('openssl', args, { cwd: folder })
  const read = (name: string): Promise<string> => readFile(path.join(folder, name), 'utf8')
  await writeFile(path.join(folder, 'ca.cnf'), settings(folder))
  await writeFile(path.join(folder, 'index.txt'), '')
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const self = ['req', '-x509', ...key, '-days', '365']
  await openssl(...self, '-keyout', 'root.key', '-out', 'root.pem', '-subj', '/CN=Tael test root')
  let made = 0
  const sign = async (
    by: string,
    kind: 'authority' | 'leaf',
    subject: readonly string[],
    days: number,
  ): Promise<string> => {
    const name = `made-${(made += 1)}`
    await openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, ...subject)
    const [start, end] = [-400, days].map((from) => opensslTime(Date.now() + from * DAY_MS))
    const dates = ['-startdate', start ?? '', '-enddate', end ?? '']
    const files = ['-cert', `${by}.pem`, '-keyfile', `${by}.key`, '-in', `${name}.csr`, '-out', `${name}.pem`]
    await openssl('ca', '-config', 'ca.cnf', '-batch', '-notext', '-extensions', kind, ...dates, ...files)
    return name
  }
  const intermediate = await sign('root', 'authority', ['-subj', '/CN=Tael test intermediate'], 365)
  return {
    root: await read('root.pem'),
    async issue(host, days) {
      const name = await sign(intermediate, 'leaf', subjectOf(host), days)
      const leaf = { key: await read(`${name}.key`), cert: await read(`${name}.pem`) }
      return { ...leaf, cert: leaf.cert + (await read(`${intermediate}.pem`)), leafOnly: leaf }
    },
    async selfSigned(host) {
      await openssl(...self, '-keyout', 'self.key', '-out', 'self.pem', ...subjectOf(host))
      return { key: await read('self.key'), cert: await read('self.pem') }
    },
    close: () => rm(folder, { recursive: true }),
  }
}

const subjectOf = (host: string): string[] => [
  '-subj',
  `/CN=${host}`,
  '-addext',
  `subjectAltName=DNS:${host}`,
]

/** `20261127120000Z`. */
function opensslTime(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')
}
