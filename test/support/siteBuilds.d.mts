export interface SiteBuild {
  name: string;
  /** What Node runs. */
  script: string;
  /** Where each mark of the sources stands (of the scripts, when the sources cannot be found), and `on` in its line. */
  marks: Map<string, { file: string; line: number; column: number | null }>;
}
/** Makes builds of test/fixtures/sites/program.ts below a folder, in the ways that programs are built. */
export function buildSites(folder: string): Promise<SiteBuild[]>;
