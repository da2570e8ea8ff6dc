import type { SignIn } from '#model/sign-in.ts';

/** By a token. Light: the command line loads it for its help, so no SDK may be imported here. */
export const signIn: SignIn = {
  flags: [
    {
      name: 'endpoint',
      value: 'url',
      description: 'where the API is; its token is taken from TEMPLATE_CLOUD_TOKEN, --secret-stdin or a prompt',
      fallback: 'https://api.template-cloud.example',
    },
  ],
  secretFrom: async ({ endpoint }, ask) => ({ endpoint, token: await ask('token', 'TEMPLATE_CLOUD_TOKEN') }),
};
