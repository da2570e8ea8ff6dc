import type { Luck } from '../fleet/luck.ts';
import type { TokenBuckets } from '../fleet/token-buckets.ts';
import { ApiError, quotaExceeded, serverError, serviceDisabled } from './errors.ts';
import { type Faults, namesPlace } from './faults.ts';
import type { Principal } from './identities.ts';
import type { SimProject } from './projects.ts';
import { quotas } from './quota.ts';
import type { ServiceName } from './services.ts';

/** A call whose sender is known, about to be let in or not. */
export interface Visitor {
  readonly service: ServiceName;
  /** Demanded in the project, such as `compute.instances.list`. */
  readonly permission: string;
  /** As the request has it. */
  readonly projectName: string;
  /** Undefined for a name that no project has. */
  readonly project: SimProject | undefined;
  readonly principal: Principal;
  readonly faults: Faults;
}

/** Lets a call into a project, or refuses it for what Google would. @throws ApiError */
export function letIn(visitor: Visitor, buckets: TokenBuckets): SimProject {
  const { service, project, principal, faults } = visitor;
  if (project === undefined) throw strange(visitor);
  if (project.disabled?.includes(service) || namesPlace(faults.disabled, service, project.id)) {
    throw serviceDisabled(service, project.number);
  }
  const quota = quotas[service];
  if (quota && !buckets.take(`${service}/${project.id}`, quota, 1, faults.quotaMultiplier)) {
    throw quotaExceeded(service, quota.name, project.number);
  }
  if (!principal.reads || namesPlace(faults.denied, service, project.id)) throw forbidden(visitor);
  return project;
}

/** Fails a call by luck. @throws ApiError */
export function failByLuck(service: ServiceName, projectNumber: string, faults: Faults, luck: Luck): void {
  const { throttleStorm, serverErrorRate } = faults;
  if (throttleStorm && luck.turn % throttleStorm.every < throttleStorm.lasts) {
    throw quotaExceeded(service, quotas[service]?.name ?? 'Requests', projectNumber);
  }
  if (luck.draw('server error') < serverErrorRate) {
    throw serverError(luck.draw('which error') < 0.5 ? 'INTERNAL' : 'UNAVAILABLE');
  }
}

function strange(visitor: Visitor): ApiError {
  if (visitor.service !== 'compute') return forbidden(visitor);
  const message = `The resource 'projects/${visitor.projectName}' was not found`;
  return new ApiError('NOT_FOUND', message, { reason: 'notFound' });
}

function forbidden({ service, permission, projectName }: Visitor): ApiError {
  switch (service) {
    case 'compute': {
      const message = `Required '${permission}' permission for 'projects/${projectName}'`;
      return new ApiError('PERMISSION_DENIED', message, { reason: 'forbidden' });
    }
    case 'monitoring':
      return new ApiError('PERMISSION_DENIED', `Permission ${permission} denied (or the resource may not exist).`);
    case 'sqladmin':
      return new ApiError('PERMISSION_DENIED', 'The client is not authorized to make this request.', {
        reason: 'notAuthorized',
      });
    default:
      return new ApiError('PERMISSION_DENIED', 'The caller does not have permission');
  }
}
