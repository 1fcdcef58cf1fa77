import { readFile } from 'node:fs/promises'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { machineRoutes } from '@tael/contracts'
import { validate as isDeployment } from 'kubernetes-models/_schemas/IoK8sApiAppsV1Deployment'
import { validate as isJob } from 'kubernetes-models/_schemas/IoK8sApiBatchV1Job'
import { validate as isConfigMap } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap'
import { validate as isNamespace } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Namespace'
import { validate as isSecret } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Secret'
import { validate as isService } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Service'
import { validate as isNetworkPolicy } from 'kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy'
import { validate as isPodDisruptionBudget } from 'kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'

/** What a stop takes at most, once drained: STOP_MS of apps/server/src/main.ts. */
const STOP_SECONDS = 20

const readDeploy = (name: string): Promise<string> =>
  readFile(new URL(`../deploy/${name}`, import.meta.url), 'utf8')

const checks: Readonly<Record<string, (data: unknown) => boolean>> = {
  ConfigMap: isConfigMap,
  Deployment: isDeployment,
  Job: isJob,
  Namespace: isNamespace,
  NetworkPolicy: isNetworkPolicy,
  PodDisruptionBudget: isPodDisruptionBudget,
  Secret: isSecret,
  Service: isService,
}

const Kind = Type.Object({ kind: Type.String() })
const Kustomization = Type.Object({ resources: Type.Array(Type.String()) })

async function readManifests(): Promise<readonly unknown[]> {
  const { resources } = Parse(Kustomization, parse(await readDeploy('kubernetes/kustomization.yaml')))
  const files = [...resources, 'secret.sample.yaml'].map((name) => readDeploy(`kubernetes/${name}`))
  return (await Promise.all(files)).flatMap((file) =>
    parseAllDocuments(file).map((document): unknown => document.toJS()),
  )
}

async function readManifest(kind: string): Promise<unknown> {
  return (await readManifests()).find((manifest) => Parse(Kind, manifest).kind === kind)
}

test('each manifest is what the schemas of Kubernetes say', async () => {
  const manifests = await readManifests()
  const kinds = manifests.map((manifest) => Parse(Kind, manifest).kind)
  expect([...new Set(kinds)].toSorted()).toEqual(Object.keys(checks))
  for (const manifest of manifests) {
    const check = checks[Parse(Kind, manifest).kind]
    expect({ manifest, valid: check?.(manifest) }).toEqual({ manifest, valid: true })
  }
})

const Probe = Type.Object({ httpGet: Type.Object({ path: Type.String(), port: Type.String() }) })
const Container = Type.Object({
  startupProbe: Probe,
  livenessProbe: Probe,
  readinessProbe: Probe,
  envFrom: Type.Array(
    Type.Object({
      configMapRef: Type.Optional(Type.Object({ name: Type.String() })),
      secretRef: Type.Optional(Type.Object({ name: Type.String() })),
    }),
  ),
})
const ServerManifest = Type.Object({
  spec: Type.Object({
    template: Type.Object({
      spec: Type.Object({
        terminationGracePeriodSeconds: Type.Integer(),
        containers: Type.Tuple([Container]),
      }),
    }),
  }),
})
const Settings = Type.Object({ data: Type.Record(Type.String(), Type.String()) })
const Secrets = Type.Object({ stringData: Type.Record(Type.String(), Type.String()) })

test('Kubernetes asks the routes of health, and lets a server drain and stop', async () => {
  const { spec } = Parse(ServerManifest, await readManifest('Deployment')).spec.template
  const [{ startupProbe, livenessProbe, readinessProbe }] = spec.containers
  const paths = [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet)
  const { live, ready } = machineRoutes
  expect(paths).toEqual([live, live, ready].map(({ path }) => ({ path, port: 'shop' })))
  const { data } = Parse(Settings, await readManifest('ConfigMap'))
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(data['DRAIN_SECONDS']) + STOP_SECONDS)
})

test('the samples name settings that exist, and have no secret in them', async () => {
  const example = await readFile(new URL('../.env.example', import.meta.url), 'utf8')
  const known = new Set([...example.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name))
  const { data } = Parse(Settings, await readManifest('ConfigMap'))
  const { stringData } = Parse(Secrets, await readManifest('Secret'))
  const compose = await readDeploy('compose/compose.yaml')
  const files = [...compose.matchAll(/^ {4}([A-Z_]+)_FILE: \/run\/secrets\/(\w+)$/gm)].map(([, name]) => name)
  expect(files.length).toBeGreaterThan(5)
  expect(Object.values(stringData).filter((value) => value !== '')).toEqual([])
  const named = [...Object.keys(data), ...Object.keys(stringData), ...files]
  expect(named.filter((name) => !known.has(name))).toEqual([])
})

const ComposeService = Type.Object({
  ports: Type.Optional(Type.Array(Type.String())),
  image: Type.String(),
  networks: Type.Array(Type.String()),
  secrets: Type.Optional(Type.Array(Type.String())),
  depends_on: Type.Optional(Type.Unknown()),
})
const Compose = Type.Object({
  services: Type.Record(Type.String(), ComposeService),
  secrets: Type.Record(Type.String(), Type.Unknown()),
  networks: Type.Record(Type.String(), Type.Unknown()),
  volumes: Type.Record(Type.String(), Type.Unknown()),
})

/** A Caddyfile without its host. */
const body = (file: string): string => file.slice(file.indexOf(' {\n'))

test('compose publishes the proxy to the world, and everything else to its machine alone', async () => {
  const compose = Parse(Compose, parse(await readDeploy('compose/compose.yaml'), { merge: true }))
  const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
    ports.flatMap((port) => (port.startsWith('127.0.0.1:') ? [] : [`${name} ${port}`])),
  )
  expect(published).toEqual(['caddy 80:80', 'caddy 443:443'])
  for (const { secrets = [], networks } of Object.values(compose.services)) {
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(secrets))
    expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(networks))
  }
  // What it says of the proxy is what the tested Caddyfile says.
  const [tested, ours] = await Promise.all([readDeploy('caddy/Caddyfile'), readDeploy('compose/Caddyfile')])
  expect(body(ours).replace('tael-1:8600 tael-2:8600', '127.0.0.1:8600 127.0.0.1:8610')).toBe(body(tested))
})

test('the image has what the bundle needs, and starts without a shell, as a user without rights', async () => {
  const lines = (await readDeploy('Containerfile')).split('\n')
  const final = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')))
  const copied = final.filter((line) => line.startsWith('COPY '))
  expect(copied).toEqual([
    'COPY --from=build /tael/apps/server/package.json ./',
    'COPY --from=build /tael/apps/server/migrations/ migrations/',
    'COPY --from=build /tael/apps/server/dist/ dist/',
  ])
  expect(final).toEqual(expect.arrayContaining(['USER node', 'ENTRYPOINT ["node"]', 'CMD ["dist/main.js"]']))
  expect(final.filter((line) => line.startsWith('RUN '))).toEqual([])
})

test('systemd lets a server drain and stop, and does not repeat an invalid configuration', async () => {
  const unit = await readDeploy('systemd/tael@.service')
  const settingOf = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1]
  const drain = /DRAIN_SECONDS=(\d+)/.exec(unit)?.[1]
  expect(Number(settingOf('TimeoutStopSec'))).toBeGreaterThan(Number(drain) + STOP_SECONDS)
  expect(settingOf('RestartPreventExitStatus')).toBe('78')
})
