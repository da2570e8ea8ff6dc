import { z } from 'zod';

/** Of Kubernetes' objects, what is run and looked at here. */
const Env = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) }).optional(),
});

const HttpGet = z.object({
  path: z.string(),
  port: z.string(),
  httpHeaders: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
});

const Probe = z.object({
  httpGet: HttpGet.optional(),
  grpc: z.object({ port: z.number() }).optional(),
  timeoutSeconds: z.number().default(1),
});

export type Probe = z.infer<typeof Probe>;

const Container = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()),
  env: z.array(Env).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
  securityContext: z.record(z.string(), z.unknown()),
  resources: z.object({
    requests: z.record(z.string(), z.unknown()),
    limits: z.record(z.string(), z.unknown()),
  }),
  startupProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
  readinessProbe: Probe.optional(),
});
export type Container = z.infer<typeof Container>;

const Labels = z.record(z.string(), z.string());

const Deployment = z.object({
  kind: z.literal('Deployment'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    replicas: z.number().optional(),
    selector: z.object({ matchLabels: Labels }),
    template: z.object({
      metadata: z.object({ labels: Labels }),
      spec: z.object({
        serviceAccountName: z.string(),
        terminationGracePeriodSeconds: z.number(),
        securityContext: z.record(z.string(), z.unknown()),
        volumes: z.array(z.object({ name: z.string(), emptyDir: z.object({}) })),
        initContainers: z.array(Container).default([]),
        containers: z.tuple([Container]),
      }),
    }),
  }),
});
export type Deployment = z.infer<typeof Deployment>;

const ScaledObject = z.object({
  kind: z.literal('ScaledObject'),
  spec: z.object({
    scaleTargetRef: z.object({ name: z.string() }),
    triggers: z.tuple([z.object({ type: z.string(), metadata: z.record(z.string(), z.string()) })]),
  }),
});

const AnyObject = z.looseObject({
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
  spec: z.unknown().optional(),
});
export type AnyObject = z.infer<typeof AnyObject>;

export function readObjects(objects: readonly unknown[]): AnyObject[] {
  return objects.map((object) => AnyObject.parse(object));
}

export function deploymentsOf(objects: readonly AnyObject[]): Deployment[] {
  return objects.filter(({ kind }) => kind === 'Deployment').map((object) => Deployment.parse(object));
}

/** @throws Error where there is none of this component */
export function deploymentOf(objects: readonly AnyObject[], component: string): Deployment {
  const found = deploymentsOf(objects).find(({ metadata }) => metadata.name.endsWith(`-${component}`));
  if (found === undefined) throw new Error(`no Deployment of a ${component}`);
  return found;
}

export function scaledObjectOf(objects: readonly AnyObject[]): z.infer<typeof ScaledObject> {
  return ScaledObject.parse(objects.find(({ kind }) => kind === 'ScaledObject'));
}
