/**
 * The list of what the production code does to keep its promise, and the proof that each of it is
 * missed by some test when it is taken out.
 */
package io.logpipeline.safeguards;
