/** What several rooms' tests need: Redis servers, processes of ours, waiting for a condition. */
package io.logpipeline.testing;
