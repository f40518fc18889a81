/**
 * Trace and measure every call with OpenTelemetry: a span for each call, a counter for retries, a histogram for durations. It needs only
 * the hooks of the client.
 *
 * Here spans are printed. In your app, register your own providers and leave that part out.
 */
import { metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type ResponseEvent, type RetryEvent, SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';

trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] }),
);

const tracer = trace.getTracer('@org/sms-client');
const meter = metrics.getMeter('@org/sms-client');
const durations = meter.createHistogram('sms.client.duration', { unit: 'ms' });
const retries = meter.createCounter('sms.client.retries');

function onResponse({ attempts, durationMs, method, operation, requestId, status, url }: ResponseEvent): void {
  const endTime = Date.now();
  const span = tracer.startSpan(operation, {
    kind: SpanKind.CLIENT,
    startTime: endTime - durationMs,
    attributes: {
      'http.request.method': method,
      'http.response.status_code': status,
      'http.request.resend_count': attempts - 1,
      'url.full': url,
      'sms.request_id': requestId ?? '',
    },
  });
  if (status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(endTime);
  durations.record(durationMs, { operation, status });
}

function onRetry({ error, operation }: RetryEvent): void {
  retries.add(1, { operation, error: error.name });
}

const simulator = createSimulator({ tasks: [{ name: 'web-server-01' }] });
simulator.faults.fail(1, 503, { match: 'ListTasks' });
const sms = new SmsClient({
  endpoint: simulator.smsEndpoint,
  iamEndpoint: simulator.iamEndpoint,
  fetch: simulator.fetch,
  credentials: { username: 'testname', password: 'Password', domainName: 'testname' },
  onResponse,
  onRetry,
});
console.log(`${(await sms.tasks.list()).count} task`);
