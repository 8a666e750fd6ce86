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
 * What the documentation says of one rule, or of each with `all`, as data.
 * @throws ToolError `usage/bad-argument` for a rule that does not exist
 */
export function rulesNamed(id: string): readonly RuleFacts[] {
  const named = id === 'all' ? allRules : allRules.filter((rule) => rule.id === id);
  if (named.length > 0)
    return named.map(({ id, tier, severity, summary, why, fix }) => ({
      id,
      tier,
      severity,
      summary,
      why,
      fix,
    }));
  throw noSuchRule(
    id,
    allRules.map((candidate) => candidate.id),
  );
}

/**
 * The same as text.
 * @throws ToolError `usage/bad-argument` for a rule that does not exist
 */
export function explainRule(id: string): string {
  const [rule] = rulesNamed(id);
  return id === 'all' || !rule ? rulesMarkdown() : `${ruleMarkdown(rule)}\n`;
}
