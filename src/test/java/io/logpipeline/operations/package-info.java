/**
 * What an operator touches, held against the real thing: health, manifests, dashboard, alert rules,
 * the live page.
 *
 * <p>Tests that need prometheus, promtool, kubectl and chromium run when {@code
 * -Dlogpipeline.tools} names a directory with the first two, and then fail where one is missing;
 * {@code .ci/run} always gives it.
 */
package io.logpipeline.operations;
