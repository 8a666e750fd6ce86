import { noSuchRule } from './no-such-rule.js';
import { tiers, type RuleFacts, type Tier } from './rule.js';
import { allRules } from './rules/index.js';

const tierTitles: Readonly<Record<Tier, string>> = {
  syntax: 'Syntax',
  schema: 'Schema',
  rules: 'Rules',
  secrets: 'Secrets (`--resolve`)',
  environment: 'Environment (`--connect`)',
};

function ruleMarkdown({ id, summary, severity, why, fix }: RuleFacts): string {
  const { development, production } = severity;
  return [
    `### ${id}`,
    `${summary}.`,
    `Development: ${development}. Production: ${production}.`,
    why,
    `**What to do.** ${fix}`,
  ].join('\n\n');
}

/** The documentation of all rules, as it stands in docs/rules.md. */
export function rulesMarkdown(): string {
  const sections = tiers.map((tier) => {
    const rules = allRules.filter((rule) => rule.tier === tier);
    return [`## ${tierTitles[tier]}`, ...rules.map(ruleMarkdown)].join('\n\n');
  });
  const head = [
    '# Rules of `validate-config`',
    'Made by `tmi-dbtool validate-config --explain all`. Rules are chosen with `--rule`, left out with `--ignore`, and documented on the command line with `--explain`.',
  ];
  return `${[...head, ...sections].join('\n\n')}\n`;
}

/**
 * The documentation of one rule, or of all with `all`.
 * @throws ToolError `usage/bad-argument` for a rule that does not exist
 */
export function explainRule(id: string): string {
  if (id === 'all') return rulesMarkdown();
  const rule = allRules.find((candidate) => candidate.id === id);
  if (rule) return `${ruleMarkdown(rule)}\n`;
  throw noSuchRule(
    id,
    allRules.map((candidate) => candidate.id),
  );
}
