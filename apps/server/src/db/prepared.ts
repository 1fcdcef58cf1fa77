import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely'
import type { Db } from './database.ts'
import { inOneFlight, type Query } from './flight.ts'
import type { Database } from './tables.ts'

/** Where a statement has a value that is given when it runs. */
class Slot {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** Stands for one of the values in a statement that is built. */
export type ValueOf<Values> = <Name extends keyof Values & string>(name: Name) => RawBuilder<Values[Name]>

/** Builds statements, and runs none. */
const builder = new Kysely<Database>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/**
 * A statement that is built when it first runs, and not again: building one takes longer than
 * PostgreSQL takes for most. Returns what makes a statement of it with values.
 */
export function prepared<Values extends object, Row>(
  build: (db: Kysely<Database>, value: ValueOf<Values>) => Query<Row>,
): (values: Values) => Query<Row> {
  let built: CompiledQuery<Row> | undefined
  return (values) => ({
    compile() {
      built ??= build(builder, (name) => sql`${new Slot(name)}`).compile(builder)
      const given = new Map<string, unknown>(Object.entries(values))
      const parameters = built.parameters.map((one) => (one instanceof Slot ? given.get(one.name) : one))
      return { ...built, parameters }
    },
  })
}

/** Runs a statement by itself, and returns its rows. */
export async function run<Row>(db: Db, query: Query<Row>): Promise<Row[]> {
  const [rows] = await inOneFlight(db, query)
  return rows
}
