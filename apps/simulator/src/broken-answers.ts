import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Said } from './messages.ts'

/** What arrives where an answer in JSON should be. */
interface UnreadableAnswer {
  readonly status: number
  readonly contentType: string
  readonly text: string
  /** What is wrong with it, for the log. */
  readonly problem: string
}

/** No answer that a caller can read: the connection is cut, nothing comes while it waits, or something else comes. */
export type BrokenAnswer = 'cut' | 'silence' | UnreadableAnswer

/** A page of something that stands between the caller and Adyen or WeChat. */
export const htmlPage: BrokenAnswer = {
  status: 502,
  contentType: 'text/html; charset=utf-8',
  text: '<!doctype html><html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>',
  problem: 'HTML page',
}

/** The first half of an answer, sent as if it were the whole. */
export function truncated(status: number, body: object): BrokenAnswer {
  const whole = JSON.stringify(body)
  return {
    status,
    contentType: 'application/json; charset=utf-8',
    text: whole.slice(0, Math.floor(whole.length / 2)),
    problem: 'truncated JSON',
  }
}

/** Nothing but a status that says no. */
export function bareStatus(status: number): BrokenAnswer {
  return { status, contentType: 'application/json; charset=utf-8', text: '{}', problem: 'empty object' }
}

export function isBroken(answer: object | string): answer is BrokenAnswer {
  return typeof answer === 'string' || 'problem' in answer
}

/** Does to the caller what the answer says, and returns what the log says of it. */
export function breakOff(request: FastifyRequest, reply: FastifyReply, answer: BrokenAnswer): Said {
  switch (answer) {
    case 'cut':
      reply.hijack()
      request.raw.socket.destroy()
      return { label: 'no answer (connection cut)' }
    case 'silence':
      // The caller hangs up when it has waited enough, or the simulator does when it closes.
      reply.hijack()
      return { label: 'no answer (the caller waits)' }
    default: {
      const { status, contentType, text, problem } = answer
      void reply.code(status).type(contentType).send(text)
      return { label: `${status} ${problem}`, status, body: text }
    }
  }
}
