/** For mutation testing, where every test runs a thousand times: a property ends after a tenth of a second. */
import fc from 'fast-check';

fc.configureGlobal({ interruptAfterTimeLimit: 100 });
