/**
 * What an operator touches, held against the real thing: health, manifests, dashboard, alert rules.
 *
 * <p>Tests that need prometheus, promtool and kubectl run when {@code -Dlogpipeline.tools} names a
 * directory with the first two, and then fail where one is missing; {@code .ci/run} always gives
 * it.
 */
package io.logpipeline.operations;
