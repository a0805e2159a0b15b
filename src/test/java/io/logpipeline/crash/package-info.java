/**
 * The crash matrix: every step of production, struck by every fault that applies to it, in real
 * processes on a real Redis and real files; then another replica goes on, and the oracle judges.
 */
package io.logpipeline.crash;
