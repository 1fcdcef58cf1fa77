import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Content } from './state/call-log.ts'

interface UnreadableAnswer {
  readonly status: number
  readonly contentType: string
  readonly text: string
  /** What is wrong with it, for the log. */
  readonly problem: string
}

/**
 * An answer that no caller can read: a cut connection, silence until the caller times out, or
 * anything but JSON.
 */
export type BrokenAnswer = 'cut' | 'silence' | UnreadableAnswer

/** An error page of a proxy between the caller and Adyen or WeChat. */
export const htmlPage: BrokenAnswer = {
  status: 502,
  contentType: 'text/html; charset=utf-8',
  text: '<!doctype html><html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>',
  problem: 'HTML page',
}

/** The first half of an answer. */
export function truncated(status: number, body: object): BrokenAnswer {
  const whole = JSON.stringify(body)
  return {
    status,
    contentType: 'application/json; charset=utf-8',
    text: whole.slice(0, Math.floor(whole.length / 2)),
    problem: 'truncated JSON',
  }
}

/** An error status with an empty object. */
export function bareStatus(status: number): BrokenAnswer {
  return { status, contentType: 'application/json; charset=utf-8', text: '{}', problem: 'empty object' }
}

export function isBroken(answer: object | string): answer is BrokenAnswer {
  return typeof answer === 'string' || 'problem' in answer
}

/** Sends a broken answer and returns its entry in the log. */
export function sendBroken(request: FastifyRequest, reply: FastifyReply, answer: BrokenAnswer): Content {
  switch (answer) {
    case 'cut':
      reply.hijack()
      request.raw.socket.destroy()
      return { label: 'no answer (connection cut)' }
    case 'silence':
      // The connection ends when the caller times out or the simulator closes.
      reply.hijack()
      return { label: 'no answer (the caller waits)' }
    default: {
      const { status, contentType, text, problem } = answer
      void reply.code(status).type(contentType).send(text)
      return { label: `${status} ${problem}`, status, body: text }
    }
  }
}
