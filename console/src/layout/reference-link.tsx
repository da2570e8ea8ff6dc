import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Reference } from './read-field.ts';

interface ReferenceLinkProps {
  readonly reference: Reference | undefined;
  /** What it is called there. */
  readonly id: string | undefined;
  readonly children: ReactNode;
}

/** To what a value names, where it is something that this inventory has. */
export function ReferenceLink({ reference, id, children }: ReferenceLinkProps) {
  const field = reference && fieldOf(reference);
  if (field === undefined || id === undefined || id === '') return <>{children}</>;
  return (
    <Link to="/servers" search={{ type: 'all', q: `${field}:"${id.replaceAll('"', '')}"` }}>
      {children}
    </Link>
  );
}

/** The field of the query that finds it. */
function fieldOf({ type, key }: Reference): string | undefined {
  switch (type) {
    case 'identity.Provider':
      return 'provider';
    case 'inventory.Region':
      return 'region';
    case 'inventory.Server':
    case 'inventory.CloudService':
      // Other keys are of Cloudforet's own database, or of records that nobody measures.
      return key === 'reference.resource_id' ? 'id' : undefined;
    default:
      return undefined;
  }
}
