/** A fault with the number that the server would give it. */
export class TdsFault extends Error {
  constructor(
    readonly number: number,
    message: string,
  ) {
    super(message);
  }
}

/** A stream that breaks the protocol: what the server says of it before it hangs up. */
export class TdsProtocolFault extends TdsFault {}

/** @throws TdsProtocolFault 4002 unless the stream is as it has to be */
export function demand(isRight: boolean, what: string): asserts isRight {
  if (!isRight) throw new TdsProtocolFault(4002, `The incoming protocol stream is incorrect: ${what}`);
}

/** @throws TdsProtocolFault 8016 for a parameter whose lengths are not those of its type */
export function demandLength(isRight: boolean, what: string): asserts isRight {
  if (!isRight) throw new TdsProtocolFault(8016, `Invalid data length or metadata length: ${what}`);
}
