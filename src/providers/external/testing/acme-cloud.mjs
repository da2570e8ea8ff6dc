/** A provider from outside, in plain JavaScript: all that it is made with is handed in. */
export default function acmeCloud(kit) {
  const { z, CollectError, defineProvider, noCost, serverType } = kit;
  const Secret = z.strictObject({ endpoint: z.url(), token: z.string().min(1) });
  const Servers = z.object({
    servers: z.array(
      z.object({
        id: z.string(),
        region: z.string(),
        state: z.enum(['running', 'stopped', 'deleted']),
        created: z.number(),
      }),
    ),
    next: z.string().optional(),
  });
  const Metrics = z.object({
    days: z.array(
      z.object({
        id: z.string(),
        day: z.int(),
        mean: z.number(),
        max: z.number(),
        min: z.number(),
        seconds: z.number(),
      }),
    ),
    failed: z.array(z.object({ id: z.string(), message: z.string() })),
  });
  const states = { running: 'RUNNING', stopped: 'STOPPED', deleted: 'TERMINATED' };
  const codes = { 401: 'secret_rejected', 403: 'access_denied', 429: 'rate_limited' };

  function parseSecret(input) {
    const parsed = Secret.safeParse(input);
    if (parsed.success) return parsed.data;
    throw new CollectError('invalid_input', `Acme credentials: ${parsed.error.issues[0].path.join('.') || 'secret'}`);
  }

  async function connect(input, { gate, signal: connectSignal }) {
    const { endpoint, token } = parseSecret(input);
    const ask = (api, path, schema, signal) =>
      gate.send(
        { api, account: 'acme', region: 'global' },
        async (trySignal) => {
          const response = await fetch(endpoint + path, {
            headers: { authorization: `Bearer ${token}` },
            signal: trySignal,
          }).catch((caught) => {
            throw trySignal.aborted ? caught : new CollectError('unavailable', `${api}: no connection`);
          });
          if (!response.ok) {
            const code = codes[response.status] ?? 'unavailable';
            throw new CollectError(code, `${api}: HTTP ${response.status}`, { fix: 'check the token and its scopes' });
          }
          const parsed = schema.safeParse(await response.json().catch(() => undefined));
          if (!parsed.success) throw new CollectError('malformed_reply', `${api}: the answer is malformed`);
          return parsed.data;
        },
        signal,
      );
    const { account } = await ask('acme:account', '/account', z.object({ account: z.string() }), connectSignal);
    const fleet = {
      provider: 'acme_cloud',
      account,
      isRegional: false,
      batchSize: 100,
      regions: async () => ['global'],
      async *resources(_region, _types, signal) {
        for (let page = ''; page !== undefined; ) {
          const reply = await ask('acme:servers', `/servers?page=${page}`, Servers, signal);
          yield reply.servers.map(({ id, region, state, created }) => ({
            provider: 'acme_cloud',
            group: 'Acme',
            type: 'Server',
            account,
            region,
            id,
            name: id,
            state: states[state],
            instanceType: 'small',
            createdAt: created,
            metrics: ['cpu.utilization'],
            tags: {},
            constants: {},
          }));
          page = reply.next;
        }
      },
      survey: async () => undefined,
      surveyCost: () => noCost,
      plan(wants) {
        const isNew = ({ resource, days }) => resource.createdAt >= kit.startOf(days.to);
        const requests = [];
        for (const own of Map.groupBy(
          wants.filter((want) => !isNew(want)),
          ({ days }) => `${days.from} ${days.to}`,
        ).values())
          for (let at = 0; at < own.length; at += 100) {
            const some = own.slice(at, at + 100);
            requests.push({
              region: 'global',
              days: some[0].days,
              covers: some.map(({ resource, keys }) => ({ resourceId: resource.id, keys })),
              cost: { ...noCost, calls: 1, metrics: some.length },
            });
          }
        const unasked = wants
          .filter(isNew)
          .flatMap(({ resource, keys }) => keys.map((key) => ({ resourceId: resource.id, key, reason: 'too_new' })));
        return { requests, unasked, reserve: noCost };
      },
      join: (followUps) => followUps,
      async fetch({ days, covers }, signal) {
        const path = `/metrics?ids=${covers.map(({ resourceId }) => resourceId)}&from=${days.from}&to=${days.to}`;
        const reply = await ask('acme:metrics', path, Metrics, signal);
        const failed = new Map(reply.failed.map(({ id, message }) => [id, message]));
        const outcomes = covers.flatMap(({ resourceId, keys }) => keys.map((key) => ({ resourceId, key })));
        return {
          answers: outcomes
            .filter(({ resourceId }) => !failed.has(resourceId))
            .map((outcome) => {
              const cells = new Map([...kit.daysOf(days)].map((day) => [day, kit.emptyCell]));
              for (const { id, day, mean, max, min, seconds } of reply.days)
                if (id === outcome.resourceId) cells.set(day, { sum: mean * seconds, seconds, max, min });
              return { ...outcome, cells };
            }),
          failures: outcomes
            .filter(({ resourceId }) => failed.has(resourceId))
            .map((outcome) => {
              const error = new CollectError('unavailable', failed.get(outcome.resourceId));
              return { ...outcome, reason: kit.reasonOf(error), error };
            }),
          followUps: [],
        };
      },
      source: () => ({ source: 'Acme cpu', period: kit.daySeconds }),
    };
    return { principal: account, fleets: [fleet], close() {} };
  }

  return {
    id: 'acme_cloud',
    alias: 'acme',
    signIn: {
      flags: [{ name: 'endpoint', value: 'url', description: 'where its API is; the token is taken from ACME_TOKEN' }],
      secretFrom: async ({ endpoint }, ask) => ({ endpoint, token: await ask('token', 'ACME_TOKEN') }),
    },
    load: async () =>
      defineProvider({
        id: 'acme_cloud',
        name: 'Acme Cloud',
        types: [{ id: serverType, label: 'Server', group: 'Acme', type: 'Server', metrics: ['cpu.utilization'] }],
        statistics: ['avg', 'max', 'min'],
        regionForm: /^[a-z]+-\d$/,
        metricApi: 'acme:metrics',
        limits: {
          'acme:account': { perSecond: 5, timeoutMs: 10_000 },
          'acme:servers': { perSecond: 5, timeoutMs: 10_000 },
          'acme:metrics': { perSecond: 5, timeoutMs: 10_000 },
        },
        prices: [],
        permissions: [],
        metricTable: [
          {
            type: serverType,
            key: 'cpu.utilization',
            native: 'cpu',
            statistic: 'mean, max',
            unit: 'percent',
            source: 'Acme',
          },
        ],
        parseSecret,
        connect,
      }),
  };
}
