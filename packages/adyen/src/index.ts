export * from './checkout.ts'
export * from './webhook.ts'
export * from './wire.ts'
export * from './wx-parameters.ts'
