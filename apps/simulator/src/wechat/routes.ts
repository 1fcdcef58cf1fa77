import * as Type from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type BrokenAnswer, isBroken, sendBroken } from '../broken-answers.ts'
import { openidOf, ShopperName } from '../openid.ts'
import type { LogAnswer } from '../state/call-log.ts'
import type { World } from '../state/world.ts'
import { answerAuthorisedCall, answerToken, authorisedCalls } from './api.ts'
import { cancelCashier, type Callback, openCashier, payCashier } from './cashier.ts'
import { exchangeCode } from './login.ts'

const Query = Type.Object({
  appid: Type.Optional(Type.String()),
  secret: Type.Optional(Type.String()),
  js_code: Type.Optional(Type.String()),
  grant_type: Type.Optional(Type.String()),
})

/** WeChat's API for servers, and under /simulator what WeChat does on the shopper's phone. */
export function wechatRoutes(plain: FastifyInstance, world: World): void {
  tokenRoutes(plain, world)
  const app = plain.withTypeProvider<TypeBoxTypeProvider>()

  app.get('/sns/jscode2session', { schema: { querystring: Query } }, (request, reply) => {
    const logAnswer = world.callLog.logRequest('server', 'wechat', {
      label: 'GET /sns/jscode2session',
      body: request.query,
    })
    return send({ request, reply, logAnswer }, exchangeCode(world, request.query), 'openid')
  })

  const Shopper = Type.Object({ shopper: ShopperName })
  app.post('/simulator/wechat/codes', { schema: { body: Shopper } }, async (request, reply) => {
    const logAnswer = world.callLog.logRequest('miniprogram', 'wechat', { label: 'wx.login' })
    const code = world.loginCodes.issue(request.body.shopper)
    logAnswer({ label: 'login:ok', body: { code } })
    return reply.code(201).send({ code })
  })

  const Subscription = Type.Object({ shopper: Shopper.properties.shopper, templateId: Type.String() })
  app.post('/simulator/wechat/subscriptions', { schema: { body: Subscription } }, async (request, reply) => {
    const { shopper, templateId } = request.body
    const label = 'wx.requestSubscribeMessage'
    const logAnswer = world.callLog.logRequest('miniprogram', 'wechat', { label, body: { templateId } })
    world.subscriptions.add(openidOf(world.config.wechatAppId, shopper), templateId)
    logAnswer({ label: 'accept' })
    return reply.code(201).send({ [templateId]: 'accept' })
  })

  const Parameters = Type.Record(Type.String(), Type.Unknown())
  app.post('/simulator/cashier', { schema: { body: Parameters } }, async (request, reply) => {
    const logAnswer = world.callLog.logRequest('miniprogram', 'wechat', {
      label: 'wx.requestPayment',
      body: request.body,
    })
    const opened = openCashier(world, request.body)
    logAnswer({ label: 'errMsg' in opened ? opened.errMsg : 'the cashier opens', body: opened })
    return reply.code('errMsg' in opened ? 422 : 201).send(opened)
  })

  const taps = {
    pay: { label: 'the shopper pays', act: payCashier },
    cancel: { label: 'the shopper cancels', act: cancelCashier },
  }
  for (const [verb, { label, act }] of Object.entries(taps)) {
    const Params = Type.Object({ prepayId: Type.String() })
    const path = `/simulator/cashier/:prepayId/${verb}`
    app.post(path, { schema: { params: Params } }, async (request, reply) => {
      const logAnswer = world.callLog.logRequest('miniprogram', 'wechat', { label })
      const callback: Callback | undefined = act(world, request.params.prepayId)
      if (callback === undefined) {
        logAnswer({ label: 'unknown prepay_id' })
        return reply.code(404).send({ error: `Unknown prepay_id: ${request.params.prepayId}` })
      }
      logAnswer({ label: callback.errMsg })
      return callback
    })
  }
}

/** The access token, and the calls that need it. */
function tokenRoutes(plain: FastifyInstance, world: World): void {
  const app = plain.withTypeProvider<TypeBoxTypeProvider>()
  const TokenBody = Type.Object({
    grant_type: Type.Optional(Type.String()),
    appid: Type.Optional(Type.String()),
    secret: Type.Optional(Type.String()),
  })
  app.post('/cgi-bin/stable_token', { schema: { body: TokenBody } }, (request, reply) => {
    const { body } = request
    const logAnswer = world.callLog.logRequest('server', 'wechat', {
      label: 'POST /cgi-bin/stable_token',
      body,
    })
    return send({ request, reply, logAnswer }, answerToken(world, body), 'access_token')
  })

  const Token = Type.Object({ access_token: Type.Optional(Type.String()) })
  for (const path of Object.keys(authorisedCalls).filter(isAuthorisedCall)) {
    const { method } = authorisedCalls[path]
    app.route({
      method,
      url: path,
      schema: { querystring: Token },
      handler: (request, reply) => {
        const { body, query } = request
        const logAnswer = world.callLog.logRequest('server', 'wechat', { label: `${method} ${path}`, body })
        const answer = answerAuthorisedCall(world, path, query.access_token ?? '', body)
        return send({ request, reply, logAnswer }, answer, 'ok')
      },
    })
  }
}

function isAuthorisedCall(path: string): path is keyof typeof authorisedCalls {
  return Object.hasOwn(authorisedCalls, path)
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly logAnswer: LogAnswer
}

/** Sends and logs WeChat's answer. `success` is the label of an answer without an errcode. */
function send(
  { request, reply, logAnswer }: Exchange,
  body: object | BrokenAnswer,
  success: string,
): FastifyReply {
  if (isBroken(body)) {
    logAnswer(sendBroken(request, reply, body))
    return reply
  }
  const isRefusal = 'errcode' in body && body.errcode !== 0
  logAnswer({ label: isRefusal ? `errcode ${String(body.errcode)}` : success, status: 200, body })
  return reply.send(body)
}
