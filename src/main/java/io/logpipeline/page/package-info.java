/**
 * {@code GET /}: one page for people without Grafana, and the stream that moves it. A room of its
 * own because it serves people, not machines: nothing waits for it, and nothing is decided by what
 * it shows. May import {@code api} (how errors are answered), {@code redis} and {@code telemetry}.
 */
@NullMarked
package io.logpipeline.page;

import org.jspecify.annotations.NullMarked;
