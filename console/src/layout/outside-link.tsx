import type { ReactNode } from 'react';

/** A link out of the console where it is one to the web; whatever else somebody wrote there leads nowhere. */
export function OutsideLink({ href, children }: { href: string | undefined; children: ReactNode }) {
  if (href === undefined || !isWebAddress(href)) return <>{children}</>;
  return (
    <a href={href} rel="noopener noreferrer" target="_blank">
      {children}
    </a>
  );
}

export function isWebAddress(href: string): boolean {
  return URL.canParse(href) && ['http:', 'https:'].includes(new URL(href).protocol);
}
