import { operational, type OperationalSetting } from '../define.js';

/** Path and variable differ by a letter: the block is plural, the variables are not. */
function source(
  name: string,
  type: 'string' | 'bool',
  facts: { readonly description: string; readonly example: string; readonly hidden?: true },
): OperationalSetting {
  return operational(`content_sources.${name}`, type, {
    ...facts,
    ...(type === 'bool' ? { default: 'false' } : {}),
    env: `TMI_CONTENT_SOURCE_${name.replaceAll('.', '_').toUpperCase()}`,
    reads: 'file',
  });
}

export const contentSourceSettings: readonly OperationalSetting[] = [
  source('google_drive.enabled', 'bool', {
    description: 'Reads linked Google Drive documents through a service account.',
    example: 'true',
  }),
  source('google_drive.service_account_email', 'string', {
    description: 'Mail address of the service account. Users share their documents with it.',
    example: 'tmi-reader@tmi-production.iam.gserviceaccount.com',
  }),
  source('google_drive.credentials_file', 'string', {
    description: 'Path of the service account’s JSON key file. Google Drive needs it.',
    example: '/etc/tmi/google-drive.json',
  }),
  source('google_drive.browser_oauth_client_id', 'string', {
    description: 'OAuth client id with which the browser opens the Google Drive picker.',
    example: '1234567890-example.apps.googleusercontent.com',
  }),
  source('google_drive.picker_developer_key', 'string', {
    description:
      'Browser API key of the Google Drive picker. Restrict it to your origins: every browser sees it.',
    example: 'example-drive-picker-key',
    hidden: true,
  }),
  source('google_drive.picker_app_id', 'string', {
    description: 'Number of the Google Cloud project that the Google Drive picker belongs to.',
    example: '1234567890',
  }),
  source('google_workspace.enabled', 'bool', {
    description: 'Reads Google Workspace documents with the rights of the user who linked them.',
    example: 'true',
  }),
  source('google_workspace.picker_developer_key', 'string', {
    description:
      'Browser API key of the Google Workspace picker. Restrict it to your origins: every browser sees it.',
    example: 'example-workspace-picker-key',
    hidden: true,
  }),
  source('google_workspace.picker_app_id', 'string', {
    description: 'Number of the Google Cloud project that the Google Workspace picker belongs to.',
    example: '1234567890',
  }),
  source('confluence.enabled', 'bool', {
    description: 'Reads Confluence pages with the rights of the user who linked them.',
    example: 'true',
  }),
  source('microsoft.enabled', 'bool', {
    description: 'Reads OneDrive and SharePoint documents. Needs tenant, client and application object ids.',
    example: 'true',
  }),
  source('microsoft.tenant_id', 'string', {
    description: 'Id of the Microsoft Entra tenant.',
    example: '00000000-0000-0000-0000-000000000001',
  }),
  source('microsoft.client_id', 'string', {
    description: 'Id of the Microsoft Entra application that the picker uses.',
    example: '00000000-0000-0000-0000-000000000002',
  }),
  source('microsoft.application_object_id', 'string', {
    description: 'Object id of the Microsoft Entra application, to which picked files are opened.',
    example: '00000000-0000-0000-0000-000000000003',
  }),
  source('microsoft.picker_origin', 'string', {
    description: 'SharePoint address that shows the file picker. Without it users can still paste links.',
    example: 'https://example.sharepoint.com',
  }),
];
