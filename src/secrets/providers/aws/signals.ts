import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/**
 * The signals of commands, on their way beside the client. It sets up its chain of steps anew for every command that is
 * sent with options, such as a signal; without any it keeps one chain for all commands of a kind (`cacheMiddleware`).
 */
export class CommandSignals {
  /** By the input of a command first, and by its request then. */
  readonly #signals = new WeakMap<object, AbortSignal>();

  /** @returns the command, to be sent without options */
  attach<C extends { readonly input: object }>(command: C, signal: AbortSignal): C {
    this.#signals.set(command.input, signal);
    return command;
  }

  /** The signal of a request that the client sends for a command; undefined for a login. */
  of(request: object): AbortSignal | undefined {
    return this.#signals.get(request);
  }

  /** Has the client hand each signal on from input to request, as its last step: to sign is to make a new request. */
  follow(client: SecretsManagerClient): void {
    client.middlewareStack.add(
      (next) => (args) => {
        const signal = this.#signals.get(args.input);
        if (signal) this.#signals.set(args.request as object, signal);
        return next(args);
      },
      { step: 'deserialize', priority: 'low', name: 'signals' },
    );
  }
}
