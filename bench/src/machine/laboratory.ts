import { randomUUID } from 'node:crypto'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { credentials, type Program, serverEnvironment, startProgram } from '@tael/stack'
import type { Options } from '../options.ts'
import { Shop } from '../shop/shop.ts'
import { createShoppers } from '../shop/shoppers.ts'
import { type Checkout, checkOut } from './checkout.ts'
import { Postgres } from './postgres.ts'

/** A program that is measured, on a database of its own. */
export interface Subject {
  readonly name: string
  /** Its processes: several servers may share the database. */
  readonly programs: readonly Program[]
  readonly database: string
  readonly shop: Shop
  stop(): Promise<void>
}

/** The program of a subject of which one runs. */
export function onlyProgram({ name, programs: [program, ...others] }: Subject): Program {
  if (program === undefined || others.length > 0) throw new Error(`${name} is not one program.`)
  return program
}

/** The database of Tael's tables, without connections, of which each program gets a copy. */
const PREPARED = 'prepared'
const root = new URL('../../../', import.meta.url)
const built = new URL('apps/server/dist/main.js', root)

/** What one shopper may hold, and how many requests one address may send, must not end a load. */
const unbound = {
  SHOPPER_ORDERS_MAX: '1000000',
  SHOPPER_PIECES_MAX: '1000000000',
  SHOPPER_STOCK_PERCENT: '100',
  ORDER_LIFETIME_SECONDS: '7200',
  TRUSTED_PROXIES: '1',
}

/** Starts what is measured: PostgreSQL, a stub of Adyen, Tael, and the programs beside it. */
export class Laboratory {
  readonly options: Options
  readonly postgres: Postgres
  readonly #shoppers = createShoppers()
  #adyen: Program | undefined
  #baseline: Checkout | undefined
  readonly #subjects = new Set<Subject>()

  static async open(options: Options): Promise<Laboratory> {
    const laboratory = new Laboratory(options, await Postgres.start())
    try {
      laboratory.#adyen = await startProgram('The stub of Adyen', programFile('adyen'), credentials)
      await laboratory.#prepareDatabase()
      return laboratory
    } catch (error) {
      await laboratory.close()
      throw error
    }
  }

  private constructor(options: Options, postgres: Postgres) {
    this.options = options
    this.postgres = postgres
  }

  async #prepareDatabase(): Promise<void> {
    const url = await this.postgres.createDatabase(PREPARED)
    await this.#runCommand(url, 'migrate')
    const shop = new Shop(url, this.#shoppers)
    await shop.open()
    await shop.close()
  }

  /** Runs a command of Tael. Rejects where it finds anything. */
  async #runCommand(databaseUrl: string, command: string): Promise<void> {
    const file = fileURLToPath(new URL('apps/server/dist/command.js', root))
    const env = { ...process.env, ...this.environment(databaseUrl) }
    const run = promisify(execFile)(process.execPath, [file, command], { env })
    await run.catch((error: Error & { stdout?: string }) => {
      throw new Error(`${command} found: ${error.stdout ?? ''}`, { cause: error })
    })
  }

  /** Stops Tael, once `reconcile` has found no difference in what it kept of a load: what is fast is also right. */
  async stopReconciled(subject: Subject): Promise<void> {
    await this.#runCommand(subject.shop.databaseUrl, 'reconcile')
    await subject.stop()
  }

  /** Tael as it is built, as one or several processes. */
  startTael(name = 'Tael', processes = 1, env: Readonly<Record<string, string>> = {}): Promise<Subject> {
    return this.#start(name, PREPARED, async (url) => {
      const programs: Program[] = []
      for (let count = 0; count < processes; count += 1) programs.push(await this.startServer(url, env))
      return programs
    })
  }

  /** Starts a server on this database; nobody stops it but the caller. */
  startServer(
    databaseUrl: string,
    env: Readonly<Record<string, string>> = {},
    main = built,
  ): Promise<Program> {
    const settings = { ...this.environment(databaseUrl), ...env }
    return startProgram('The server', main, settings, { keepsOutput: false })
  }

  /** Tael as it was at the commit `BASELINE`; nothing where none is named. */
  async startBaseline(): Promise<readonly Subject[]> {
    const { baseline } = this.options
    if (baseline === '') return []
    this.#baseline ??= await buildBaseline(baseline)
    const main = pathToFileURL(`${this.#baseline.folder}/apps/server/dist/main.js`)
    const subject = await this.#start(`Tael at ${baseline}`, 'template1', async (url) => [
      await this.startServer(url, {}, main),
    ])
    await subject.shop.open()
    return [subject]
  }

  /** The programs beside Tael: node:http and pg, and nothing else. */
  startKept(): Promise<Subject> {
    return this.#startReference('kept')
  }

  startBare(): Promise<Subject> {
    return this.#startReference('bare')
  }

  #startReference(name: 'kept' | 'bare'): Promise<Subject> {
    return this.#start(name, PREPARED, async (url) => [await this.startReferenceProgram(name, url)])
  }

  /** Starts a program beside Tael on this database; nobody stops it but the caller. */
  startReferenceProgram(name: 'kept' | 'bare' | 'empty', databaseUrl: string): Promise<Program> {
    return startProgram(name, programFile(name), this.environment(databaseUrl), { keepsOutput: false })
  }

  /** What every program reads that is measured. */
  environment(databaseUrl: string): Record<string, string> {
    const environment = serverEnvironment(this.#adyen?.url ?? '', { ...unbound, DATABASE_URL: databaseUrl })
    return { ...environment }
  }

  async #start(
    name: string,
    template: string,
    startPrograms: (url: string) => Promise<readonly Program[]>,
  ): Promise<Subject> {
    const database = `subject_${randomUUID().replaceAll('-', '')}`
    const url = await this.postgres.createDatabase(database, template)
    const shop = new Shop(url, this.#shoppers)
    const stopShop = async (): Promise<void> => {
      await shop.close()
      await this.postgres.dropDatabase(database)
    }
    try {
      const programs = await startPrograms(url)
      const subject: Subject = {
        name,
        programs,
        database,
        shop,
        stop: async () => {
          this.#subjects.delete(subject)
          await Promise.all(programs.map((program) => program.stop()))
          await stopShop()
        },
      }
      this.#subjects.add(subject)
      return subject
    } catch (error) {
      await stopShop()
      throw error
    }
  }

  /** Stops everything and removes what it left. */
  async close(): Promise<void> {
    for (const subject of this.#subjects) await subject.stop()
    await this.#adyen?.stop()
    await this.postgres.stop()
    await this.#baseline?.remove()
  }
}

const programFile = (name: string): URL => new URL(`../programs/${name}.ts`, import.meta.url)

async function buildBaseline(commit: string): Promise<Checkout> {
  const checkout = await checkOut(commit)
  try {
    await checkout.run('turbo', 'run', 'build', '--filter=@tael/server')
    return checkout
  } catch (error) {
    await checkout.remove()
    throw error
  }
}
