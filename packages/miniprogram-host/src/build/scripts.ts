import { compileFunction } from 'node:vm'
import { type BuildProblem, BuildError } from './problems.ts'
import { type ProgramSource, readText } from './source.ts'

/** What a module sees by name besides `require`, `module` and `exports`: the host passes it in this order. */
const GIVEN = 'globalThis App Page Component Behavior getApp getCurrentPages wx'.split(' ')

/**
 * Names that a browser has and a Mini Program on a phone has not; they are `undefined` in every module. The first
 * two lines are what WeChat's own loader hides (seen in shipped packages); the others WeChat's engines lack
 * (npm miniprogram-compat 1.0.5, and glass-easel#270 for Intl).
 */
const HIDDEN = [
  'window document frames self location navigator localStorage history Caches screen alert confirm prompt',
  'XMLHttpRequest WebSocket Reporter webkit WeixinJSCore',
  'fetch URL URLSearchParams TextEncoder TextDecoder Intl crypto structuredClone queueMicrotask atob btoa',
  'AbortController AbortSignal Blob File FileReader FormData Headers Request Response ReadableStream',
  'EventSource MessageChannel BroadcastChannel Worker SharedWorker indexedDB sessionStorage caches DOMParser',
  'Event EventTarget CustomEvent MutationObserver Image Element Node HTMLElement customElements performance',
  'getComputedStyle matchMedia requestAnimationFrame requestIdleCallback parent top opener postMessage open',
  'close name origin status event print process Buffer global',
].flatMap((line) => line.split(' '))

/**
 * Wraps every script in functions, as WeChat's loader does, without touching a byte of it: one JavaScript expression,
 * an object of module factories by file name. A syntax error is a BuildError.
 */
export function wrapScripts(source: ProgramSource): string {
  const problems: BuildProblem[] = []
  const modules = source.files
    .filter((file) => file.endsWith('.js'))
    .map((file) => {
      const script = readText(source.dir, file)
      problems.push(...syntaxProblems(file, script))
      return `${JSON.stringify(file)}: function (${GIVEN.join(', ')}) { return function (require, module, exports) {
${script}
} }`
    })
  if (problems.length > 0) throw new BuildError(problems)
  return `(function (${HIDDEN.join(', ')}) { return {\n${modules.join(',\n')}\n} })()`
}

/** Compiles the script and never runs it. */
function syntaxProblems(file: string, script: string): BuildProblem[] {
  try {
    compileFunction(script, ['require', 'module', 'exports'], { filename: file })
    return []
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const line = Number(/:(\d+)/.exec(error.stack ?? '')?.[1] ?? 1)
    return [{ file, line, message: error.message }]
  }
}
