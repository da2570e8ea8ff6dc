import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildRenderer, chartFolder, manifestOf, type Rendered, type Renderer } from './chart.ts';
import { checkObjects, checkValues } from './check.ts';
import { type AnyObject, deploymentOf, deploymentsOf, readObjects, scaledObjectOf } from './manifest.ts';
import { go, lacksAny, python, sprig } from './parts.ts';
import { least, valueSets, withAdmin } from './value-sets.ts';

const schema = join(chartFolder, 'values.schema.json');
/** The oldest that the chart is for, and the newest that there is. */
const versions = ['1.29', 'latest'];

describe.skipIf(lacksAny(go, sprig, python))('the chart', () => {
  let renderer: Renderer;

  beforeAll(async () => {
    renderer = await buildRenderer();
  });
  afterAll(async () => {
    await renderer?.[Symbol.asyncDispose]();
  });

  async function objectsFor(values: object): Promise<AnyObject[]> {
    return readObjects((await checkObjects(manifestOf(await renderer.render(values)), [])).objects);
  }

  describe.each(Object.entries(valueSets))('for %s', (_, values) => {
    let rendered: Rendered;
    let errors: readonly string[];
    let objects: AnyObject[];

    beforeAll(async () => {
      rendered = await renderer.render(values);
      const checked = await checkObjects(manifestOf(rendered), versions);
      ({ errors } = checked);
      objects = readObjects(checked.objects);
    });

    it('has values that its schema takes, and objects that Kubernetes takes', async () => {
      expect(await checkValues(rendered.values, schema)).toEqual([]);
      expect(errors).toEqual([]);
      const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(names.length).toBeGreaterThan(3);
      expect(new Set(names).size).toBe(names.length);
      expect(rendered.files['templates/NOTES.txt']).not.toMatch(/\n\n\n/);
    });

    it('lets pods do what they have to and no more', () => {
      for (const { spec } of deploymentsOf(objects)) {
        const pod = spec.template.spec;
        expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
        for (const container of [...pod.initContainers, ...pod.containers]) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          expect(container.volumeMounts.map(({ name }) => name)).toEqual(pod.volumes.map(({ name }) => name));
          expect(container.resources).toMatchObject({
            requests: { cpu: expect.anything(), memory: expect.anything() },
            limits: { memory: expect.anything() },
          });
        }
      }
    });

    it('has secrets by reference alone', () => {
      for (const { spec } of deploymentsOf(objects)) {
        const { initContainers, containers } = spec.template.spec;
        for (const { name, value } of [...initContainers, ...containers].flatMap(({ env }) => env)) {
          if (/DATABASE|PASSWORD|SECRET$/.test(name)) expect(value, name).toBeUndefined();
          if (name === 'FLEETGAUGE_MASTER_KEY') expect(value ?? 'arn:').toMatch(/^(arn:|projects\/)/);
        }
      }
    });

    it('selects the pods of one component each', () => {
      const pods = deploymentsOf(objects).map(({ spec }) => spec.template.metadata.labels);
      const selectors = objects.flatMap(selectorsOf);
      expect(selectors.length).toBeGreaterThan(pods.length);
      for (const selector of selectors) {
        const chosen = pods.filter((labels) => Object.entries(selector).every(([key, value]) => labels[key] === value));
        expect(chosen).toHaveLength(1);
      }
    });
  });

  it.each([
    { values: {}, reason: /database\.existingSecret/ },
    { values: { database: least.database }, reason: /masterKey\.existingSecret or masterKey\.kmsKey/ },
    { values: { ...least, admin: { email: 'ann@corp.example' } }, reason: /admin\.existingSecret or oidc\.issuer/ },
    { values: { ...least, oidc: { issuer: 'https://login.corp.example' } }, reason: /oidc\.clientId/ },
    { values: { ...least, ingress: { enabled: true } }, reason: /server\.publicUrl/ },
    {
      values: { ...least, autoscaling: { enabled: true, trigger: 'prometheus' } },
      reason: /autoscaling\.prometheus\.serverAddress/,
    },
  ])('is not rendered without $reason', async ({ values, reason }) => {
    await expect(renderer.render(values)).rejects.toThrow(reason);
  });

  it.each([
    { server: { replica: 3 } },
    { server: { publicUrl: 'https://corp.example/gauge' } },
    { server: { trustedProxies: ['proxy.corp.example'] } },
    { worker: { tasks: 0 } },
    { image: { tag: 'latest' } },
    { masterKey: { kmsKey: 'key/0b1f8f0a' } },
    { admin: { email: 'ann' } },
    { oidc: { newUsers: 'root' } },
    { autoscaling: { trigger: 'cpu' } },
    { plugin: { generation: 'v3' } },
    { replicas: 3 },
  ])('has a schema that refuses %j', async (values) => {
    expect(await checkValues(values, schema)).toHaveLength(1);
  });

  it('keeps the number of workers to whoever scales them', async () => {
    const scaled = await objectsFor(valueSets['workers by the database']);
    const worker = deploymentOf(scaled, 'worker');
    expect(worker.spec.replicas).toBeUndefined();
    expect(scaledObjectOf(scaled).spec.scaleTargetRef.name).toBe(worker.metadata.name);
    expect(deploymentOf(await objectsFor(least), 'worker').spec.replicas).toBe(2);
  });

  it('has workers that are watched on a port of theirs', async () => {
    const [{ args, ports, ...probes }] = deploymentOf(await objectsFor(least), 'worker').spec.template.spec.containers;
    const [port] = ports;
    expect(args).toContain(`--port=${port?.containerPort}`);
    for (const probe of [probes.startupProbe, probes.livenessProbe, probes.readinessProbe]) {
      expect(probe?.httpGet?.port).toBe(port?.name);
    }
  });

  it('leads from the host of the public address to the port that servers listen on', async () => {
    const objects = await objectsFor(valueSets['AWS: KMS, workload identity, an Ingress, OpenID']);
    const { spec } = Ingress.parse(objects.find(({ kind }) => kind === 'Ingress'));
    const [{ host, http }] = spec.rules;
    expect(host).toBe('gauge.corp.example');
    const [{ backend }] = http.paths;
    const service = Service.parse(
      objects.find(({ metadata, kind }) => kind === 'Service' && metadata.name === backend.service.name),
    );
    const [port] = service.spec.ports;
    expect(port.name).toBe(backend.service.port.name);
    const [server] = deploymentOf(objects, 'server').spec.template.spec.containers;
    expect(server.ports.map(({ name }) => name)).toContain(port.targetPort);
  });

  it('says how to add the first user unless it does so itself', async () => {
    const notes = async (values: object) => (await renderer.render(values)).files['templates/NOTES.txt'];
    expect(await notes(least)).toContain('exec -it deploy/gauge-fleetgauge-worker -- node bin/fleetgauge.cjs user add');
    expect(await notes(withAdmin)).not.toContain('user add');
  });
});

const Ingress = z.object({
  spec: z.object({
    rules: z.tuple([
      z.object({
        host: z.string(),
        http: z.object({
          paths: z.tuple([
            z.object({
              backend: z.object({ service: z.object({ name: z.string(), port: z.object({ name: z.string() }) }) }),
            }),
          ]),
        }),
      }),
    ]),
  }),
});

const Service = z.object({
  spec: z.object({ ports: z.tuple([z.object({ name: z.string(), targetPort: z.string() })]) }),
});

const Labels = z.record(z.string(), z.string());
const MatchLabels = z.object({ matchLabels: Labels });
const Selecting = z.object({
  selector: z.union([MatchLabels, Labels]).optional(),
  podSelector: MatchLabels.optional(),
});

/** Of pods, in an object of any kind. */
function selectorsOf({ spec }: AnyObject): z.infer<typeof Labels>[] {
  const { selector, podSelector } = Selecting.parse(spec ?? {});
  return [selector, podSelector].flatMap((one) => {
    if (one === undefined) return [];
    const nested = MatchLabels.safeParse(one);
    return [nested.success ? nested.data.matchLabels : Labels.parse(one)];
  });
}
