/** One service in the platform's configuration. */
export interface ServiceUrls {
  readonly service: string;
  readonly name: string;
  readonly url: string;
}

/** The services of the simulation, all on one port, and one that nobody listens for. */
export function serviceUrls(port: number): readonly ServiceUrls[] {
  const url = `grpc://127.0.0.1:${port}`;
  return [
    { service: 'identity', name: 'Identity Service', url },
    { service: 'cost_analysis', name: 'Cost Analysis Service', url: 'grpc://127.0.0.1:1' },
    { service: 'inventory', name: 'Inventory Service', url },
    { service: 'monitoring', name: 'Monitoring Service', url },
  ];
}
