import { aws } from './aws.ts';
import { azure } from './azure.ts';
import { googleCloud } from './google-cloud.ts';
import type { PlatformProvider } from './platform-provider.ts';

/** The clouds whose servers can be measured by way of the platform. */
export const platformProviders: readonly PlatformProvider[] = [aws, googleCloud, azure];
