/**
 * Compares what the declarations in `dist` offer with `etc/*.api.md`, and exits with 1 when it differs; with `--write` it
 * rewrites those files. `npm run build` first.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const root = fileURLToPath(new URL('..', import.meta.url));
const isWriting = process.argv.includes('--write');
// What it says of comments and of names without an export is for others to judge: typedoc, and test/surface.test.ts.
const silent = { default: { logLevel: ExtractorLogLevel.None } };

mkdirSync(join(root, 'etc'), { recursive: true });
for (const entry of ['index', 'schemas', 'testing', 'node']) {
  const file = join('dist', `${entry}.d.ts`);
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, file),
      compiler: { overrideTsconfig: { extends: join(root, 'tsconfig.json'), include: [file] } },
      apiReport: {
        enabled: true,
        reportFileName: `${entry}.api.md`,
        reportFolder: join(root, 'etc'),
        reportTempFolder: join(root, 'coverage/api'),
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: silent,
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  });
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: isWriting,
    messageCallback: (message: { handled: boolean }) => {
      message.handled = true;
    },
  });
  if (!apiReportChanged) continue;
  console.log(
    `etc/${entry}.api.md ${isWriting ? 'was rewritten' : 'is not what dist offers: see coverage/api, then run "npm run api"'}`,
  );
  if (!isWriting) process.exitCode = 1;
}
