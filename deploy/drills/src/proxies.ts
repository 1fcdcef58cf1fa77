import { chmod, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fillIn } from './fill-in.ts'
import { type Daemon, startDaemon } from './programs.ts'

const HOST = '127.0.0.1'

/** HAProxy and PgBouncer, as they run beside Tael. */
export class Proxies {
  readonly #folder: string
  #haproxy: Daemon | undefined
  #pgbouncer: Daemon | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The database of Tael's role, through PgBouncer and through HAProxy alone. */
  urls(password: string): { readonly pooled: string; readonly direct: string } {
    const to = (port: number): string => `postgres://tael:${password}@${HOST}:${port}/tael`
    return { pooled: to(6432), direct: to(5433) }
  }

  async open(values: Readonly<Record<string, string>>, password: string): Promise<void> {
    await mkdir(this.#folder)
    const users = this.#file('userlist.txt')
    const addresses = { HAPROXY_ADDRESS: HOST, PGBOUNCER_ADDRESS: HOST, USERLIST_FILE: users }
    await fillIn('postgres-ha/haproxy.cfg', { ...values, ...addresses }, this.#file('haproxy.cfg'))
    await fillIn('postgres-ha/pgbouncer.ini', { ...values, ...addresses }, this.#file('pgbouncer.ini'))
    await writeFile(users, `"tael" "${password}"\n`)
    // PgBouncer refuses to run as root.
    for (const each of [this.#folder, users, this.#file('pgbouncer.ini')]) await chmod(each, 0o755)
    this.start()
  }

  start(): void {
    const log = (name: string): string => this.#file(`${name}.log`)
    this.#haproxy = startDaemon('haproxy', ['-db', '-f', this.#file('haproxy.cfg')], { log: log('haproxy') })
    const asNobody = ['-u', 'nobody', this.#file('pgbouncer.ini')]
    this.#pgbouncer = startDaemon('pgbouncer', asNobody, { log: log('pgbouncer') })
  }

  async kill(): Promise<void> {
    await Promise.all([this.#haproxy?.stop('SIGKILL'), this.#pgbouncer?.stop('SIGKILL')])
  }

  #file(name: string): string {
    return path.join(this.#folder, name)
  }
}
