/**
 * CloudWatch tells a metric's unit only with its points, one call a metric; what is known beforehand is here instead.
 * Sources: EC2 user guide, "List the available CloudWatch metrics"; EBS user guide, "CloudWatch metrics for Amazon EBS";
 * CloudWatch user guide, "Metrics collected by the CloudWatch agent"; the monitoring chapters of RDS, Lambda, ElastiCache and
 * Elastic Load Balancing.
 */
const units: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'AWS/EC2': {
    Percent: ['CPUUtilization'],
    Bytes: ['NetworkIn', 'NetworkOut', 'DiskReadBytes', 'DiskWriteBytes', 'EBSReadBytes', 'EBSWriteBytes'],
    Count: [
      'NetworkPacketsIn',
      'NetworkPacketsOut',
      'DiskReadOps',
      'DiskWriteOps',
      'EBSReadOps',
      'EBSWriteOps',
      'CPUCreditUsage',
      'CPUCreditBalance',
      'CPUSurplusCreditBalance',
      'CPUSurplusCreditsCharged',
      'MetadataNoToken',
      'StatusCheckFailed',
      'StatusCheckFailed_Instance',
      'StatusCheckFailed_System',
      'StatusCheckFailed_AttachedEBS',
    ],
  },
  'AWS/EBS': {
    Bytes: ['VolumeReadBytes', 'VolumeWriteBytes'],
    Count: ['VolumeReadOps', 'VolumeWriteOps', 'VolumeQueueLength', 'VolumeConsumedReadWriteOps'],
    Seconds: ['VolumeTotalReadTime', 'VolumeTotalWriteTime', 'VolumeIdleTime'],
    Percent: ['VolumeThroughputPercentage', 'BurstBalance'],
  },
  CWAgent: {
    Percent: [
      'mem_used_percent',
      'mem_available_percent',
      'disk_used_percent',
      'swap_used_percent',
      'cpu_usage_active',
      'cpu_usage_idle',
      'cpu_usage_iowait',
      'cpu_usage_system',
      'cpu_usage_user',
      'Memory % Committed Bytes In Use',
      'LogicalDisk % Free Space',
      'Paging File % Usage',
      'PhysicalDisk % Disk Time',
      'Processor % Idle Time',
      'Processor % Interrupt Time',
      'Processor % User Time',
    ],
    Bytes: [
      'mem_active',
      'mem_available',
      'mem_buffered',
      'mem_cached',
      'mem_free',
      'mem_inactive',
      'mem_total',
      'mem_used',
      'disk_free',
      'disk_total',
      'disk_used',
      'diskio_read_bytes',
      'diskio_write_bytes',
      'net_bytes_recv',
      'net_bytes_sent',
      'swap_free',
      'swap_used',
    ],
    Count: [
      'disk_inodes_free',
      'disk_inodes_total',
      'disk_inodes_used',
      'diskio_reads',
      'diskio_writes',
      'net_packets_recv',
      'net_packets_sent',
      'netstat_tcp_established',
      'processes_running',
      'processes_total',
    ],
  },
  'AWS/RDS': {
    Percent: ['CPUUtilization'],
    Bytes: ['FreeableMemory', 'FreeStorageSpace', 'SwapUsage'],
    Count: ['DatabaseConnections', 'DiskQueueDepth'],
    'Count/Second': ['ReadIOPS', 'WriteIOPS'],
    'Bytes/Second': ['ReadThroughput', 'WriteThroughput', 'NetworkReceiveThroughput', 'NetworkTransmitThroughput'],
    Seconds: ['ReadLatency', 'WriteLatency', 'ReplicaLag'],
  },
  'AWS/Lambda': {
    Milliseconds: ['Duration', 'IteratorAge'],
    Count: ['Invocations', 'Errors', 'Throttles', 'ConcurrentExecutions'],
  },
  'AWS/ElastiCache': {
    Percent: ['CPUUtilization', 'EngineCPUUtilization', 'DatabaseMemoryUsagePercentage'],
    Bytes: ['BytesUsedForCache', 'FreeableMemory', 'NetworkBytesIn', 'NetworkBytesOut', 'SwapUsage'],
    Count: ['CurrConnections', 'NewConnections', 'Evictions', 'CacheHits', 'CacheMisses', 'CurrItems'],
  },
  'AWS/ApplicationELB': {
    Count: ['RequestCount', 'ActiveConnectionCount', 'NewConnectionCount', 'HealthyHostCount', 'UnHealthyHostCount'],
    Bytes: ['ProcessedBytes'],
    Seconds: ['TargetResponseTime'],
  },
};

const unitByMetric: ReadonlyMap<string, string> = new Map(
  Object.entries(units).flatMap(([namespace, byUnit]) =>
    Object.entries(byUnit).flatMap(([unit, metrics]) =>
      metrics.map((metric): [string, string] => [`${namespace} ${metric}`, unit]),
    ),
  ),
);

/** In CloudWatch's words; undefined for a metric that is not in the table. */
export function unitOf(namespace: string, metric: string): string | undefined {
  return unitByMetric.get(`${namespace} ${metric}`);
}
