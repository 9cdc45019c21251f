/** What the lab does where Telnyx's documents are silent: lab/README.md has what each means. */
export type Switches = Record<string, string | number>;

/** The switches in a test's name. */
export function told(switches: Switches): string {
  const told = Object.entries(switches).map(([name, value]) => `${name} is ${value}`);
  return told.length === 0 ? "everything is as likely" : told.join(", ");
}
