/**
 * The soak: a fleet of real processes under load for as long as it takes, while one part after
 * another is killed, stopped or cut off, and a judge who reads every line in the end. It runs with
 * {@code -Psoak} only.
 */
package io.logpipeline.soak;
