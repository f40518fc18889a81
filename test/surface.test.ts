import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { root } from './repository.js';

/**
 * What each entry point exports, by name. A change here is a change for users: it wants a line in CHANGELOG.md, and the loss
 * of a name a new major version.
 */
const schemas = {
  values: `
    AgentCommand AgentCommandParameters AgentCommandResult AgentDigest ApiLink ApiVersion ApiVersions BtrfsFileSystem
    BtrfsFileSystemInput BtrfsSubvolume BtrfsSubvolumeInput Certificate CertificateQuery CloneServer CloneServerInput
    ConsistencyExport ConsistencyExportItem ConsistencyRecord ConsistencyReport ConsistencyResult
    ConsistencyResultInput ConsistencyResults CopyStateUpdate CreatedId CurrentTask Disk DiskAdjustment DiskInfoUpdate
    DiskInput EnvironmentCheck IdList LogicalVolume LogicalVolumeAdjustment LogicalVolumeInput MigrationProject
    MigrationProjectCreate MigrationProjectPage MigrationProjectQuery MigrationProjectUpdate NetworkAclQuery
    NetworkCheck NetworkCheckReceipt NetworkCheckReport NetworkInterface NetworkInterfaceInput Passphrase
    PhysicalVolume PhysicalVolumeAdjustment PhysicalVolumeInput PrivacyAgreement Project PublicIp PublicIpInput
    SecurityGroup SecurityGroupInput ServiceConfig SourceServer SourceServerError SourceServerErrorPage
    SourceServerErrorQuery SourceServerOverview SourceServerPage SourceServerQuery SourceServerRegistration
    SourceServerUpdate SpeedLimits SpeedLimitsUpdate SpeedSlot SpeedSlotInput SubTask Subnet SubnetInput
    ListedMigrationProject SuggestedTarget TargetDisk TargetPassword TargetPhysicalVolume TargetServer TargetServerUpdate TargetSummary Task TaskAction TaskConfiguration
    TaskConfigurationInput TaskConfigurationQuery TaskConfigurations TaskConfigurationsUpdate TaskCreate TaskIdList
    TaskLogUpload TaskPage TaskProgressReport TaskQuery TaskSourceCreate TaskSummary TaskTargetCreate TaskUpdate
    Template TemplateResponse TemplateCreate TemplateDisk TemplateDiskInput TemplateInput TemplatePage TemplateQuery
    TemplateUpdate TokenDetails TokenDomain TokenProject TokenRole TokenUser UpdatedId VolumeGroup VolumeGroupAdjustment VolumeGroupInput Vpc
    VpcInput
  `,
  types: `
    BtrfsFileSystemBase BtrfsSubvolumeBase CloneServerBase DiskBase LogicalVolumeBase MigrationProjectBase PhysicalVolumeBase
    SafeParseResult Schema SchemaIssue TargetBase TaskBase VolumeGroupBase
  `,
};

const surface: Record<string, { values: string; types: string }> = {
  '.': {
    values: `
      ${schemas.values}
      ApiError AuthenticationError ConfigurationError ConflictError InvalidRequestError MemoryTokenStore MigrationFailedError
      NetworkError NotFoundError OutcomeUnknownError PermissionDeniedError RateLimitError ResponseFormatError ServerError SmsClient
      SmsError TimeoutError WaitTimeoutError isSmsError suggestedTarget taskStates
    `,
    types: `
      ${schemas.types}
      AccessKeyCredentials AgencyCredentials AgentApi AnySmsError ApiErrorName ApiFailure Auth ClientOptions Credentials CredentialsProvider Cursor
      DeleteManyOptions CustomRequest DeleteOutcome DeletedOutcome EnvironmentOverrides ErrorDetail Fetch DownloadedFile FailureEvent HeadersInput FleetProgress FleetQuery GoneOutcome Logger MfaDevice MigrationFailure MigrationProjects NotDeletedOutcome OutcomeUnknown PasswordCredentials PrivacyAgreements
      RequestOptions ResponseSchema SchemaOutcome ResponseEvent RetryEvent RoundProgress ServiceApi SourceServers StartAndWaitOptions StartCheck
      StartForecast StartManyOptions StartReason StaticCredentials StepProgress
      TaskOperations TaskChange ActAndWaitOptions ActionFields ActionOptions AnyTaskAction CursorPosition FailedOutcome FleetTargets Interruption NotStartedOutcome Outcome PollOptions
      StartAllAndWaitOptions StartOptions StartOutcome StartedOutcome SucceededOutcome WaitOutcome TaskProgress TaskSnapshot Tasks Templates Token TokenCredentials TokenStore UnknownOutcome UserIdCredentials
      WaitForAllOptions WaitOptions WaitTimeout WatchManyOptions WatchOptions
    `,
  },
  './schemas': schemas,
  './testing': {
    values: 'createSimulator',
    types: `
      AccessKeySeed AccountSeed AgencySeed CheckSeed CloseOptions ConnectionErrorCode DiskSeed FailOptions FailureSeed FaultMatch
      FaultOptions Faults LagOptions ListenAddress MatchOptions OperationId PageOptions PendingFault ProjectSeed RecordedRequest
      RespondHandler RespondOptions Simulator SimulatorOptions SourceFields SourceHandle SourceSeed TaskFields TaskHandle TaskSeed
      TaskState
    `,
  },
  './node': { values: 'createFetch credentialChain', types: 'ChainOptions FetchOptions MetadataOptions' },
};

const entries: Record<string, string> = {
  '.': 'src/index.ts',
  './schemas': 'src/schemas/index.ts',
  './testing': 'src/testing/index.ts',
  './node': 'src/node/index.ts',
};

function names(text: string): string[] {
  return text.split(/\s+/).filter(Boolean).sort();
}

function readExports(): Map<string, { values: string[]; types: string[] }> {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  const program = ts.createProgram(
    Object.values(entries).map((path) => join(root, path)),
    options,
  );
  const checker = program.getTypeChecker();
  return new Map(
    Object.entries(entries).map(([entry, path]) => {
      const file = program.getSourceFile(join(root, path));
      const module = file && checker.getSymbolAtLocation(file);
      if (module === undefined) throw new Error(`${path} is not a module`);
      const values: string[] = [];
      const types: string[] = [];
      for (const name of checker.getExportsOfModule(module)) {
        const origin = name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name;
        // A type-only export of a class is no value to its importers.
        const isValue = (origin.flags & ts.SymbolFlags.Value) !== 0 && !isTypeOnly(name);
        (isValue ? values : types).push(name.name);
      }
      return [entry, { values: values.sort(), types: types.sort() }];
    }),
  );
}

function isTypeOnly(name: ts.Symbol): boolean {
  const [declaration] = name.declarations ?? [];
  return (
    declaration !== undefined &&
    ts.isExportSpecifier(declaration) &&
    (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly)
  );
}

const manifest: { version: string; exports: Record<string, unknown> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);

describe('surface', () => {
  const found = readExports();

  it.each(Object.entries(surface))('%s exports what it promises', (entry, { values, types }) => {
    expect(found.get(entry)).toEqual({ values: names(values), types: names(types) });
  });

  it('has the entry points of package.json', () => {
    expect(Object.keys(manifest.exports)).toEqual([...Object.keys(surface), './package.json']);
  });

  it('exports the same values at run time', async () => {
    const modules: Record<string, object> = {
      '.': await import('@org/sms-client'),
      './schemas': await import('@org/sms-client/schemas'),
      './testing': await import('@org/sms-client/testing'),
      './node': await import('@org/sms-client/node'),
    };
    for (const [entry, { values }] of Object.entries(surface)) {
      expect(Object.keys(modules[entry] ?? {}).sort(), entry).toEqual(names(values));
    }
  });

  it('exports the same schemas from the root and from ./schemas', async () => {
    const rootEntry = await import('@org/sms-client');
    const schemas = await import('@org/sms-client/schemas');
    expect(rootEntry.Task).toBe(schemas.Task);
  });
});
