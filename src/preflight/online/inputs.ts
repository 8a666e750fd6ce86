/** What the tiers that need a network need beside the configuration. */
export interface OnlineInputs {
  /** Where relative paths start. */
  readonly baseDirectory: string;
  readonly now: Date;
  readonly signal?: AbortSignal;
}
