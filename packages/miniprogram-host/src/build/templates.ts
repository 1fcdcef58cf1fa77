import { TmplGroup } from 'glass-easel-template-compiler'
import { BUILT_IN_COMPONENTS } from '../program.ts'
import { type BuildProblem, BuildError } from './problems.ts'
import { type ProgramSource, readText, stemOf } from './source.ts'

/** Elements of WXML itself (developers.weixin.qq.com, WXML). */
const STRUCTURE = ['block', 'import', 'include', 'slot', 'template', 'wxs']

/** A finding of glass-easel-template-compiler 0.12.1; lines count from 0. */
interface CompilerFinding {
  readonly isError: boolean
  readonly message: string
  readonly startLine: number
}

/**
 * Compiles every WXML and WXS file to one JavaScript expression: an object of templates by path without extension.
 * It runs without `eval`. Any finding of the compiler, even a warning, and any element that neither the host nor
 * the unit has, is a BuildError.
 */
export function compileTemplates(source: ProgramSource): string {
  const group = new TmplGroup()
  const problems: BuildProblem[] = []
  for (const file of source.files) {
    if (file.endsWith('.wxs')) group.addScript(stemOf(file), readText(source.dir, file))
    if (!file.endsWith('.wxml')) continue
    const text = readText(source.dir, file)
    const findings: readonly CompilerFinding[] = group.addTmpl(stemOf(file), text)
    for (const { startLine, message } of findings) problems.push({ file, line: startLine + 1, message })
    problems.push(...unknownElements(source, file, text))
  }
  if (problems.length > 0) throw new BuildError(problems)
  try {
    return group.getTmplGenObjectGroups()
  } finally {
    group.free()
  }
}

function unknownElements(source: ProgramSource, file: string, text: string): BuildProblem[] {
  const unit = source.units[stemOf(file)]
  // A file that is no page or component is imported by some; which components it may use is theirs to say.
  const components =
    unit === undefined
      ? Object.values(source.units).flatMap((each) => Object.keys(each.usingComponents ?? {}))
      : Object.keys({ ...unit.usingComponents, ...unit.componentGenerics })
  const known = new Set<string>([
    ...STRUCTURE,
    ...BUILT_IN_COMPONENTS,
    ...Object.keys(source.app.usingComponents ?? {}),
    ...components,
  ])
  const markup = text
    .replace(/<!--[\s\S]*?-->|\{\{[\s\S]*?\}\}/g, blank)
    .replace(/(<wxs\b[^>]*[^/]>)([\s\S]*?)(?=<\/wxs>)/g, (_, tag: string, body: string) => tag + blank(body))
  return [...markup.matchAll(/<([a-z][\w-]*)/g)]
    .filter(([, name]) => name !== undefined && !known.has(name))
    .map((match) => ({
      file,
      line: markup.slice(0, match.index).split('\n').length,
      message: `<${match[1]}> is neither a component of this file nor in this host`,
    }))
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}
