/** What an operator sees: meters, health checks, log lines. May import {@code event}. */
@NullMarked
package io.logpipeline.telemetry;

import org.jspecify.annotations.NullMarked;
