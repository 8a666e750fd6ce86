import { deepFreeze } from '../values/deep-freeze.js';
import { administratorSettings } from './administrators.js';
import { alertingSettings } from './blocks/alerting.js';
import { authSettings } from './blocks/auth.js';
import { contentExtractorSettings } from './blocks/content-extractors.js';
import { contentOauthSettings } from './blocks/content-oauth.js';
import { contentSourceSettings } from './blocks/content-sources.js';
import { databaseOnlySettings } from './blocks/database-only.js';
import { databaseSettings } from './blocks/database.js';
import { loggingSettings } from './blocks/logging.js';
import { observabilitySettings } from './blocks/observability.js';
import { operatorSettings } from './blocks/operator.js';
import { secretsSettings } from './blocks/secrets.js';
import { serverSettings } from './blocks/server.js';
import { ssrfSettings } from './blocks/ssrf.js';
import { timmySettings } from './blocks/timmy.js';
import { webhookSettings } from './blocks/webhooks.js';
import { websocketSettings } from './blocks/websocket.js';
import { contentOauthProviders } from './providers/content-oauth.js';
import { oauthProviders } from './providers/oauth.js';
import { samlProviders } from './providers/saml.js';
import type { ProviderFamily, Setting } from './types.js';

const declared = [
  ...serverSettings,
  ...databaseSettings,
  ...authSettings,
  ...websocketSettings,
  ...webhookSettings,
  ...loggingSettings,
  ...operatorSettings,
  ...secretsSettings,
  ...administratorSettings,
  ...timmySettings,
  ...ssrfSettings,
  ...observabilitySettings,
  ...contentSourceSettings,
  ...contentExtractorSettings,
  ...contentOauthSettings,
  ...alertingSettings,
  ...databaseOnlySettings,
];

/** The declarations as the compiler knows them; settings that are read at start with path and type. */
export type DeclaredSetting = (typeof declared)[number];

/**
 * Every setting of a server, once, in the order of the reference documentation. Frozen throughout: one program that
 * changed it would change it for all code in the process.
 */
export const settings: readonly Setting[] = deepFreeze(declared);

/** The three kinds of entries whose ids an operator chooses. */
export const providerFamilies: readonly ProviderFamily[] = deepFreeze([
  oauthProviders,
  samlProviders,
  contentOauthProviders,
]);

/** A default that leaves nothing to store: none, the empty text, or a list without items. */
const isEmptyDefault = (value: string | undefined): value is undefined | '' | '[]' =>
  value === undefined || value === '' || value === '[]';

/** One row that seeding writes when its key is missing. */
export interface SeedRow {
  readonly setting: Setting;
  readonly databaseKey: string;
  readonly value: string;
}

/**
 * What a server with an empty table starts from: every operational setting whose default is not empty. An empty
 * list is empty too: a row `[]` would say no more than a missing one.
 */
export function seedSet(): SeedRow[] {
  return settings.flatMap((setting) => {
    const { category, databaseKey, default: value } = setting;
    const seeded = category === 'operational' && databaseKey !== null && !isEmptyDefault(value);
    return seeded ? [{ setting, databaseKey, value }] : [];
  });
}
