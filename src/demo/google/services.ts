/** The APIs that the simulation speaks, and what each is called in errors. */
export const services = {
  oauth2: { host: 'oauth2.googleapis.com', title: 'OAuth 2.0' },
  sts: { host: 'sts.googleapis.com', title: 'Security Token Service API' },
  iamcredentials: { host: 'iamcredentials.googleapis.com', title: 'IAM Service Account Credentials API' },
  metadata: { host: 'metadata.google.internal', title: 'Metadata server' },
  cloudresourcemanager: { host: 'cloudresourcemanager.googleapis.com', title: 'Cloud Resource Manager API' },
  compute: { host: 'compute.googleapis.com', title: 'Compute Engine API' },
  monitoring: { host: 'monitoring.googleapis.com', title: 'Cloud Monitoring API' },
  sqladmin: { host: 'sqladmin.googleapis.com', title: 'Cloud SQL Admin API' },
} as const;

export type ServiceName = keyof typeof services;
