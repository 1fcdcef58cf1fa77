import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { slowest } from './vitest.slowest.ts'

/** What keeps a browser busy first, and the short files last: they fill what is left of every worker's time. */
const projects = ['e2e', 'server', 'packages']

/**
 * Sorts files by project, because a worker goes on to another file of its own project only, and begins with
 * the slowest of each, so that none still runs when the others are through.
 */
export default class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line no-array-sort -- It returns a new list.
    const sorted = await super.sort(files)
    return projects.flatMap((name) =>
      sorted.filter(({ project }) => project.name === name).toSorted((one, other) => rank(one) - rank(other)),
    )
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = slowest.findIndex((name) => moduleId.endsWith(name))
  return place === -1 ? slowest.length : place
}
