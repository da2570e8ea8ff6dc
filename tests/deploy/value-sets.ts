/** What an installation has to say at the least: where its secrets are. */
export const least = {
  database: { existingSecret: 'gauge-database' },
  masterKey: { existingSecret: 'gauge-master-key' },
};

/** The first admin comes by password. */
export const withAdmin = { ...least, admin: { email: 'ann@corp.example', existingSecret: 'gauge-admin' } };

/** Values of installations, by what they want. */
export const valueSets = {
  least,
  'a first admin': withAdmin,
  'AWS: KMS, workload identity, an Ingress, OpenID': {
    ...least,
    masterKey: { kmsKey: 'arn:aws:kms:eu-west-1:210000000001:key/0b1f8f0a-1f4e-4e0e-9a7b-1d6c5f8e2a33' },
    admin: { email: 'ann@corp.example' },
    oidc: {
      issuer: 'https://login.corp.example/',
      clientId: 'fleetgauge',
      existingSecret: 'gauge-oidc',
      name: 'Corp',
      newUsers: 'viewer',
      trustEmail: true,
    },
    serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::210000000001:role/fleetgauge' } },
    server: { publicUrl: 'https://gauge.corp.example:8443', trustedProxies: ['10.0.0.0/8', 'fd00::1'] },
    ingress: {
      enabled: true,
      className: 'nginx',
      tlsSecret: 'gauge-tls',
      annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600' },
    },
  },
  'Google: Cloud KMS, workload identity': {
    ...withAdmin,
    masterKey: { kmsKey: 'projects/acme/locations/europe-west1/keyRings/gauge/cryptoKeys/master' },
    serviceAccount: { annotations: { 'iam.gke.io/gcp-service-account': 'fleetgauge@acme.iam.gserviceaccount.com' } },
  },
  'workers by the database': { ...least, autoscaling: { enabled: true, minReplicas: 0, maxReplicas: 40 } },
  'workers by Prometheus': {
    ...least,
    autoscaling: { enabled: true, trigger: 'prometheus', prometheus: { serverAddress: 'http://prometheus:9090' } },
  },
  'all that can be turned': {
    ...withAdmin,
    image: { repository: 'registry.corp.example/fleetgauge', tag: '0.1.0-7', pullPolicy: 'Always' },
    imagePullSecrets: [{ name: 'pull' }],
    fullnameOverride: 'utilisation',
    serviceAccount: { create: false, name: 'given' },
    podLabels: { team: 'yes' },
    podAnnotations: { 'sidecar.istio.io/inject': 'false' },
    nodeSelector: { 'kubernetes.io/arch': 'arm64' },
    tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'gauge', effect: 'NoSchedule' }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }],
        },
      },
    },
    extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }],
    worker: { replicas: 7, tasks: 12, terminationGracePeriodSeconds: 600 },
    plugin: { enabled: true, replicas: 3, generation: 'v1' },
    service: { type: 'NodePort', port: 4680, annotations: { 'prometheus.io/scrape': 'true' } },
    networkPolicy: {
      enabled: true,
      ingressFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }],
      databasePort: 6432,
      extraEgress: [{ ports: [{ port: 9090, protocol: 'TCP' }] }],
    },
  },
  'neither budgets nor policies': { ...least, podDisruptionBudget: { enabled: false }, server: { replicas: 1 } },
};
