import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Span, tracer } from '#model/span.ts';

/** Makes each request a span, where spans are wanted: by its route, since an address says what somebody looks for. */
export function traceRequests(app: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', (request, _reply, done) => {
    const to = tracer();
    if (to === undefined) return done();
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const attributes = { 'http.request.method': request.method, 'http.route': route, 'request.id': request.id };
    to.begin({ name: `${request.method} ${route}`, kind: 'server', attributes, from: request.headers }, (span) => {
      spans.set(request, span);
      done();
    });
  });
  app.addHook('onResponse', async (request, { statusCode }) => {
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': statusCode });
    if (statusCode >= 500) span?.fail(String(statusCode));
    span?.end();
  });
}
