/** Where a cloud's services answer, and the audiences that tokens are asked for. */
export interface Endpoints {
  /** Entra ID. */
  readonly authority: string;
  readonly resourceManager: string;
  /** With `{region}` for the name of a region. */
  readonly metrics: string;
  /** Microsoft Graph. */
  readonly graph: string;
}

export interface Cloud extends Endpoints {
  readonly portal: string;
  readonly audiences: { readonly resourceManager: string; readonly metrics: string; readonly graph: string };
}

/** Source: Azure documentation, "Azure Government developer guide" and "Azure China endpoints"; audiences: @azure/monitor-query-metrics. */
export const clouds = {
  public: {
    authority: 'https://login.microsoftonline.com',
    resourceManager: 'https://management.azure.com',
    metrics: 'https://{region}.metrics.monitor.azure.com',
    graph: 'https://graph.microsoft.com',
    portal: 'https://portal.azure.com',
    audiences: {
      resourceManager: 'https://management.azure.com',
      metrics: 'https://metrics.monitor.azure.com',
      graph: 'https://graph.microsoft.com',
    },
  },
  china: {
    authority: 'https://login.chinacloudapi.cn',
    resourceManager: 'https://management.chinacloudapi.cn',
    metrics: 'https://{region}.metrics.monitor.azure.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    portal: 'https://portal.azure.cn',
    audiences: {
      resourceManager: 'https://management.chinacloudapi.cn',
      metrics: 'https://metrics.monitor.azure.cn',
      graph: 'https://microsoftgraph.chinacloudapi.cn',
    },
  },
  government: {
    authority: 'https://login.microsoftonline.us',
    resourceManager: 'https://management.usgovcloudapi.net',
    metrics: 'https://{region}.metrics.monitor.azure.us',
    graph: 'https://graph.microsoft.us',
    portal: 'https://portal.azure.us',
    audiences: {
      resourceManager: 'https://management.usgovcloudapi.net',
      metrics: 'https://metrics.monitor.azure.us',
      graph: 'https://graph.microsoft.us',
    },
  },
} as const satisfies Record<string, Cloud>;

export type CloudName = keyof typeof clouds;
export const cloudNames = ['public', 'china', 'government'] as const satisfies readonly CloudName[];
