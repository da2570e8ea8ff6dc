import type { Clock } from '#collect/clock.ts';
import { awsSource } from './aws/source.ts';
import { azureSource } from './azure/source.ts';
import { createDataSource, type DataSource } from './data-source.ts';
import { googleCloudSource } from './google_cloud/source.ts';

/** Every provider that has a data source. Adding one is a folder and a line here. */
export const sources: Readonly<Record<string, (clock: Clock) => DataSource>> = {
  aws: (clock) => createDataSource(awsSource, clock),
  azure: (clock) => createDataSource(azureSource, clock),
  google_cloud: (clock) => createDataSource(googleCloudSource, clock),
};

export const dataSourceProviders: readonly string[] = Object.keys(sources);
