/** What the tiers that need a network need beside the configuration. */
export interface OnlineInputs {
  /** Where relative paths start. */
  readonly baseDirectory: string;
  /** Secret stores may be asked over plain http beyond this machine. */
  readonly allowPlainHttp?: boolean;
  readonly now: Date;
  readonly signal?: AbortSignal;
}
