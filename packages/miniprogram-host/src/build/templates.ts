import path from 'node:path'
import { TmplGroup } from 'glass-easel-template-compiler'
import { BOXED_COMPONENTS, WECHAT_COMPONENTS } from '../components.ts'
import { stemOf } from '../paths.ts'
import { type BuildProblem, lineAt, lineOf } from './problems.ts'
import type { ProgramSource } from './read-program.ts'

/** Elements of WXML itself (developers.weixin.qq.com, WXML). */
const STRUCTURE = ['block', 'import', 'include', 'slot', 'template', 'wxs']

/** The functions of WXS that JavaScript lacks (developers.weixin.qq.com, WXS, data types). */
const WXS_GLOBALS = `((getRegExp, getDate) => `
/** Their values. */
const WXS_VALUES = `((pattern, flags) => new RegExp(pattern, flags), (...parts) => new Date(...parts))`

/** A finding of glass-easel-template-compiler 0.12.1, whose typings say `any`; lines start at 0. */
interface CompilerFinding {
  readonly message: string
  readonly startLine: number
}

export interface CompiledTemplates {
  /** A JavaScript expression, an object of templates by path without extension; it needs no `eval`. */
  readonly code: string
  readonly problems: readonly BuildProblem[]
}

/**
 * Compiles the WXML of every page and component, what it imports, and WXS. Warnings of the compiler are problems too, because a phone shows
 * a half-read template without any message.
 */
export function compileTemplates(program: ProgramSource): CompiledTemplates {
  const { files } = program
  const group = new TmplGroup()
  try {
    const problems: BuildProblem[] = []
    for (const file of files.names.filter((name) => name.endsWith('.wxs')))
      group.addScript(stemOf(file), withoutWxsExtensions(files.text(file)))
    // Grows by what each template imports: a package may bring templates that nothing uses.
    const used = new Set(Object.keys(program.units).map((unit) => `${unit}.wxml`))
    for (const file of used) {
      if (!files.has(file)) continue
      const findings: readonly CompilerFinding[] = group.addTmpl(
        stemOf(file),
        withoutWxsExtensions(files.text(file)),
      )
      for (const { startLine, message } of findings) problems.push({ file, line: startLine + 1, message })
      problems.push(...missingReferences(program, file, group), ...undeclaredElements(program, file))
      const imported: readonly string[] = group.getDirectDependencies(stemOf(file))
      for (const stem of imported) used.add(`${stem}.wxml`)
    }
    const code = problems.length === 0 ? `${WXS_GLOBALS}${group.getTmplGenObjectGroups()})${WXS_VALUES}` : ''
    return { code, problems }
  } finally {
    group.free()
  }
}

/** The compiler finds a required script only by its name without extension. */
function withoutWxsExtensions(text: string): string {
  return text.replace(/(\brequire\s*\(\s*(['"])[^'"\n]+)\.wxs(\2\s*\))/g, '$1$3')
}

/** Templates and scripts that `file` imports and that do not exist. */
function missingReferences({ files }: ProgramSource, file: string, group: TmplGroup): BuildProblem[] {
  const templates: readonly string[] = group.getDirectDependencies(stemOf(file))
  const scripts: readonly string[] = group.getScriptDependencies(stemOf(file))
  const references = [...templates.map((stem) => `${stem}.wxml`), ...scripts.map((stem) => `${stem}.wxs`)]
  const text = files.text(file)
  return references
    .filter((reference) => !files.has(reference))
    .map((reference) => ({
      file,
      line: lineOf(text, path.posix.basename(stemOf(reference))),
      message: `${reference} is missing`,
    }))
}

function undeclaredElements(program: ProgramSource, file: string): BuildProblem[] {
  const unit = program.units[stemOf(file)]
  // An imported file may use the components of whichever unit imports it.
  const components =
    unit === undefined
      ? Object.values(program.units).flatMap((each) => Object.keys(each.usingComponents ?? {}))
      : Object.keys({ ...unit.usingComponents, ...unit.componentGenerics })
  const known = new Set<string>([
    ...STRUCTURE,
    ...WECHAT_COMPONENTS,
    ...program.boxedTags,
    ...Object.keys(program.app.usingComponents ?? {}),
    ...components,
  ])
  const config = `${stemOf(file)}.json`
  return elementsIn(program.files.text(file))
    .filter(({ name }) => !known.has(name))
    .map(({ name, line }) => ({
      file,
      line,
      message: `<${name}> is neither a component of WeChat nor declared in ${config}`,
    }))
}

/** Components of WeChat that the templates use and this host draws as boxes. */
export function boxedElements({ files, units }: ProgramSource): BuildProblem[] {
  const boxed = new Set(BOXED_COMPONENTS)
  return files.names
    .filter((file) => file.endsWith('.wxml'))
    .flatMap((file) => {
      const declared = units[stemOf(file)]?.usingComponents ?? {}
      return elementsIn(files.text(file))
        .filter(({ name }) => boxed.has(name) && !(name in declared))
        .map(({ name, line }) => ({ file, line, message: `this host draws <${name}> as a box` }))
    })
}

/** The opening tags of a template, outside comments, expressions, attributes and scripts. */
function elementsIn(text: string): { readonly name: string; readonly line: number }[] {
  const markup = text
    .replace(/<!--[\s\S]*?-->|\{\{[\s\S]*?\}\}/g, blank)
    .replace(/=\s*(?:"[^"]*"|'[^']*')/g, blank)
    .replace(/(<wxs\b[^>]*[^/]>)([\s\S]*?)(?=<\/wxs>)/g, (_, tag: string, body: string) => tag + blank(body))
  return Array.from(markup.matchAll(/<([a-z][\w-]*)/g), (match) => ({
    name: match[1] ?? '',
    line: lineAt(markup, match.index),
  }))
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}
