import { field } from '../define.js';
import type { ProviderFamily, ProviderField } from '../types.js';

/** Names of the attributes in an assertion, by what the server takes from them. */
const attributes: readonly (readonly [name: string, meaning: string, example: string])[] = [
  ['name_id_attribute', 'the user’s id, when it is not the NameID', 'uid'],
  ['email_attribute', 'the user’s mail address', 'email'],
  ['name_attribute', 'the user’s full name', 'displayName'],
  ['given_name_attribute', 'the user’s given name', 'givenName'],
  ['family_name_attribute', 'the user’s family name', 'sn'],
  ['groups_attribute', 'the user’s groups', 'memberOf'],
];

const flags: readonly ProviderField[] = [
  field('allow_idp_initiated', 'bool', {
    description: 'Accepts logins that begin at the identity provider. Only exactly true turns it on.',
    example: 'false',
  }),
  field('force_authn', 'bool', {
    description:
      'Asks for a fresh login even when the identity provider has a session. Only exactly true turns it on.',
    example: 'false',
  }),
  field('sign_requests', 'bool', {
    description:
      'Signs requests to the identity provider. Needs key and certificate; only exactly true turns it on.',
    example: 'true',
  }),
];

export const samlProviders: ProviderFamily = {
  kind: 'saml',
  path: 'auth.saml.providers',
  envPrefix: 'SAML_PROVIDERS_',
  idPattern: /^[a-z0-9][a-z0-9-]*$/,
  server18Reads: 'provider',
  description: 'SAML identity providers for login, by id. They are offered when auth.saml.enabled is on.',
  requiredWhenEnabled: ['entity_id', ['metadata_url', 'idp_metadata_url', 'idp_metadata_b64xml']],
  fields: [
    field('id', 'string', {
      description: 'Id of the SAML provider as the API shows it, normally the entry’s own id.',
      example: 'corporate',
    }),
    field('name', 'string', { description: 'Name on the SAML login button.', example: 'Corporate login' }),
    field('enabled', 'bool', {
      description: 'Offers this SAML provider at login. Anything but exactly true means off.',
      example: 'true',
    }),
    field('icon', 'string', {
      description: 'Icon on the SAML login button.',
      example: 'fa-solid fa-building',
    }),
    field('entity_id', 'string', {
      description: 'Entity id under which this server is registered at the identity provider.',
      example: 'https://tmi.example.com/saml/metadata',
    }),
    field('metadata_url', 'string', {
      description: 'Address of the identity provider’s metadata. An older name of idp_metadata_url.',
      example: 'https://idp.example.com/metadata',
    }),
    field('metadata_xml', 'string', {
      description: 'The identity provider’s metadata as XML text.',
      example: '<EntityDescriptor entityID="https://idp.example.com"/>',
    }),
    field('acs_url', 'string', {
      description: 'Address of this server that receives assertions.',
      example: 'https://tmi.example.com/saml/acs',
    }),
    field('slo_url', 'string', {
      description: 'Address of this server that receives logout requests.',
      example: 'https://tmi.example.com/saml/slo',
    }),
    field('sp_private_key', 'string', {
      secret: true,
      description: 'Private key of this server in PEM form, for signing and decrypting.',
      example: 'vault://tmi/saml_sp_private_key',
    }),
    field('sp_private_key_path', 'string', {
      description: 'Path of a file with the private key, in place of the key itself.',
      example: '/etc/tmi/saml/sp.key',
    }),
    field('sp_certificate', 'string', {
      secret: true,
      description: 'Certificate of this server in PEM form, as registered at the identity provider.',
      example: 'vault://tmi/saml_sp_certificate',
    }),
    field('sp_certificate_path', 'string', {
      description: 'Path of a file with the certificate, in place of the certificate itself.',
      example: '/etc/tmi/saml/sp.crt',
    }),
    field('idp_metadata_url', 'string', {
      description: 'Address from which the identity provider’s metadata is fetched.',
      example: 'https://idp.example.com/saml/metadata',
    }),
    field('idp_metadata_b64xml', 'string', {
      secret: true,
      description:
        'The identity provider’s metadata as base64 of the XML, for networks without a way to fetch it.',
      example: 'vault://tmi/saml_idp_metadata',
    }),
    ...flags,
    ...attributes.map(([name, meaning, example]) =>
      field(name, 'string', { description: `Name of the SAML attribute with ${meaning}.`, example }),
    ),
  ],
};
