import type { TracerConfig } from '@opentelemetry/sdk-trace-node';
import { type Span, type SpanAttributes, traceTo } from '#model/span.ts';
import { version } from './version.ts';

type Resource = NonNullable<TracerConfig['resource']>;

/** Sends what is left and stops. */
type Tracing = AsyncDisposable;

/**
 * Sends spans by OTLP over HTTP where OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT) says so; the other variables of
 * OpenTelemetry hold too. Nothing of it is loaded otherwise.
 */
export async function startTracing(env: NodeJS.ProcessEnv): Promise<Tracing | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = env;
  if (!(all || traces) || env.OTEL_SDK_DISABLED === 'true') return undefined;
  const [api, sdk, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const provider = new sdk.NodeTracerProvider({
    resource: resourceOf(env.OTEL_SERVICE_NAME || 'fleetgauge'),
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const { trace, context, propagation, SpanKind, SpanStatusCode } = api;
  const tracer = trace.getTracer('fleetgauge', version);
  const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };
  traceTo({
    begin({ name, kind, attributes, from }, within) {
      const parent = from === undefined ? context.active() : propagation.extract(context.active(), from);
      const started = tracer.startSpan(name, { kind: kinds[kind], attributes }, parent);
      const span: Span = {
        set: (more: SpanAttributes) => void started.setAttributes(more),
        fail(code) {
          started.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR });
        },
        end: () => started.end(),
      };
      return context.with(trace.setSpan(parent, started), () => within(span));
    },
  });
  return {
    async [Symbol.asyncDispose]() {
      traceTo(undefined);
      // A collector that is away is no reason for a command to fail.
      await provider.shutdown().catch(() => {});
    },
  };
}

/** Who sends. */
function resourceOf(name: string): Resource {
  const attributes = { 'service.name': name, 'service.version': version };
  const resource: Resource = {
    attributes,
    merge: (other) => other ?? resource,
    getRawAttributes: () => Object.entries(attributes),
  };
  return resource;
}
