/**
 * POST /log: reads and bounds the body, has it parsed, pushes it, and answers in the one JSON error
 * shape. May import {@code access}, {@code event}, {@code redis} and {@code telemetry}; never
 * {@code file} or {@code drain}.
 */
@NullMarked
package io.logpipeline.api;

import org.jspecify.annotations.NullMarked;
