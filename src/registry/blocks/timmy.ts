import { operational, type OperationalSetting } from '../define.js';

/** The assistant is read by the server and by the worker that cuts and embeds texts. */
const shared = { consumers: ['monolith', 'worker:chunk-embed'], reads: 'config-first' } as const;

/** Keys of services are for the server alone. */
const apiKey = { secret: true, reads: 'config-first' } as const;

const modelSettings: readonly OperationalSetting[] = [
  operational('timmy.enabled', 'bool', {
    ...shared,
    default: 'false',
    description: 'Offers Timmy, the assistant. Needs a language model and a text embedding model.',
    example: 'true',
  }),
  operational('timmy.llm_provider', 'string', {
    ...shared,
    limits: { enum: ['openai', 'anthropic'] },
    description:
      'Kind of API that the language model speaks; empty means not configured. Use openai for compatible services too.',
    example: 'anthropic',
  }),
  operational('timmy.llm_model', 'string', {
    ...shared,
    description: 'Name of the language model, as its provider spells it.',
    example: 'gpt-4o',
  }),
  operational('timmy.llm_api_key', 'string', {
    ...apiKey,
    description: 'Key for the language model’s API.',
    example: 'vault://tmi/timmy_llm_api_key',
  }),
  operational('timmy.llm_base_url', 'string', {
    ...shared,
    description: 'Address of the language model’s API. Leave it empty for the provider’s own.',
    example: 'https://llm.example.com/v1',
  }),
  operational('timmy.llm_max_tokens', 'int', {
    ...shared,
    reads: 'file',
    default: '4096',
    description: 'Most tokens of one answer. Raise it when answers break off.',
    example: '8192',
  }),
];

const embeddingSettings: readonly OperationalSetting[] = [
  operational('timmy.text_embedding_provider', 'string', {
    ...shared,
    description:
      'Kind of API that embeds texts. Texts embedded under another provider have to be embedded again.',
    example: 'openai',
  }),
  operational('timmy.text_embedding_model', 'string', {
    ...shared,
    description: 'Model that embeds texts, both when they are stored and when they are searched.',
    example: 'text-embedding-3-small',
  }),
  operational('timmy.text_embedding_api_key', 'string', {
    ...apiKey,
    description: 'Key for the API that embeds texts.',
    example: 'vault://tmi/timmy_text_embedding_api_key',
  }),
  operational('timmy.text_embedding_base_url', 'string', {
    ...shared,
    description: 'Address of the API that embeds texts. Leave it empty for the provider’s own.',
    example: 'https://embeddings.example.com/v1',
  }),
  operational('timmy.embedding_dimension', 'int', {
    ...shared,
    default: '0',
    description: 'Length of the vectors that the text embedding model returns; 0 leaves it to the model.',
    example: '1536',
  }),
  operational('timmy.text_retrieval_top_k', 'int', {
    ...shared,
    default: '10',
    description: 'How many passages of text are looked up for a question.',
    example: '20',
  }),
  operational('timmy.code_embedding_provider', 'string', {
    ...shared,
    description: 'Kind of API that embeds source code; empty leaves code out of the search.',
    example: 'openai',
  }),
  operational('timmy.code_embedding_model', 'string', {
    ...shared,
    description: 'Model that embeds source code.',
    example: 'text-embedding-3-large',
  }),
  operational('timmy.code_embedding_api_key', 'string', {
    ...apiKey,
    description: 'Key for the API that embeds source code.',
    example: 'vault://tmi/timmy_code_embedding_api_key',
  }),
  operational('timmy.code_embedding_base_url', 'string', {
    ...shared,
    description: 'Address of the API that embeds source code. Leave it empty for the provider’s own.',
    example: 'https://code-embeddings.example.com/v1',
  }),
  operational('timmy.code_retrieval_top_k', 'int', {
    ...shared,
    default: '10',
    description: 'How many passages of source code are looked up for a question.',
    example: '20',
  }),
];

const retrievalSettings: readonly OperationalSetting[] = [
  operational('timmy.query_decomposition_enabled', 'bool', {
    ...shared,
    default: 'false',
    description:
      'Splits a question into simpler ones before searching. Finds more and costs one more model call.',
    example: 'true',
  }),
  operational('timmy.rerank_provider', 'string', {
    ...shared,
    description: 'Kind of API that sorts the passages found by relevance; empty does without.',
    example: 'cohere',
  }),
  operational('timmy.rerank_model', 'string', {
    ...shared,
    description: 'Model that sorts the passages found.',
    example: 'rerank-v3.5',
  }),
  operational('timmy.rerank_api_key', 'string', {
    ...apiKey,
    description: 'Key for the API that sorts the passages found.',
    example: 'vault://tmi/timmy_rerank_api_key',
  }),
  operational('timmy.rerank_base_url', 'string', {
    ...shared,
    description: 'Address of the API that sorts the passages found. Leave it empty for the provider’s own.',
    example: 'https://rerank.example.com/v1',
  }),
  operational('timmy.rerank_top_k', 'int', {
    ...shared,
    default: '10',
    description: 'How many passages are left after sorting and are handed to the language model.',
    example: '5',
  }),
];

const conversationSettings: readonly OperationalSetting[] = [
  operational('timmy.max_conversation_history', 'int', {
    ...shared,
    default: '50',
    description: 'Messages of a conversation that the language model is shown again. More cost more tokens.',
    example: '100',
  }),
  operational('timmy.operator_system_prompt', 'string', {
    ...shared,
    description: 'Instructions of the operator that come before every conversation.',
    example: 'Answer in plain language and name the sources you used.',
  }),
  operational('timmy.max_memory_mb', 'int', {
    ...shared,
    default: '256',
    description: 'Memory in megabytes that search indexes of open sessions may take.',
    example: '512',
  }),
  operational('timmy.inactivity_timeout_seconds', 'int', {
    ...shared,
    default: '3600',
    description: 'Seconds without a message after which a session’s index is dropped from memory.',
    example: '1800',
  }),
  operational('timmy.max_messages_per_user_per_hour', 'int', {
    ...shared,
    default: '60',
    description: 'Messages that one user may send per hour. Bounds the cost of the language model.',
    example: '120',
  }),
  operational('timmy.max_sessions_per_threat_model', 'int', {
    ...shared,
    default: '50',
    description: 'Most assistant sessions of one threat model.',
    example: '20',
  }),
  operational('timmy.max_concurrent_llm_requests', 'int', {
    ...shared,
    default: '10',
    description:
      'Requests to the language model that may run at the same time. Keep it within the provider’s limit.',
    example: '5',
  }),
  operational('timmy.llm_timeout_seconds', 'int', {
    ...shared,
    default: '120',
    description: 'Seconds after which a request to the language model is given up.',
    example: '300',
  }),
];

const lifecycleSettings: readonly OperationalSetting[] = [
  operational('timmy.chunk_size', 'int', {
    ...shared,
    default: '512',
    description:
      'Size of the pieces into which texts are cut before they are embedded. Applies to texts embedded from then on.',
    example: '1024',
  }),
  operational('timmy.chunk_overlap', 'int', {
    ...shared,
    default: '50',
    description:
      'How much neighbouring pieces of a text have in common. Keep it well below the size of a piece.',
    example: '100',
  }),
  operational('timmy.embedding_cleanup_interval_minutes', 'int', {
    ...shared,
    reads: 'file',
    default: '60',
    description: 'Minutes between two searches for embeddings that are no longer needed.',
    example: '240',
  }),
  operational('timmy.embedding_idle_days_active', 'int', {
    ...shared,
    reads: 'file',
    default: '30',
    description: 'Days without use after which the embeddings of an open threat model are deleted.',
    example: '90',
  }),
  operational('timmy.embedding_idle_days_closed', 'int', {
    ...shared,
    reads: 'file',
    default: '7',
    description: 'Days without use after which the embeddings of a closed threat model are deleted.',
    example: '14',
  }),
  operational('timmy.dump_extracted_text_to_note', 'bool', {
    ...shared,
    reads: 'file',
    default: 'false',
    description:
      'Keeps the text taken from each document as a note, to look at. Development only: production refuses to start with it.',
    example: 'false',
  }),
];

export const timmySettings: readonly OperationalSetting[] = [
  ...modelSettings,
  ...embeddingSettings,
  ...retrievalSettings,
  ...conversationSettings,
  ...lifecycleSettings,
];
