/** The server takes the same paths; see its sign-in by OpenID. */
const ownPath = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;
const longest = 1000;

/** Where to go after signing in: never to another host, and not back to the sign-in page. */
export function nextPath(wanted: string | undefined): string {
  const isGood = wanted !== undefined && wanted.length <= longest && ownPath.test(wanted);
  return isGood && !/^\/login(?:[/?#]|$)/.test(wanted) ? wanted : '/';
}
