/**
 * What an operator sees: meters, health checks, log lines. Callers say what happened through {@link
 * io.logpipeline.telemetry.IngestTelemetry} and {@link io.logpipeline.telemetry.DrainTelemetry};
 * names, labels, levels and wording are decided here. May import {@code event}.
 */
@NullMarked
package io.logpipeline.telemetry;

import org.jspecify.annotations.NullMarked;
