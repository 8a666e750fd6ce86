import { bootstrap, operational } from '../define.js';
import type { Limits } from '../types.js';

/** Ports are text in the file. */
export const portLimits: Limits = { min: 1, max: 65535, enforced: true };

export const serverSettings = [
  bootstrap('server.port', 'string', {
    default: '8080',
    required: true,
    limits: portLimits,
    description: 'TCP port that the server listens on. Quote it in the file: it is text there.',
    example: '8443',
  }),
  bootstrap('server.interface', 'string', {
    default: '0.0.0.0',
    required: true,
    description:
      'Address of the network interface to listen on. Use 127.0.0.1 when a proxy on the same machine is the only client.',
    example: '127.0.0.1',
  }),
  bootstrap('server.base_url', 'string', {
    visibility: 'public',
    alsoStored: true,
    description:
      'Address under which browsers reach the server, used to build links and callbacks. Set it when a proxy stands in front.',
    example: 'https://tmi.example.com',
  }),
  bootstrap('server.read_timeout', 'duration', {
    default: '5s',
    description:
      'Longest time for reading a whole request, body included. Raise it for slow clients or uploads.',
    example: '15s',
  }),
  bootstrap('server.write_timeout', 'duration', {
    default: '10s',
    description: 'Longest time for writing a response. Raise it when long answers are cut off.',
    example: '30s',
  }),
  bootstrap('server.idle_timeout', 'duration', {
    default: '1m0s',
    description:
      'How long a kept-alive connection may wait for its next request. Keep it above the idle time of the load balancer.',
    example: '2m0s',
  }),
  bootstrap('server.tls_enabled', 'bool', {
    default: 'false',
    description:
      'Serves HTTPS itself. Needs a certificate and a key file; leave it off behind a proxy that ends TLS.',
    example: 'true',
  }),
  bootstrap('server.tls_cert_file', 'string', {
    description: 'Path of the PEM file with the certificate and its chain. Needed when TLS is on.',
    example: '/etc/tmi/tls/server.crt',
  }),
  bootstrap('server.tls_key_file', 'string', {
    secret: true,
    description: "Path of the PEM file with the certificate's private key. Needed when TLS is on.",
    example: '/etc/tmi/tls/server.key',
  }),
  bootstrap('server.tls_subject_name', 'string', {
    default: undefined,
    defaultNote: 'host name of the machine',
    description:
      'Name that the certificate is expected to carry. Set it when clients use another name than the host’s own.',
    example: 'tmi.example.com',
  }),
  bootstrap('server.http_to_https_redirect', 'bool', {
    default: 'true',
    description: 'Sends plain HTTP requests on to HTTPS. Takes effect only when TLS is on.',
    example: 'true',
  }),
  bootstrap('server.trusted_proxies', 'string_list', {
    default: '[]',
    env: 'TMI_TRUSTED_PROXIES',
    description:
      'Addresses or CIDR ranges of proxies whose X-Forwarded-For header is believed. Leave it empty when clients connect directly.',
    example: '["10.0.0.0/8"]',
  }),
  operational('server.ratelimit_public_rpm', 'int', {
    default: '0',
    env: 'TMI_RATELIMIT_PUBLIC_RPM',
    reads: 'file',
    description:
      'Requests per minute that one address may make to public endpoints; 0 keeps the built-in limit.',
    example: '30',
  }),
  operational('server.disable_rate_limiting', 'bool', {
    default: 'false',
    env: 'TMI_DISABLE_RATE_LIMITING',
    reads: 'file',
    description: 'Turns every rate limit off. For development and load tests only.',
    example: 'false',
  }),
  operational('server.require_if_match', 'bool', {
    default: 'false',
    env: 'TMI_REQUIRE_IF_MATCH',
    reads: 'file',
    description:
      'Refuses updates without an If-Match header (status 428), so that nobody overwrites a change unseen. Turn it on once all clients send the header.',
    example: 'true',
  }),
  bootstrap('server.cors.allowed_origins', 'string_list', {
    default: '[]',
    env: 'TMI_CORS_ALLOWED_ORIGINS',
    description:
      'Origins, scheme and host, whose pages may call the API from a browser. A lone * is refused by the server.',
    example: '["https://tmi.example.com"]',
  }),
];
