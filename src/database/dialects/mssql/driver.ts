import { checkServerIdentity, type TLSSocket } from 'node:tls';
import type * as tedious from 'tedious';
import type { Connection, ConnectionConfiguration } from 'tedious';
import type { MssqlTls } from './tls.js';

export type Driver = typeof tedious;

/** A fault that the driver itself would not notice. `code` is read by `classify`. */
class DriverFault extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** A chain that is trusted, and a certificate for this very address. */
function checkAddress(socket: TLSSocket, address: string): void {
  const fault: unknown = socket.authorizationError;
  if (!socket.authorized && String(fault) !== 'ERR_TLS_CERT_ALTNAME_INVALID') {
    throw new DriverFault(String(fault));
  }
  if (checkServerIdentity(address, socket.getPeerCertificate())) {
    throw new DriverFault('ERR_TLS_CERT_ALTNAME_INVALID');
  }
}

/**
 * The driver's connection, which sends the login in the clear when it asked for TLS and the server has none. This one
 * goes no further.
 */
function connectionClass(driver: Driver, tls: MssqlTls): typeof Connection {
  return class extends driver.Connection {
    override async performTlsNegotiation(
      ...[prelogin, signal]: Parameters<Connection['performTlsNegotiation']>
    ): Promise<void> {
      if (tls.encrypt === true && !/^(ON|REQ)$/.test(prelogin.encryptionString)) {
        throw new DriverFault('TMI_NO_TLS');
      }
      await super.performTlsNegotiation(prelogin, signal);
      const socket = this.messageIo.securePair?.cleartext;
      if (socket && tls.address !== undefined) checkAddress(socket, tls.address);
    }
  };
}

/** The numbers that tell why a login failed; what follows says only that it did. */
const telling = (numbers: readonly number[]): number | undefined =>
  numbers.find((number) => number !== 18456) ?? numbers[0];

/** Logs in. The driver's error of a refused login gets the number that the server sent. */
export function openConnection(
  driver: Driver,
  configuration: ConnectionConfiguration,
  tls: MssqlTls,
): Promise<Connection> {
  const connection = new (connectionClass(driver, tls))(configuration);
  const numbers: number[] = [];
  const onErrorMessage = ({ number }: { number: number }): void => void numbers.push(number);
  connection.on('errorMessage', onErrorMessage);
  return new Promise((resolve, reject) => {
    connection.connect((error) => {
      connection.off('errorMessage', onErrorMessage);
      if (!error) return resolve(connection);
      reject(Object.assign(error, { number: telling(numbers) }));
    });
  });
}

/** How the connection is encrypted, such as `TLSv1.2`; undefined when it is not. */
export function tlsProtocol({ messageIo }: Connection): string | undefined {
  const socket = messageIo.securePair?.cleartext ?? messageIo.socket;
  return 'getProtocol' in socket ? (socket.getProtocol() ?? undefined) : undefined;
}
