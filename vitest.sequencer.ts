import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { slowest } from './vitest.slowest.ts'

/** Starts the slowest files first, so that no worker still runs one when the others are through. */
export default class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line no-array-sort -- It returns a new list.
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => rank(one) - rank(other))
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = slowest.findIndex((name) => moduleId.endsWith(name))
  return place === -1 ? slowest.length : place
}
