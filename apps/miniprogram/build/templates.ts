import { TmplGroup } from 'glass-easel-template-compiler'
import { resolvePath, type Source } from './source.ts'
import type { Unit } from './units.ts'

/** The tags of WXML and of WeChat's components that this Mini Program uses; a slip of the pen is none of them. */
const knownTags: ReadonlySet<string> = new Set(
  'view text image button icon scroll-view block slot template import include wxs'.split(' '),
)

/** The compiler's complaint about one place of a template (its typings say `any`). */
interface Complaint {
  readonly message: string
  readonly startLine: number
}

/** What WeChat's own template compiler complains about, tags nobody declared, and paths that lead nowhere. */
export async function templateProblems(source: Source, units: readonly Unit[]): Promise<readonly string[]> {
  const problems: string[] = []
  const group = new TmplGroup()
  for (const file of source.files) {
    if (file.endsWith('.wxs')) group.addScript(stem(file), await source.text(file))
    if (!file.endsWith('.wxml')) continue
    const complaints: readonly Complaint[] = group.addTmpl(stem(file), await source.text(file))
    // It counts from zero. Every complaint stops the build: a phone shows a half-read template without a word.
    problems.push(...complaints.map(({ message, startLine }) => `${file}:${startLine + 1}: ${message}`))
    problems.push(...(await missingReferences(source, file)))
  }
  group.free()
  for (const unit of units) problems.push(...(await unknownTags(source, unit)))
  return problems
}

async function missingReferences(source: Source, file: string): Promise<readonly string[]> {
  const text = await source.text(file)
  return Array.from(text.matchAll(/<(?:import|include|wxs)\b[^>]*?\ssrc="([^"]*)"/g), ([, path = '']) => path)
    .map((reference) => resolvePath(file, reference))
    .filter((reference) => !source.files.has(reference) && !source.files.has(`${reference}.wxml`))
    .map((reference) => `${reference} is missing: ${file} names it`)
}

async function unknownTags(source: Source, { path, components }: Unit): Promise<readonly string[]> {
  const file = `${path}.wxml`
  const text = await source.text(file)
  const tags = new Set(Array.from(text.matchAll(/<([a-z][\w-]*)/g), ([, tag = '']) => tag))
  return [...tags]
    .filter((tag) => !knownTags.has(tag) && !components.has(tag))
    .map((tag) => `${file}: <${tag}> is neither a component of WeChat's nor declared in ${path}.json`)
}

function stem(file: string): string {
  return file.replace(/\.\w+$/, '')
}
