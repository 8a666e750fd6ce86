/** Nobody: one list for all connections, since a driver asks whether it is the same one. */
const nobody: string[] = [];

interface Certificates {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
}

/**
 * Whom a connection trusts, as an option for `node:tls`: the authorities that the URL names, or without the option those
 * of Node.js. It is nobody where no one looks at the server's certificate, since to read those of Node.js takes as long
 * as Node.js takes to start. A certificate of one's own keeps them: its chain may lead through one of them.
 */
export function authorities({ ca, cert }: Certificates, verifies: boolean): { ca?: string | string[] } {
  if (ca !== undefined) return { ca };
  return verifies || cert !== undefined ? {} : { ca: nobody };
}
