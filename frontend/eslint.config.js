/** Rules for faults that the type checker does not see; form is left to the writer. */

const rules = {
  curly: ["error", "multi-line"],
  eqeqeq: ["error", "always", { null: "ignore" }],
  "no-console": "error",
  "no-constant-binary-expression": "error",
  "no-duplicate-imports": "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-param-reassign": "error",
  "no-promise-executor-return": "off",
  "no-self-compare": "error",
  "no-shadow": "error",
  "no-template-curly-in-string": "error",
  "no-unreachable-loop": "error",
  "no-unused-vars": ["error", { args: "all", argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrors: "none" }],
  "no-use-before-define": ["error", { functions: false, variables: false }],
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  complexity: ["error", 12],
  "max-depth": ["error", 4],
  "max-lines": ["error", { max: 300 }],
  "max-lines-per-function": ["error", { max: 60, skipComments: true, skipBlankLines: true }],
};

// Markup from text is how a file's name would become code: every way to write it is closed.
const message = "Text goes in as text: use textContent or make().";
const markup = [
  ...["innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc"].map((property) => ({ property, message })),
  { object: "document", property: "write", message },
];

export default [
  {
    files: ["**/*.js"],
    languageOptions: { ecmaVersion: "latest", sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { ...rules, "no-restricted-properties": ["error", ...markup] },
  },
];
